// Judges a cluster: one snapshot, saved as evidence, and every selected invariant through its spec.
import { join } from 'node:path'
import type { Judgement, Policy, Run, Runtime, Snapshot } from '#src/model/index.ts'
import { invariants } from '#specs/invariants/index.ts'
import { unansweredIn } from '#src/runs/assemble.ts'
import { giveBackMemory } from '#src/runs/process/memory.ts'
import { selectedInvariants } from '#src/runs/requested.ts'
import type { Settings } from '#src/runs/settings.ts'
import { saveSnapshot, snapshotIn } from './snapshot.ts'
import { runSpecs } from '#src/runs/specs.ts'

/**
 * Takes a snapshot and saves it in the folder of the run. Returns only what a report needs: a large
 * cluster must not stay in memory while another thread judges it.
 */
export async function saveEvidence(
  evaluate: () => Promise<Snapshot>,
  policy: Policy,
  folder: string,
): Promise<{ target: Runtime['target']; unanswered: Run['unanswered'] }> {
  const snapshot = await evaluate()
  saveSnapshot(snapshotIn(folder), snapshot, policy)
  return { target: snapshot.target, unanswered: unansweredIn(snapshot) }
}

/**
 * Judges the saved snapshot of a run through the specs. Throws if a spec did not run: a missing
 * verdict is not a pass.
 */
export async function judgeThroughSpecs(
  settings: Settings,
  policy: Policy,
  folder: string,
): Promise<readonly Judgement[]> {
  if (settings.target !== 'lab') giveBackMemory()
  const found = await runSpecs(
    'invariants',
    { ...settings, snapshot: snapshotIn(folder) },
    { allure: join(folder, 'allure-results') },
  )
  const judged = new Set(found.judgements.map(judgement => judgement.invariant))
  const silent = selectedInvariants(settings, policy).filter(({ name }) => !judged.has(name))
  if (found.errors.length > 0 || silent.length > 0) {
    throw new Error(
      'specs could not be run: ' +
        [...found.errors, ...silent.map(({ name }) => `${name} gave no verdict`)].join('; '),
    )
  }
  const order = new Map(invariants.map(({ name }, index) => [name, index]))
  return found.judgements.toSorted(
    (a, b) => (order.get(a.invariant) ?? 0) - (order.get(b.invariant) ?? 0),
  )
}
