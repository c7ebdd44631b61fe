// What a killed drill has left behind is undone before anything else is done to its cluster.
import { faults } from '../helpers/faults/index.ts'
import { journalAt } from '../helpers/live/journal.ts'
import { undoAll } from '../helpers/run/phases.ts'
import type { Policy, Reach } from '../helpers/words/index.ts'
import { requireIdentity } from './identity.ts'
import { RefusedError } from './refusal.ts'
import { leftOf } from './state.ts'

/**
 * Undoes every unfinished journal of a live cluster, newest first. Returns what could not be undone, with the command
 * for it. Other targets end with their process or their container: there is nothing to undo.
 */
export async function recover(reach: Reach, policy: Policy, tell: (says: string) => void): Promise<readonly { says: string; byHand: string }[]> {
  if (reach.target.kind !== 'live') return []
  const left: { says: string; byHand: string }[] = []
  for (const found of leftOf(policy.cluster)) {
    tell(`undoing what ${found.of.drill} of ${new Date(found.of.startedAt).toISOString()} (${found.of.by}) has left behind`)
    const hands = { reach, policy, signal: new AbortController().signal }
    left.push(...await undoAll({ hands, faults, journal: journalAt(found), moment: (_, says) => tell(says) }))
  }
  return left
}

/** Before anything real is touched: the right cluster, and nothing of an earlier drill left on it. Throws a RefusedError otherwise. */
export async function ready(reach: Reach, policy: Policy, tell: (says: string) => void): Promise<void> {
  await requireIdentity(reach, policy)
  const left = await recover(reach, policy, tell)
  if (left.length > 0) throw new RefusedError(`Something of an earlier drill could not be undone:\n${left.map(({ says, byHand }) => `  ${says}\n    by hand: ${byHand}`).join('\n')}`)
}
