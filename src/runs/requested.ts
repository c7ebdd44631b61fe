// What a person asked for, checked: the policy, invariants, scenarios and fixes that the command
// line names.
import { fixes } from '#helpers/fixes.ts'
import { subjectProblem } from '#src/engine/drill/subject.ts'
import type { Drill, Policy } from '#src/model/index.ts'
import { drills } from '#specs/chaos/index.ts'
import { invariants } from '#specs/invariants/index.ts'
import { requireKnownProofs } from './coverage.ts'
import { nearest } from '#src/commands/nearest.ts'
import { isSelected } from './selection.ts'
import { globMatches, UsageError, type Settings } from './settings.ts'

/** Throws a UsageError for a planned policy: it judges nothing yet. */
export function requireActive(policy: Policy): void {
  requireKnownProofs(policy)
  if (policy.status === 'planned')
    throw new UsageError(
      `The policy of “${policy.cluster}” is planned: it holds clauses, and judges nothing yet. ` +
        `holdfast list --cluster ${policy.cluster} shows them.`,
    )
}

/** The invariants that --only selects. Throws a UsageError where it selects none. */
export function selectedInvariants(settings: Settings, policy: Policy) {
  const selected = invariants.filter(({ name }) =>
    isSelected(settings.only, policy, 'invariant', name),
  )
  if (selected.length === 0)
    throw new UsageError(
      `--only ${settings.only} selects no invariant. holdfast list shows clauses and names; ` +
        "a glob needs quotes, e.g. --only 'probes.*'.",
    )
  return selected
}

/**
 * Names of the scenarios that the words and --only select, in the order of the list. Throws a
 * UsageError for a word that selects nothing.
 */
export function selectedDrills(
  words: readonly string[],
  settings: Settings,
  policy: Policy,
): readonly string[] {
  for (const word of words) {
    if (drills.some(({ name }) => globMatches(word, [name]))) continue
    const near = nearest(
      word,
      drills.map(({ name }) => name),
    )
    throw new UsageError(
      `Unknown scenario “${word}”.${near === undefined ? '' : ` Did you mean “${near}”?`} ` +
        `Scenarios: ${drills.map(({ name }) => name).join(', ')}.`,
    )
  }
  const selected = drills.filter(
    ({ name }) =>
      (words.length === 0 || words.some(word => globMatches(word, [name]))) &&
      isSelected(settings.only, policy, 'drill', name),
  )
  if (selected.length === 0)
    throw new UsageError(
      `--only ${settings.only} selects no scenario. holdfast list shows clauses and names.`,
    )
  for (const drill of selected) requireSubject(drill, policy, settings.on)
  return selected.map(({ name }) => name)
}

/** Throws a UsageError for a subject that a drill cannot hit. */
function requireSubject(drill: Drill, policy: Policy, on: string | undefined): void {
  const problem = on === undefined ? undefined : subjectProblem(drill, policy, on)
  if (problem !== undefined) throw new UsageError(`--on ${on}: ${problem}`)
}

/** Names of fixes that may not act. Throws a UsageError for an unknown one. */
export function disabledFixes(settings: Settings): ReadonlySet<string> {
  for (const name of settings.disabledFixes) {
    if (!fixes.some(fix => fix.name === name))
      throw new UsageError(
        `Unknown fix in --disable ${name}. Fixes: ${fixes.map(fix => fix.name).join(', ')}.`,
      )
  }
  return new Set(settings.disabledFixes)
}
