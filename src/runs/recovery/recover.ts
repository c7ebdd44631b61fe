// Undoes what a killed drill left behind, before anything else is done to its cluster.
import { until } from '#src/commands/until.ts'
import { errorMessage } from '#src/model/error-message.ts'
import { eventText } from '#src/reporting/sentences.ts'
import { env } from 'node:process'
import { faults } from '#helpers/faults.ts'
import { undoAll } from '#src/engine/drill/undo.ts'
import { JournalError, type Policy, type Runtime } from '#src/model/index.ts'
import { acquireClusterLock, type ClusterLock } from '#src/runs/process/cluster-lock.ts'
import { isIdentified, requireIdentity } from './identity.ts'
import { findPendingJournals, type PendingJournals } from './pending-journals.ts'
import { RefusedError, UndoIncompleteError, untouched } from '#src/runs/process/refusal.ts'
import type { Settings } from '#src/runs/settings.ts'
import {
  journalOfPending,
  journalsOf,
  worldOf,
  type PendingJournal,
} from '#src/runs/process/state.ts'

/** What a person must do. */
export interface Leftover {
  description: string
  manualUndo: string
}

export interface Beginning {
  runtime: Runtime
  policy: Policy
  settings: Settings
  tell(message: string): void
}

/** Set while this process holds the cluster: its threads need not lock it again, and could not. */
const holderVariable = 'HOLDFAST_HELD'

export const leftoversText = (remains: readonly Leftover[]): string =>
  remains
    .map(({ description, manualUndo }) => `  ${description}\n    by hand: ${manualUndo}\n`)
    .join('')

const nameOf = ({ of }: PendingJournal): string =>
  `${of.drill} of ${new Date(of.startedAt).toISOString()} (${of.by})`

/**
 * The open records of a target's world; none if the world ends with its process. Throws a
 * RefusedError for an unreadable journal.
 */
export async function pendingJournalsIn({
  runtime,
  policy,
  settings,
}: Pick<Beginning, 'runtime' | 'policy' | 'settings'>): Promise<PendingJournals> {
  const world = worldOf(runtime, policy, settings)
  if (world === undefined)
    return { left: [], notes: [], asked: true, untidy: false, tidy: async () => {} }
  try {
    return await findPendingJournals(world, runtime, policy)
  } catch (error) {
    if (error instanceof JournalError) throw untouched(error.message)
    throw error
  }
}

/**
 * Undoes journals, newest first, while the caller holds the cluster. Returns what it could not
 * undo, with the commands for it.
 */
export async function undoPending(
  left: readonly PendingJournal[],
  beginning: Beginning,
): Promise<readonly Leftover[]> {
  const { runtime, policy, tell } = beginning
  const remains: Leftover[] = []
  for (const one of left) {
    const source = one.found === undefined ? ', from its copy in the cluster' : ''
    tell(`undoing what ${nameOf(one)} has left behind${source}`)
    const journal = journalOfPending(one, beginning)
    const context = { runtime, policy, signal: new AbortController().signal }
    remains.push(
      ...(await undoAll({ context, faults, journal, add: (_, event) => tell(eventText(event)) })),
    )
    await journal.settle()
  }
  return remains
}

/**
 * Reports what other machines have undone meanwhile, and deletes those journals. Never rejects: the
 * next start tries again.
 */
export async function tidyUp(
  seen: PendingJournals,
  tell: (message: string) => void,
): Promise<void> {
  if (!seen.untidy) return
  for (const note of seen.notes) tell(note)
  await seen.tidy().catch(() => {})
}

/**
 * Undoes the leftovers and cleans up, while holding the cluster. Throws an UndoIncompleteError if
 * something remains.
 */
async function putBack(beginning: Beginning): Promise<void> {
  // Read again: the previous holder of the lock may have undone it.
  const seen = await pendingJournalsIn(beginning)
  for (const note of seen.notes) beginning.tell(note)
  const remains = await undoPending(seen.left, beginning)
  await seen.tidy().catch(() => {})
  if (remains.length > 0)
    throw new UndoIncompleteError(
      `Something of an earlier drill could not be undone:\n${leftoversText(remains)}`,
    )
}

/** Whether this machine's journals have open records. */
function noted(world: string): boolean {
  try {
    return journalsOf(world).some(({ pending }) => pending.length > 0)
  } catch {
    // The undo reads the journal again, and reports it if it is unreadable.
    return true
  }
}

export const undoneUnasked =
  'the cluster does not answer, so its identity is unknown; ' +
  'this machine undoes its own journal all the same, because it checked the identity before'

/**
 * How long a cluster may take to answer after the undo, ms, and ms between questions. @source
 * measured on a v1.35 node: restarted, API ready after 16 s
 */
const answersWithin = 60_000
const answersEvery = 2_000

/**
 * Waits until the cluster identifies itself. Throws a RefusedError if it is another, or silent for
 * too long.
 */
async function untilIdentified(runtime: Runtime, policy: Policy): Promise<void> {
  const { clock } = runtime
  const identified = await until(async () => (await isIdentified(runtime, policy)) || undefined, {
    clock,
    every: answersEvery,
    deadline: clock.now() + answersWithin,
  })
  if (identified === undefined) await requireIdentity(runtime, policy)
}

/**
 * Before a target is observed: nothing of an earlier drill is left on it, or the run reports it. A
 * target of an active run is left alone. Throws an UndoIncompleteError if something could not be
 * undone.
 */
export async function recoverPrevious(beginning: Beginning): Promise<void> {
  const { runtime, policy, settings, tell } = beginning
  const world = worldOf(runtime, policy, settings)
  if (world === undefined || env[holderVariable] !== undefined) return
  const seen = await pendingJournalsIn(beginning)
  if (seen.left.length === 0) {
    if (!seen.asked) for (const note of seen.notes) tell(note)
    return tidyUp(seen, tell)
  }
  const description = seen.left.map(nameOf).join('; ')
  if (!settings.recover) return tell(`left as it is, as --no-recover wants it: ${description}`)
  try {
    if (!(await isIdentified(runtime, policy))) tell(undoneUnasked)
    const hold = await acquireClusterLock(world, runtime, policy, {
      doing: 'undo what was left behind',
      tell,
    })
    try {
      await putBack(beginning)
    } finally {
      await hold.release()
    }
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error
    tell(`${description}: injected, and left alone. ${error.message}`)
  }
}

/** Undoes the leftovers, unless the settings forbid it. Releases the lock if that fails. */
async function recoverHolding(beginning: Beginning, hold: ClusterLock): Promise<void> {
  try {
    if (beginning.settings.recover) return await putBack(beginning)
    for (const left of (await pendingJournalsIn(beginning)).left)
      beginning.tell(`left as it is, as --no-recover wants it: ${nameOf(left)}`)
  } catch (error) {
    await hold.release()
    throw error
  }
}

/**
 * Before anything is touched: the right cluster, no other run on it until `release`, and no
 * leftovers of an earlier drill. Otherwise throws a RefusedError or an UndoIncompleteError and
 * holds nothing. `before` may reject, too, while nothing is written yet: it runs first, unless an
 * undo is needed, which `before` would judge wrongly.
 */
export async function begin(
  beginning: Beginning,
  { before, ...holding }: { doing: string; nodes?: readonly string[]; before?(): Promise<void> },
): Promise<ClusterLock> {
  const { runtime, policy, settings, tell } = beginning
  const world = worldOf(runtime, policy, settings)
  const free: ClusterLock = { lost: new AbortController().signal, release: async () => {} }
  const isOwn =
    world !== undefined && env[holderVariable] === undefined && settings.recover && noted(world)
  // A killed drill may have taken the API away: the cluster can be asked only after the undo.
  const identified = isOwn
    ? await isIdentified(runtime, policy)
    : await requireIdentity(runtime, policy).then(() => true)
  if (world === undefined || env[holderVariable] !== undefined) return free
  if (!identified) tell(undoneUnasked)
  if (
    before !== undefined &&
    !(settings.recover && (await pendingJournalsIn(beginning)).left.length > 0)
  )
    await before()
  const acquire = () => acquireClusterLock(world, runtime, policy, { ...holding, tell })
  let hold = await acquire()
  await recoverHolding(beginning, hold)
  if (!identified) {
    await hold.release()
    await untilIdentified(runtime, policy)
    // The cluster answers now, so its lease can keep other runs away, too.
    hold = await acquire()
  }
  const { lost, release } = hold
  env[holderVariable] = '1'
  return {
    lost,
    async release() {
      delete env[holderVariable]
      await release()
    },
  }
}

/**
 * What remains of this machine's drills if the process ends at once: lines for a person, each with
 * a command. Never throws.
 */
export function staysIn(world: string, command: string): readonly string[] {
  try {
    return journalsOf(world).flatMap(({ pending }) =>
      pending
        .filter(({ undone }) => undone !== true)
        .map(({ description, fault, record }) => {
          const manualUndo = faults.get(fault)?.manualUndo(record)
          const manually = manualUndo === undefined ? '' : `, or by hand: ${manualUndo}`
          return `${description}: ${command}${manually}`
        }),
    )
  } catch (error) {
    return [`what is injected could not be read (${errorMessage(error)}): ${command}`]
  }
}
