// What can be decided about drills before anything is written or locked: those that do not apply,
// are stopped or are refused.
import { onSubject } from '#src/engine/drill/subject.ts'
import { faults } from '#helpers/faults.ts'
import { askGuards } from '#src/engine/guards/ask.ts'
import { memoryJournal } from '#src/engine/journal/journal.ts'
import { mayNotBegin } from '#src/engine/drill/preflight.ts'
import type { ActiveRun, Drill, DrillResult } from '#src/model/index.ts'
import type { Target } from '#src/runs/opened.ts'
import { activeOn, guardContext } from '#src/runs/process/guard-context.ts'
import { stopped } from '#src/runs/process/stop.ts'

/** None of the drills may start: their results state why. */
export class NothingBegins extends Error {}

/**
 * The results of drills that may not start; fewer results than drills as soon as one may. Only
 * reads.
 */
export async function refusedBeforeStart(
  drills: readonly Drill[],
  { runtime, policy, settings }: Pick<Target, 'runtime' | 'policy' | 'settings'>,
): Promise<readonly DrillResult[]> {
  const active = async (): Promise<ActiveRun | undefined> =>
    stopped.aborted ? undefined : activeOn({ runtime, policy }, settings)
  const end = async (drill: Drill, by: ActiveRun | undefined): Promise<DrillResult | undefined> => {
    const bound = await onSubject(drill, runtime, policy, settings.on)
    return mayNotBegin(bound.drill, {
      runtime,
      policy: bound.policy,
      faults,
      signals: [],
      journal: memoryJournal(),
      signal: stopped,
      guard: asked => askGuards(asked, runtime, bound.policy, guardContext(settings, by)),
    })
  }
  const results: DrillResult[] = []
  let by = await active()
  for (const drill of drills) {
    let result = await end(drill, by)
    // The obstacle may be the work of a run that started meanwhile.
    if (
      result?.outcome.kind === 'refused' &&
      by === undefined &&
      (by = await active()) !== undefined
    )
      result = await end(drill, by)
    if (result === undefined) return results
    results.push(result)
  }
  return results
}
