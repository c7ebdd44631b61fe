// Which platform keeps the timer: the one that a person names, or the one that this host has.
import { platforms } from '#helpers/listed.ts'
import { nearest } from '#src/commands/nearest.ts'
import type { ScheduleContext, Scheduler } from '#src/model/index.ts'
import { UsageError } from '#src/runs/settings.ts'

export interface Chosen {
  readonly name: string
  readonly scheduler: Scheduler
}

const able = platforms.flatMap(({ name, scheduler }) =>
  scheduler === undefined ? [] : [{ name, load: scheduler }],
)

/** Names of the platforms that can keep a timer. */
export const schedulerNames = (): readonly string[] => able.map(({ name }) => name)

async function named(wanted: string): Promise<Chosen> {
  const found = able.find(({ name }) => name === wanted)
  if (found !== undefined) return { name: found.name, scheduler: await found.load() }
  const near = nearest(wanted, schedulerNames())
  throw new UsageError(
    `--timer ${wanted}: no platform of that name keeps timers.` +
      `${near === undefined ? '' : ` Did you mean “${near}”?`} ` +
      `Platforms that do: ${schedulerNames().join(', ')}.`,
  )
}

/**
 * Chooses a platform. Throws a UsageError that says what stands in the way on each. `asked` false:
 * nothing is asked of a platform that a person names, so that its files can be shown anywhere.
 */
export async function chooseScheduler(
  context: ScheduleContext,
  wanted: string | undefined,
  asked = true,
): Promise<Chosen> {
  if (wanted !== undefined) {
    const chosen = await named(wanted)
    const problem = asked ? await chosen.scheduler.problem(context) : undefined
    if (problem === undefined) return chosen
    throw new UsageError(`--timer ${wanted} cannot be used: ${problem}. Nothing was changed.`)
  }
  const problems: string[] = []
  for (const { name, load } of able) {
    const scheduler = await load()
    if (scheduler.onlyByName === true) continue
    const problem = await scheduler.problem(context)
    if (problem === undefined) return { name, scheduler }
    problems.push(`${name}: ${problem}.`)
  }
  const others = schedulerNames().map(name => `--timer ${name}`)
  throw new UsageError(
    `No timer can be kept on this host.\n${problems.map(line => `  ${line}\n`).join('')}` +
      `To choose one by name: ${others.join(', ')}; --print shows its files on any host.`,
  )
}
