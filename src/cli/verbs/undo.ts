// `holdfast undo [run]`: undoes what killed drills left behind.
import { stdout } from 'node:process'
import { until } from '#src/commands/until.ts'
import type { Arguments } from '#src/cli/arguments.ts'
import { loadPolicy } from '#src/runs/clusters.ts'
import { exits } from '#src/runs/process/exit.ts'
import { acquireClusterLock } from '#src/runs/process/cluster-lock.ts'
import { isIdentified } from '#src/runs/recovery/identity.ts'
import type { Target } from '#src/runs/opened.ts'
import { progressOn } from '#src/runs/progress.ts'
import {
  leftoversText,
  pendingJournalsIn,
  tidyUp,
  undoPending,
  type Beginning,
  type Leftover,
} from '#src/runs/recovery/leftovers.ts'
import { undoneUnasked } from '#src/runs/recovery/recover.ts'
import { UsageError } from '#src/runs/settings.ts'
import type { PendingJournals } from '#src/runs/recovery/pending-journals.ts'
import { worldOf, type PendingJournal } from '#src/runs/process/state.ts'
import { worldsOf } from '#src/runs/worlds.ts'

/** The journals that the words select, by run or by drill; without words, all of them. */
export function selectedLeft(
  left: readonly PendingJournal[],
  words: readonly string[],
): readonly PendingJournal[] {
  for (const word of words) {
    if (left.some(({ of }) => of.run === word || of.drill === word)) continue
    const runs = left.map(({ of }) => `${of.run} (${of.drill})`).join(', ')
    throw new UsageError(
      `“${word}” left nothing behind. ${runs === '' ? 'No run did.' : `These runs did: ${runs}.`}`,
    )
  }
  return selected(left, words)
}

const selected = (
  left: readonly PendingJournal[],
  words: readonly string[],
): readonly PendingJournal[] =>
  left.filter(({ of }) => words.length === 0 || words.includes(of.run) || words.includes(of.drill))

/**
 * How often to ask a cluster that did not answer, and ms between the attempts. @source measured on
 * a v1.35 node: an API that was paused answers within seconds
 */
const mostAsked = 5
const askedEvery = 2_000

/** Reads the journals again until the cluster answers, a few times. */
async function readAgain(beginning: Beginning): Promise<PendingJournals | undefined> {
  return until(
    async attempt => {
      const seen = await pendingJournalsIn(beginning)
      return seen.asked || attempt >= mostAsked ? seen : undefined
    },
    { clock: beginning.runtime.clock, every: askedEvery },
  )
}

async function undoIn(
  target: Pick<Target, 'runtime' | 'policy' | 'settings'>,
  words: readonly string[],
  tell: (message: string) => void,
): Promise<{ undone: number; asked: boolean; remains: readonly Leftover[] }> {
  const beginning: Beginning = { ...target, tell }
  const world = worldOf(target.runtime, target.policy, target.settings)
  const seen = await pendingJournalsIn(beginning)
  if (world === undefined || selectedLeft(seen.left, words).length === 0) {
    if (seen.untidy) await tidyUp(seen, tell)
    else for (const note of seen.notes) tell(note)
    return { undone: 0, asked: seen.asked, remains: [] }
  }
  if (!(await isIdentified(target.runtime, target.policy))) tell(undoneUnasked)
  const hold = await acquireClusterLock(world, target.runtime, target.policy, {
    doing: 'undo by hand',
    tell,
  })
  try {
    // The previous holder of the lock may have undone it.
    const now = await pendingJournalsIn(beginning)
    for (const note of now.notes) tell(note)
    const left = selected(now.left, words)
    const remains = [...(await undoPending(left, beginning))]
    // The fault may have kept the cluster from answering until now.
    const after = now.asked ? now : ((await readAgain(beginning)) ?? now)
    const more = after === now ? [] : selected(after.left, words)
    remains.push(...(await undoPending(more, beginning)))
    await after.tidy().catch(() => {})
    return {
      undone:
        [...left, ...more].reduce((sum, { pending }) => sum + pending.length, 0) - remains.length,
      asked: after.asked,
      remains,
    }
  } finally {
    await hold.release()
  }
}

export async function undo(options: Arguments): Promise<number> {
  const progress = progressOn()
  const remains: Leftover[] = []
  let undone = 0
  let asked = true
  for (const target of await worldsOf(options.settings)) {
    const done = await undoIn(target, options.words, progress.step)
    undone += done.undone
    asked &&= done.asked
    remains.push(...done.remains)
  }
  progress.done()
  const { cluster } = await loadPolicy(options.settings.cluster)
  if (remains.length > 0) {
    stdout.write(`NOT undone:\n${leftoversText(remains)}`)
    return exits.undoIncomplete
  }
  const known = undone === 0 ? `Drills left nothing behind on ${cluster}` : 'Everything is undone'
  // Only the cluster knows what other machines left: without its answer the state is unknown.
  stdout.write(
    asked
      ? `${known}.\n`
      : `${known}, as far as this machine knows. The cluster did not answer, so what ` +
          'other machines ' +
          'left behind is unknown.\n',
  )
  return asked ? exits.holds : exits.unknown
}
