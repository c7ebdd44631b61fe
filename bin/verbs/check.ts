// `holdfast check`: one look, every invariant judged by its spec, one report.
import { join } from 'node:path'
import { observe, questionsOf } from '../../helpers/run/observe.ts'
import type { Judgement, Policy, Reach, Snapshot } from '../../helpers/words/index.ts'
import { invariants } from '../../specs/invariants/index.ts'
import type { Arguments } from '../arguments.ts'
import { assemble, runId } from '../assemble.ts'
import { loadPolicy } from '../clusters.ts'
import { exits } from '../exit.ts'
import { progressOn } from '../progress.ts'
import { UsageError, fits, type Settings } from '../settings.ts'
import { readSnapshot, saveSnapshot } from '../snapshot.ts'
import { runSpecs } from '../specs.ts'
import { openTarget } from '../target.ts'
import { finish, folderOfRun } from './output.ts'

/** A planned policy judges nothing yet. */
export function requireActive(policy: Policy): void {
  if (policy.status === 'planned') throw new UsageError(`The policy of “${policy.cluster}” is planned: its clauses are held as data, nothing is judged by them yet. holdfast list --cluster ${policy.cluster} shows them.`)
}

/** The selected invariants; an error when nothing is. */
export function selectedInvariants(settings: Settings) {
  const selected = invariants.filter(({ name, clauses }) => fits(settings.only, [name, ...clauses]))
  if (selected.length === 0) throw new UsageError(`--only ${settings.only} selects no invariant. holdfast list shows clauses and names; a glob needs quotes, e.g. --only 'probes.*'.`)
  return selected
}

/** Judges a snapshot through the specs. Throws when a spec could not be run: a verdict that is missing is no pass. */
export async function judgeThroughSpecs(snapshot: Snapshot, settings: Settings, folder: string): Promise<readonly Judgement[]> {
  const file = join(folder, 'snapshot.json')
  saveSnapshot(file, snapshot)
  const said = await runSpecs('invariants', { ...settings, snapshot: file }, { allure: join(folder, 'allure-results') })
  const gave = new Set(said.judgements.map(judgement => judgement.invariant))
  const silent = selectedInvariants(settings).filter(({ name }) => !gave.has(name))
  if (said.errors.length > 0 || silent.length > 0) {
    throw new Error(`specs could not be run: ${[...said.errors, ...silent.map(({ name }) => `${name} gave no verdict`)].join('; ')}`)
  }
  const order = new Map(invariants.map(({ name }, index) => [name, index]))
  return said.judgements.toSorted((a, b) => (order.get(a.invariant) ?? 0) - (order.get(b.invariant) ?? 0))
}

async function lookOnce(settings: Settings, policy: Policy): Promise<{ snapshot: Snapshot; target: Reach['target'] }> {
  if (settings.snapshot !== undefined) {
    const snapshot = readSnapshot(settings.snapshot, policy)
    return { snapshot, target: snapshot.target }
  }
  const target = await openTarget(settings, policy)
  try {
    return { snapshot: await observe(questionsOf(selectedInvariants(settings), policy), target.reach, policy), target: target.reach.target }
  } finally {
    await target.close()
  }
}

export async function check(options: Arguments): Promise<number> {
  const { settings } = options
  const startedAt = Date.now()
  const policy = await loadPolicy(settings.cluster)
  requireActive(policy)
  selectedInvariants(settings)
  const progress = progressOn()
  progress.step(settings.snapshot === undefined ? `looking at ${policy.cluster} (${settings.target})` : `judging ${settings.snapshot}`)
  const id = runId('check', startedAt)
  const { snapshot, target } = await lookOnce(settings, policy)
  const judgements = await judgeThroughSpecs(snapshot, settings, folderOfRun(settings.reports, id))
  progress.done()
  return finish(assemble({ verb: 'check', id, startedAt, settings, policy, target, judgements, snapshot, exitCodes: judgements.length === 0 ? [exits.unknown] : [] }), options)
}
