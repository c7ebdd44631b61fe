// The plan of a drill for people: its faults with their impacts, records, undos and dead-man's
// switches, and the verdicts of the guards.
import {
  chosenText,
  formatDuration,
  type DrillPlan,
  type GuardVerdict,
  type InapplicableCause,
  type Objection,
  type PlannedFault,
} from '#src/model/index.ts'
import { withSentence } from './json.ts'
import { objectionText } from './objections.ts'

/** Longest list on the screen; --json has all of it. */
const most = 12

const few = (lines: readonly string[]): readonly string[] =>
  lines.length <= most
    ? lines
    : [...lines.slice(0, most), `and ${lines.length - most} more (--json shows all)`]

const row = (label: string, values: readonly string[]): readonly string[] =>
  values.map((value, index) => `    ${(index === 0 ? label : '').padEnd(12)} ${value}`)

/** One row, or none for an undefined value. */
const rowOf = (label: string, value: string | undefined): readonly string[] =>
  value === undefined ? [] : row(label, [value])

/** Why a drill does not apply here. */
export const inapplicableText = (cause: InapplicableCause): string =>
  cause.kind === 'lacking' ? cause.reason : 'the policy names nothing that it could act on'

function preparedLines({ record, begins, manualUndo }: PlannedFault): readonly string[] {
  const undone = record === undefined ? undefined : 'back to the state recorded before'
  return [
    ...rowOf('recorded', record === undefined ? undefined : JSON.stringify(record)),
    ...rowOf('begins with', begins),
    ...rowOf('undo', undone),
    ...rowOf('by hand', manualUndo),
  ]
}

function faultLines(fault: PlannedFault): readonly string[] {
  const { as, description, blast, impacts, unprepared, deadMan } = fault
  const end =
    'description' in deadMan
      ? `after ${formatDuration(deadMan.after)} by ${deadMan.description}`
      : `nothing ends it: ${deadMan.why}`
  return [
    `  ${as === 'stage' ? 'first, as its stage' : 'inject'}: ${description} (blast: ${blast})`,
    ...row('hits', few(impacts)),
    ...rowOf('not now', unprepared && `it cannot be prepared as things are: ${unprepared}`),
    ...preparedLines(fault),
    ...row('dead man', [end]),
  ]
}

const signs = { holds: '✓', 'not-applicable': '·', allowed: '!', refuses: '×' } as const

const objectionLines = (objections: readonly Objection[]): readonly string[] =>
  few(objections.map(objectionText)).map(text => `      ${text}`)

function guardLines(verdict: GuardVerdict): readonly string[] {
  const line = `  ${signs[verdict.kind]} ${verdict.guard.padEnd(19)}`
  switch (verdict.kind) {
    case 'holds':
      return [`${line} holds`]
    case 'not-applicable':
      return [`${line} ${verdict.why}`]
    case 'allowed':
      return [`${line} allowed by ${verdict.by.join('; ')}`, ...objectionLines(verdict.objections)]
    case 'refuses':
      return [
        `${line} refuses: ${verdict.description} (${verdict.remedy})`,
        ...objectionLines(verdict.objections),
      ]
  }
}

function podsText({ podsLost }: DrillPlan): string {
  if (podsLost === undefined) return 'unknown'
  return podsLost.length === 0 ? 'none' : few(podsLost).join(', ')
}

function budgetText({ budgets, stability }: DrillPlan): string {
  const each = Object.entries(budgets).map(([milestone, budget]) => `${milestone} ${budget}`)
  return `${each.join(', ')}; stable for ${stability}`
}

const lines = (texts: readonly string[]): string => `${texts.join('\n')}\n`

/** The plan as text, without wrapped lines. */
export function planText(plan: DrillPlan): string {
  const head = [
    `${plan.drill}: ${plan.description}`,
    `  on ${plan.target.kind}: ${plan.target.description}`,
  ]
  if (plan.notApplicable !== undefined)
    return lines([...head, `  does not apply here: ${inapplicableText(plan.notApplicable)}`])
  const healer =
    plan.healer === 'cluster'
      ? 'the cluster itself'
      : `holdfast; fixes that may act: ${plan.fixes.join(', ')}`
  return lines([
    ...head,
    '',
    ...plan.on.map(chosen => `  hits ${chosenText(chosen)}`),
    ...plan.faults.flatMap(faultLines),
    `  pods lost: ${podsText(plan)}`,
    '',
    `  healed by ${healer}`,
    `  budgets: ${budgetText(plan)}`,
    ...plan.always.map(invariant => `  aborts at once when this breaks: ${invariant}`),
    '',
    'guards',
    ...plan.guards.flatMap(guardLines),
    '',
    plan.refusals.length === 0
      ? 'It may begin. Nothing was changed.'
      : 'It would be refused. Nothing was changed.',
  ])
}

const verdictJson = (verdict: GuardVerdict): GuardVerdict =>
  verdict.kind === 'allowed' || verdict.kind === 'refuses'
    ? { ...verdict, objections: verdict.objections.map(withSentence) }
    : verdict

/** The plans as JSON: their data, with a sentence wherever people read one. */
export const plansJson = (plans: readonly DrillPlan[]): string =>
  `${JSON.stringify(
    plans.map(plan => ({
      ...plan,
      on: plan.on.map(chosen => ({ ...chosen, text: chosenText(chosen) })),
      notApplicable: plan.notApplicable && {
        ...plan.notApplicable,
        text: inapplicableText(plan.notApplicable),
      },
      guards: plan.guards.map(verdictJson),
      refusals: plan.refusals.map(refusal => ({
        ...refusal,
        objections: refusal.objections.map(withSentence),
      })),
    })),
    null,
    2,
  )}\n`
