// Undoes what a killed drill left behind, before anything else is done to its cluster.
import { env } from 'node:process'
import { until } from '#src/commands/until.ts'
import type { Policy, Runtime } from '#src/model/index.ts'
import { acquireClusterLock, type ClusterLock } from '#src/runs/process/cluster-lock.ts'
import { RefusedError, UndoIncompleteError } from '#src/runs/process/refusal.ts'
import { journalsOf, worldOf } from '#src/runs/process/state.ts'
import { isIdentified, requireIdentity } from './identity.ts'
import {
  leftoversText,
  nameOf,
  pendingJournalsIn,
  tidyUp,
  undoPending,
  type Beginning,
} from './leftovers.ts'

/** Set while this process holds the cluster: its threads need not lock it again, and could not. */
const holderVariable = 'HOLDFAST_HELD'

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
