// `holdfast check`: one snapshot, every invariant judged by its spec, one report.
import { observeTarget } from '#src/runs/evidence/host.ts'
import { questionsOf, type Policy, type Snapshot } from '#src/model/index.ts'
import type { Arguments } from '#src/cli/arguments.ts'
import { finish, folderOfRun, requireReports } from '#src/cli/output.ts'
import { assemble, startRun } from '#src/runs/assemble.ts'
import { judgeThroughSpecs, saveEvidence } from '#src/runs/evidence/check.ts'
import { loadPolicy } from '#src/runs/clusters.ts'
import type { Target } from '#src/runs/opened.ts'
import { exits } from '#src/runs/process/exit.ts'
import { progressOn } from '#src/runs/progress.ts'
import { recoverPrevious } from '#src/runs/recovery/recover.ts'
import { requireActive, selectedInvariants } from '#src/runs/requested.ts'
import type { Settings } from '#src/runs/settings.ts'
import { readSnapshot } from '#src/runs/evidence/snapshot.ts'
import { loadAhead } from '#src/runs/specs.ts'
import { openTarget } from '#src/runs/target.ts'

/** A saved snapshot as a target: it opens nothing. */
function saved(
  file: string,
  settings: Settings,
  policy: Policy,
): Pick<Target, 'policy' | 'settings' | 'close'> & { evaluate(): Promise<Snapshot> } {
  const snapshot = readSnapshot(file, policy)
  return { policy, settings, close: async () => {}, evaluate: async () => snapshot }
}

async function opened(
  settings: Settings,
  policy: Policy,
  tell: (message: string) => void,
): Promise<ReturnType<typeof saved>> {
  if (settings.snapshot !== undefined) return saved(settings.snapshot, settings, policy)
  const target = await openTarget(settings, policy, { tell })
  await recoverPrevious({
    runtime: target.runtime,
    policy: target.policy,
    settings: target.settings,
    tell,
  })
  return {
    ...target,
    evaluate: () =>
      observeTarget(
        questionsOf(selectedInvariants(settings, policy), target.policy),
        target.runtime,
        target.policy,
      ),
  }
}

export async function check(options: Arguments): Promise<number> {
  const { settings } = options
  const run = startRun('check', settings)
  const policy = await loadPolicy(settings.cluster)
  requireActive(policy)
  selectedInvariants(settings, policy)
  const progress = progressOn()
  progress.step(
    settings.snapshot === undefined
      ? `looking at ${policy.cluster} (${settings.target})`
      : `judging ${settings.snapshot} by the policy ${settings.cluster}`,
  )
  await requireReports(settings.reports)
  const target = await opened(settings, policy, progress.step)
  try {
    const folder = await folderOfRun(settings.reports, run.id)
    const evaluate = (): Promise<Snapshot> => {
      const snapshot = target.evaluate()
      if (settings.target !== 'lab') loadAhead()
      return snapshot
    }
    const seen = await saveEvidence(evaluate, target.policy, folder)
    const judgements = await judgeThroughSpecs(target.settings, target.policy, folder)
    progress.done()
    const exitCodes = judgements.length === 0 ? [exits.unknown] : []
    return await finish(
      assemble({ ...run, policy: target.policy, ...seen, judgements, exitCodes }),
      options,
    )
  } finally {
    await target.close()
  }
}
