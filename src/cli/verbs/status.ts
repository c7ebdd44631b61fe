// `holdfast status`: what is injected now, by whom, since when and until when, and which run is
// active. Only reads.
import { stdout } from 'node:process'
import { isKnownDead, lockedBy, type LockHolder } from '#src/engine/lock/lock.ts'
import { whoHas } from '#src/engine/cluster-state/lease-object.ts'
import { faults } from '#helpers/faults.ts'
import { errorMessage } from '#src/model/index.ts'
import type { Arguments } from '#src/cli/arguments.ts'
import { exits } from '#src/runs/process/exit.ts'
import { pendingJournalsIn } from '#src/runs/recovery/leftovers.ts'
import { lockFolder, ownKube, worldOf, type PendingJournal } from '#src/runs/process/state.ts'
import type { Target } from '#src/runs/opened.ts'
import { worldsOf } from '#src/runs/worlds.ts'

/** What is known about one world. Times are ISO texts. */
export interface Status {
  world: string
  injected: readonly {
    run: string
    drill: string
    by: string
    description: string
    since: string
    until: string | undefined
    noted: string
    manualUndo: string | undefined
  }[]
  /** The active run, as this machine and as the cluster report it. */
  atWork: readonly {
    where: 'this machine' | 'the cluster'
    holder: string
    doing: string | undefined
    since: string | undefined
  }[]
  /** Whether the cluster answered: it knows what other machines recorded. */
  asked: boolean
  /** Questions without an answer, and contradictions. */
  notes: readonly string[]
}

const iso = (at: number): string => new Date(at).toISOString()

function noted({ found, copy }: PendingJournal): string {
  if (found === undefined) return 'in the cluster'
  return copy === undefined ? 'on this machine' : 'on this machine and in the cluster'
}

const injectedBy = (left: PendingJournal): Status['injected'] =>
  left.pending
    .filter(({ undone }) => undone !== true)
    .map(({ description, fault, record, at }) => ({
      run: left.of.run,
      drill: left.of.drill,
      by: left.of.by,
      description,
      since: iso(at ?? left.of.startedAt),
      until: left.of.until === undefined ? undefined : iso(left.of.until),
      noted: noted(left),
      manualUndo: faults.get(fault)?.manualUndo(record),
    }))

const workingHere = ({ identity, doing, since }: LockHolder): Status['atWork'][number] => ({
  where: 'this machine',
  holder: identity,
  doing,
  since: iso(since),
})

async function statusOf(target: Pick<Target, 'runtime' | 'policy' | 'settings'>): Promise<Status> {
  const { runtime, policy, settings } = target
  const world = worldOf(runtime, policy, settings) ?? policy.cluster
  const seen = await pendingJournalsIn(target)
  const notes = [...seen.notes]
  const local = lockedBy(lockFolder(), world)
  const found = await ownKube(runtime, policy)()
    .then(kube => whoHas(kube))
    .catch((error: unknown) => {
      notes.push(`the cluster could not be asked who is at work: ${errorMessage(error)}`)
      return undefined
    })
  const dead = found !== undefined && isKnownDead(lockFolder(), world, found.holder)
  if (dead)
    notes.push(
      `${found.holder} held the lease of the cluster and is gone: the next run takes it over`,
    )
  const lease = dead ? undefined : found
  return {
    world,
    injected: seen.left.flatMap(injectedBy),
    atWork: [
      ...(local === undefined ? [] : [workingHere(local)]),
      ...(lease === undefined ? [] : [{ where: 'the cluster' as const, ...lease }]),
    ],
    asked: seen.asked,
    notes,
  }
}

function injectedLines(one: Status['injected'][number]): readonly string[] {
  const until = one.until === undefined ? '' : `, undone at the latest ${one.until}`
  const by = `by ${one.drill}, run ${one.run}, ${one.by}, since ${one.since}${until}`
  return [
    `  ${one.description}`,
    `    ${by}; noted ${one.noted}`,
    ...(one.manualUndo === undefined ? [] : [`    by hand: ${one.manualUndo}`]),
  ]
}

function workLine({ where, holder, doing, since }: Status['atWork'][number]): string {
  const start = since === undefined ? '' : `, since ${since}`
  return `At work (as ${where} knows): ${doing ?? 'something'}, by ${holder}${start}`
}

function nextStep({ injected, atWork }: Status): readonly string[] {
  if (injected.length === 0) return []
  return atWork.length === 0
    ? ['To undo it: holdfast undo.']
    : ['To have it undone: holdfast stop.']
}

function inWords(status: Status): string {
  const { world, injected, atWork, asked, notes } = status
  const lines = [
    injected.length === 0
      ? `Nothing is injected on ${world}${asked ? '' : ', as far as this machine knows'}.`
      : `Injected on ${world}:`,
    ...injected.flatMap(injectedLines),
    ...(atWork.length === 0 ? ['Nobody is at work on it.'] : atWork.map(workLine)),
    ...notes.map(note => `Note: ${note}`),
    ...nextStep(status),
  ]
  return `${lines.join('\n')}\n`
}

/**
 * Exit 0: nothing is injected; 3: something is; 2: nothing is known to be, but the cluster did not
 * answer.
 */
export async function status(options: Arguments): Promise<number> {
  const all: Status[] = []
  for (const target of await worldsOf(options.settings)) all.push(await statusOf(target))
  if (options.json) stdout.write(`${JSON.stringify(all, null, 2)}\n`)
  else
    stdout.write(
      all.length === 0
        ? 'No kept node, so nothing is left behind on one.\n'
        : all.map(inWords).join('\n'),
    )
  if (all.some(({ injected }) => injected.length > 0)) return exits.undoIncomplete
  return all.every(({ asked }) => asked) ? exits.holds : exits.unknown
}
