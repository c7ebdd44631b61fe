// The run's node as a test gets it: behind the guard, with the policy that is about it.
import { inject } from 'vitest'
import { loadPolicy } from '../../bin/clusters.ts'
import { openTarget } from '../../bin/target.ts'
import { faults } from '../../helpers/faults/index.ts'
import { signals } from '../../helpers/probes/signals.ts'
import { runDrill } from '../../helpers/run/drill.ts'
import { memoryJournal } from '../../helpers/run/journal.ts'
import { look } from '../../helpers/run/look.ts'
import type { DrillContext } from '../../helpers/run/opening.ts'
import type { Drill, DrillResult, Judgement } from '../../helpers/words/index.ts'
import { drills } from '../../specs/chaos/index.ts'
import { invariants } from '../../specs/invariants/index.ts'

const settings = inject('settings')
export const { reach, policy } = await openTarget(settings, await loadPolicy(settings.cluster), { drills: true })

/** What does not hold or cannot be seen now. */
export async function bad(): Promise<readonly Judgement[]> {
  const { judgements } = await look(invariants, reach, policy)
  return judgements.filter(({ verdict }) => verdict.kind === 'violated' || verdict.kind === 'unknown')
}

/** How long a recovery must last here, s instead of the minute of a real drill: what is tried is whether it comes, many times over. */
const stability = '12 s'

/** Runs a drill as `holdfast drill` does. */
export function run(name: string, change: Partial<Drill> = {}, context: Partial<DrillContext> = {}): Promise<DrillResult> {
  const drill = drills.find(candidate => candidate.name === name)
  if (drill === undefined) throw new Error(`there is no drill ${name}`)
  return runDrill({ ...drill, stability, ...change }, { reach, policy, faults, signals, journal: memoryJournal(), ...context })
}
