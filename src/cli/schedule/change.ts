// Puts a timer in place and takes it away again: what would change, and the change itself.
import { CommandError, run } from '#src/commands/command.ts'
import { callOf } from '#src/commands/call.ts'
import type { Runtime, Schedule, ScheduleContext, Scheduler } from '#src/model/index.ts'
import { RefusedError } from '#src/runs/process/refusal.ts'
import { UsageError } from '#src/runs/settings.ts'
import type { Found, Place } from './place.ts'

/**
 * Deadline of one command that starts or stops a timer, ms.
 * @source chosen: such commands answer within a second; a busy host takes longer
 */
const patience = 60_000

/** A timer on its platform. */
export interface Timer {
  readonly context: ScheduleContext
  readonly scheduler: Scheduler
  readonly schedule: Schedule
  readonly place: Place
}

/** What is there, and what an install would do about it. */
export interface Change {
  readonly found: readonly Found[]
  /** Ours, and no longer needed. */
  readonly strays: readonly Found[]
  /** Whether parts are there and the platform will start the run. */
  readonly active: boolean
  /** In the order in which they run. `before`: until the parts are replaced. */
  readonly before: Schedule['stop']
  readonly after: Schedule['start']
}

const differs = ({ state }: Found): boolean => state === 'absent' || state === 'different'
const isOurs = ({ state }: Found): boolean => state === 'same' || state === 'different'

function requireOurs(found: readonly Found[], doing: 'replace' | 'remove'): void {
  const foreign = found.filter(({ state }) => state === 'foreign').map(({ name }) => name)
  if (foreign.length === 0) return
  const [they, their] = foreign.length === 1 ? ['it is', 'it'] : ['they are', 'them']
  throw new RefusedError(
    `${foreign.join(', ')}: ${they} there, and holdfast schedule install did not write ${their}. ` +
      `To ${doing} what somebody else wrote could break what depends on it. Move ${their} away, ` +
      'then run the same command again. Nothing was changed.',
  )
}

async function requireIdle({ context, scheduler }: Timer): Promise<boolean> {
  const { active, running } = await scheduler.state(context)
  if (!running) return active
  throw new RefusedError(
    'The night is at work now, and a change of its timer could end it in the middle of a drill. ' +
      `Wait for its end, or ask it to undo and end: holdfast stop --cluster ` +
      `${context.policy.cluster} --target live. Nothing was changed.`,
  )
}

/** What an install would change. Throws a RefusedError where it may not. */
export async function changeOf(timer: Timer): Promise<Change> {
  const { schedule, place } = timer
  const found = await place.look(schedule.parts)
  requireOurs(found, 'replace')
  const strays = await place.strays(schedule.parts)
  const active = found.some(isOurs) && (await requireIdle(timer))
  const same = !found.some(differs) && strays.length === 0
  if (same && active) return { found, strays, active, before: [], after: [] }
  return { found, strays, active, before: active ? schedule.stop : [], after: schedule.start }
}

/** Whether an install would change nothing. */
export const isInPlace = ({ after, found }: Change): boolean =>
  after.length === 0 && !found.some(differs)

/** Whether any part of ours is there. */
export const isInstalled = (found: readonly Found[]): boolean => found.some(isOurs)

async function command(runtime: Runtime, words: readonly string[]): Promise<void> {
  await run(callOf({ runtime }, patience), words)
}

/** Runs commands; an error says what was already done. */
async function commands(
  runtime: Runtime,
  all: readonly (readonly string[])[],
  done: string,
): Promise<void> {
  for (const words of all) {
    try {
      await command(runtime, words)
    } catch (error) {
      if (!(error instanceof CommandError)) throw error
      throw new UsageError(`${error.message}. ${done}`)
    }
  }
}

/** Makes the change. Throws a UsageError that says where it stopped. */
export async function install({ context, schedule, place }: Timer, change: Change): Promise<void> {
  const { runtime } = context
  const { found, strays, before, after } = change
  await commands(runtime, before, 'The timer is as it was.')
  for (const one of strays) await place.remove(one)
  for (const one of found.filter(differs)) await place.put(one)
  await commands(
    runtime,
    after,
    `${schedule.title} is written, but not started. Mend what is named, then run the same ` +
      'command again, or holdfast schedule remove.',
  )
}

/** What a removal would take away. Throws a RefusedError where it may not. */
export async function removalOf(timer: Timer): Promise<readonly Found[]> {
  const { schedule, place } = timer
  const found = await place.look(schedule.parts)
  requireOurs(found, 'remove')
  const ours = [...found.filter(isOurs), ...(await place.strays(schedule.parts))]
  if (ours.length > 0) await requireIdle(timer)
  return ours
}

/** The commands of a removal: before the parts go, and after. */
export async function removalCommands({ context, scheduler, schedule }: Timer) {
  const { active } = await scheduler.state(context)
  return {
    before: active ? schedule.stop : [],
    after: schedule.removed,
  }
}

/** Takes the parts away, the last one first. Throws a UsageError that says where it stopped. */
export async function remove(
  { context, schedule, place }: Timer,
  ours: readonly Found[],
  { before, after }: Awaited<ReturnType<typeof removalCommands>>,
): Promise<void> {
  await commands(context.runtime, before, `${schedule.title} is still in place.`)
  for (const one of ours.toReversed()) await place.remove(one)
  for (const trace of schedule.traces) await context.runtime.files.remove(trace)
  await commands(context.runtime, after, 'Its files are removed.')
}
