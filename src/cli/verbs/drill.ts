// `holdfast drill`: selected scenarios through their specs, one report.
import type { DrillResult, Policy, Run } from '#src/model/index.ts'
import { draftOf, stoppedEarly } from '#src/engine/drill/preflight.ts'
import { drills } from '#specs/chaos/index.ts'
import type { Arguments } from '#src/cli/arguments.ts'
import { finish, folderOfRun, reportOnLeaving } from '#src/cli/output.ts'
import { planDrills, plansOf } from '#src/cli/plans.ts'
import { assemble, startRun, type RunStart } from '#src/runs/assemble.ts'
import { loadPolicy } from '#src/runs/clusters.ts'
import { requireConsent } from '#src/runs/confirm.ts'
import { drillTarget, drillThroughSpecs, unopened } from '#src/runs/drill.ts'
import { stoppable } from '#src/runs/process/stop.ts'
import { progressOn, type Progress } from '#src/runs/progress.ts'
import { requireActive, selectedDrills } from '#src/runs/requested.ts'
import { openTarget, requireWorld } from '#src/runs/target.ts'

/** The report of a run that only drilled. */
const reportOf = (
  run: RunStart,
  policy: Policy,
  target: Run['target'],
  results: readonly DrillResult[],
): Run => assemble({ ...run, policy, target, judgements: [], drills: results })

/** Results for drills of a run that ended before they started. */
const notBegun = (names: readonly string[], policy: Policy): readonly DrillResult[] =>
  drills
    .filter(({ name }) => names.includes(name))
    .map(each => stoppedEarly(draftOf(each, policy, Date.now)))

interface Drilling {
  run: RunStart
  names: readonly string[]
  policy: Policy
  folder: string
  progress: Progress
}

/** Each drill creates its own lab. */
async function drillLab(drilling: Drilling, options: Arguments): Promise<number> {
  const { run, names, policy, folder, progress } = drilling
  const results = await drillThroughSpecs(names, run.settings, folder, progress)
  progress.done()
  return finish(reportOf(run, policy, unopened(run.settings), results), options)
}

/** One cluster for all drills. */
async function drillCluster(drilling: Drilling, options: Arguments): Promise<number> {
  const { run, names, folder, progress } = drilling
  const { step } = progress
  const target = await openTarget(run.settings, drilling.policy, { tell: step, drills: true })
  try {
    // From here on a signal ends the run with a report, whatever it is doing.
    return await stoppable(async () => {
      const results = await drillTarget(names, target, folder, progress)
      progress.done()
      return finish(reportOf(run, target.policy, target.runtime.target, results), options)
    })
  } finally {
    await target.close()
  }
}

export async function drill(options: Arguments): Promise<number> {
  const { settings } = options
  const run = startRun('drill', settings)
  const policy = await loadPolicy(settings.cluster)
  requireActive(policy)
  const names = selectedDrills(options.words, settings, policy)
  if (options.dryRun) return planDrills(names, policy, options)
  await requireConsent(options, {
    cluster: policy.cluster,
    doing: `drill ${names.join(', ')}`,
    plans: () => plansOf(names, policy, settings),
  })
  await requireWorld(settings, policy)
  const progress = progressOn()
  progress.step(
    `drilling ${names.length === 1 ? names[0] : `${names.length} scenarios`} on ` +
      `${policy.cluster} (${settings.target})`,
  )
  const folder = await folderOfRun(settings.reports, run.id)
  reportOnLeaving(() => reportOf(run, policy, unopened(settings), notBegun(names, policy)), options)
  const drilling = { run, names, policy, folder, progress }
  return settings.target === 'lab' ? drillLab(drilling, options) : drillCluster(drilling, options)
}
