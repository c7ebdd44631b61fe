// `holdfast undo`: puts back what a killed drill of a live cluster has left behind.
import { stdout } from 'node:process'
import type { Arguments } from '../arguments.ts'
import { loadPolicy } from '../clusters.ts'
import { exits } from '../exit.ts'
import { requireIdentity } from '../identity.ts'
import { progressOn } from '../progress.ts'
import { recover } from '../recover.ts'
import { leftOf } from '../state.ts'
import { openTarget } from '../target.ts'

export async function undo(options: Arguments): Promise<number> {
  const policy = await loadPolicy(options.settings.cluster)
  const found = leftOf(policy.cluster)
  if (found.length === 0) {
    stdout.write(`Nothing is left behind on ${policy.cluster} by drills of this machine.\n`)
    return exits.holds
  }
  const progress = progressOn()
  const target = await openTarget({ ...options.settings, target: 'live' }, policy)
  try {
    await requireIdentity(target.reach, policy)
    const left = await recover(target.reach, target.policy, progress.step)
    progress.done()
    stdout.write(left.length === 0 ? 'Everything is undone.\n' : `NOT undone:\n${left.map(({ says, byHand }) => `  ${says}\n    by hand: ${byHand}\n`).join('')}`)
    return left.length === 0 ? exits.holds : exits.undoIncomplete
  } finally {
    await target.close()
  }
}
