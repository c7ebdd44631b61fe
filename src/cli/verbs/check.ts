// `holdfast check`: one look, every invariant judged by its spec, one report.
import { requireKnownProofs } from '#src/runs/coverage.ts'
import { isSelected } from '#src/runs/selection.ts'
import { join } from 'node:path'
import { observe } from '#src/engine/evaluate/observe.ts'
import {
  questionsOf,
  type Judgement,
  type Policy,
  type Runtime,
  type Run,
  type Snapshot,
} from '#src/model/index.ts'
import { invariants } from '#specs/invariants/index.ts'
import type { Arguments } from '#src/cli/arguments.ts'
import { assemble, runId, unansweredIn } from '#src/runs/assemble.ts'
import { loadPolicy } from '#src/runs/clusters.ts'
import { exits } from '#src/runs/process/exit.ts'
import { giveBackMemory } from '#src/runs/process/memory.ts'
import type { Target } from '#src/runs/opened.ts'
import { progressOn } from '#src/runs/progress.ts'
import { recoverPrevious } from '#src/runs/recovery/recover.ts'
import { UsageError, type Settings } from '#src/runs/settings.ts'
import { readSnapshot, saveSnapshot, snapshotIn } from '#src/runs/snapshot.ts'
import { loadAhead, runSpecs } from '#src/runs/specs.ts'
import { openTarget } from '#src/runs/target.ts'
import { finish, folderOfRun } from './output.ts'

/** A planned policy judges nothing yet. */
export function requireActive(policy: Policy): void {
  requireKnownProofs(policy)
  if (policy.status === 'planned')
    throw new UsageError(
      `The policy of “${policy.cluster}” is planned: its clauses are held as data, nothing is judged by them yet. holdfast list --cluster ${policy.cluster} shows them.`,
    )
}

/** The selected invariants; an error when nothing is. */
export function selectedInvariants(settings: Settings, policy: Policy) {
  const selected = invariants.filter(({ name }) =>
    isSelected(settings.only, policy, 'invariant', name),
  )
  if (selected.length === 0)
    throw new UsageError(
      `--only ${settings.only} selects no invariant. holdfast list shows clauses and names; a glob needs quotes, e.g. --only 'probes.*'.`,
    )
  return selected
}

/**
 * Looks and saves what was seen in the folder of the run. What it returns is all that a report
 * needs of it: a large cluster does not stay in memory while another thread judges it.
 */
export async function keepLook(
  evaluate: () => Promise<Snapshot>,
  policy: Policy,
  folder: string,
): Promise<{ target: Runtime['target']; unanswered: Run['unanswered'] }> {
  const snapshot = await evaluate()
  saveSnapshot(snapshotIn(folder), snapshot, policy)
  return { target: snapshot.target, unanswered: unansweredIn(snapshot) }
}

/**
 * Judges the look that a run keeps through the specs. Throws when a spec could not be run: a
 * verdict that is missing is no pass.
 */
export async function judgeThroughSpecs(
  settings: Settings,
  policy: Policy,
  folder: string,
): Promise<readonly Judgement[]> {
  if (settings.target !== 'lab') giveBackMemory()
  const said = await runSpecs(
    'invariants',
    { ...settings, snapshot: snapshotIn(folder) },
    { allure: join(folder, 'allure-results') },
  )
  const gave = new Set(said.judgements.map(judgement => judgement.invariant))
  const silent = selectedInvariants(settings, policy).filter(({ name }) => !gave.has(name))
  if (said.errors.length > 0 || silent.length > 0) {
    throw new Error(
      `specs could not be run: ${[...said.errors, ...silent.map(({ name }) => `${name} gave no verdict`)].join('; ')}`,
    )
  }
  const order = new Map(invariants.map(({ name }, index) => [name, index]))
  return said.judgements.toSorted(
    (a, b) => (order.get(a.invariant) ?? 0) - (order.get(b.invariant) ?? 0),
  )
}

/** A saved snapshot as a target of its own: nothing is opened for it. */
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
      observe(
        questionsOf(selectedInvariants(settings, policy), target.policy),
        target.runtime,
        target.policy,
      ),
  }
}

export async function check(options: Arguments): Promise<number> {
  const { settings } = options
  const startedAt = Date.now()
  const policy = await loadPolicy(settings.cluster)
  requireActive(policy)
  selectedInvariants(settings, policy)
  const progress = progressOn()
  progress.step(
    settings.snapshot === undefined
      ? `looking at ${policy.cluster} (${settings.target})`
      : `judging ${settings.snapshot} by the policy ${settings.cluster}`,
  )
  const id = runId('check', startedAt)
  const target = await opened(settings, policy, progress.step)
  try {
    const folder = await folderOfRun(settings.reports, id)
    const evaluate = (): Promise<Snapshot> => {
      const looking = target.evaluate()
      if (settings.target !== 'lab') loadAhead()
      return looking
    }
    const seen = await keepLook(evaluate, target.policy, folder)
    const judgements = await judgeThroughSpecs(target.settings, target.policy, folder)
    progress.done()
    return await finish(
      assemble({
        verb: 'check',
        id,
        startedAt,
        settings,
        policy: target.policy,
        ...seen,
        judgements,
        exitCodes: judgements.length === 0 ? [exits.unknown] : [],
      }),
      options,
    )
  } finally {
    await target.close()
  }
}
