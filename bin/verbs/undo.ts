// `holdfast undo [run]`: puts back what killed drills have left behind.
import { stdout } from 'node:process'
import type { Arguments } from '../arguments.ts'
import { loadPolicy } from '../clusters.ts'
import { exits } from '../exit.ts'
import { takeHold } from '../hold.ts'
import { requireIdentity } from '../identity.ts'
import { progressOn } from '../progress.ts'
import { inWords, leftIn, tidyUp, undoLeft, type Beginning, type Remains } from '../recover.ts'
import { UsageError } from '../settings.ts'
import { worldOf, type Left } from '../state.ts'
import { forDrills, openTarget, type Target } from '../target.ts'

/** The worlds in which something can have been left: the live cluster, unless the target is a kept node. The lab ends with its process. */
export async function worldsOf(options: Arguments): Promise<readonly Pick<Target, 'reach' | 'policy' | 'settings'>[]> {
  const { settings } = options
  const policy = await loadPolicy(settings.cluster)
  if (settings.target === 'container') {
    const { keptNodes } = await import('../container/kept.ts')
    const { findDocker } = await import('../../helpers/live/container/index.ts')
    await findDocker().catch((error: unknown) => {
      throw new UsageError(`--target container needs Docker: ${error instanceof Error ? error.message : String(error)}. Start Docker and try again.`)
    })
    return keptNodes(settings, policy, forDrills)
  }
  return [await openTarget({ ...settings, target: 'live' }, policy, { drills: true })]
}

/** The journals that words select, by run or by drill; all of them when there are none. */
export function selectedLeft(left: readonly Left[], words: readonly string[]): readonly Left[] {
  for (const word of words) {
    if (left.some(({ of }) => of.run === word || of.drill === word)) continue
    throw new UsageError(`Nothing of “${word}” is left behind. ${left.length === 0 ? 'Nothing is, of any run.' : `Left behind is: ${left.map(({ of }) => `${of.run} (${of.drill})`).join(', ')}.`}`)
  }
  return left.filter(({ of }) => words.length === 0 || words.includes(of.run) || words.includes(of.drill))
}

async function undoIn(target: Pick<Target, 'reach' | 'policy' | 'settings'>, words: readonly string[], tell: (says: string) => void): Promise<{ undone: number; remains: readonly Remains[] }> {
  const beginning: Beginning = { ...target, tell }
  const world = worldOf(target.reach, target.policy, target.settings)
  const seen = await leftIn(beginning)
  if (world === undefined || selectedLeft(seen.left, words).length === 0) {
    if (seen.untidy) await tidyUp(seen, tell)
    else for (const note of seen.notes) tell(note)
    return { undone: 0, remains: [] }
  }
  await requireIdentity(target.reach, target.policy)
  const hold = await takeHold(world, target.reach, target.policy, { doing: 'undo by hand', tell })
  try {
    // Whoever held it until now may have undone it.
    const now = await leftIn(beginning)
    for (const note of now.notes) tell(note)
    const left = now.left.filter(({ of }) => words.length === 0 || words.includes(of.run) || words.includes(of.drill))
    const remains = await undoLeft(left, beginning)
    await now.tidy().catch(() => {})
    return { undone: left.reduce((sum, { pending }) => sum + pending.length, 0) - remains.length, remains }
  } finally {
    await hold.release()
  }
}

export async function undo(options: Arguments): Promise<number> {
  const progress = progressOn()
  const remains: Remains[] = []
  let undone = 0
  for (const target of await worldsOf(options)) {
    const done = await undoIn(target, options.words, progress.step)
    undone += done.undone
    remains.push(...done.remains)
  }
  progress.done()
  if (remains.length > 0) stdout.write(`NOT undone:\n${inWords(remains)}`)
  else stdout.write(undone === 0 ? `Nothing is left behind on ${(await loadPolicy(options.settings.cluster)).cluster} by drills.\n` : 'Everything is undone.\n')
  return remains.length === 0 ? exits.holds : exits.undoIncomplete
}
