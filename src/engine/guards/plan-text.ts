// A plan for eyes: what is hit, what guards say, what is noted, how it is undone, and what ends it
// when nobody returns.
import { formatDuration, type GuardVerdict } from '#src/model/index.ts'
import type { DrillPlan, PlannedFault } from './plan.ts'

/** Longest list on the screen; --json has all of it. */
const most = 12

const few = (lines: readonly string[]): readonly string[] =>
  lines.length <= most
    ? lines
    : [...lines.slice(0, most), `and ${lines.length - most} more (--json shows all)`]

const row = (label: string, values: readonly string[]): readonly string[] =>
  values.map((value, index) => `    ${(index === 0 ? label : '').padEnd(12)} ${value}`)

function faultLines({
  as,
  description,
  blast,
  impacts,
  record,
  unprepared,
  begins,
  manualUndo,
  deadMan,
}: PlannedFault): readonly string[] {
  return [
    `  ${as === 'stage' ? 'first, as its stage' : 'inject'}: ${description} (blast: ${blast})`,
    ...row('hits', few(impacts)),
    ...(unprepared === undefined
      ? []
      : row('not now', [`it cannot be prepared as things are: ${unprepared}`])),
    ...(record === undefined ? [] : row('noted before', [JSON.stringify(record)])),
    ...(begins === undefined ? [] : row('begins with', [begins])),
    ...(record === undefined ? [] : row('undone', ['by its own undo, back to what was noted'])),
    ...(manualUndo === undefined ? [] : row('by hand', [manualUndo])),
    ...row(
      'if nobody',
      'description' in deadMan
        ? [`returns: after ${formatDuration(deadMan.after)} by ${deadMan.description}`]
        : [`returns: no dead-man's switch: ${deadMan.why}`],
    ),
  ]
}

const signs = { holds: '✓', 'not-applicable': '·', allowed: '!', refuses: '×' } as const

function guardLines(verdict: GuardVerdict): readonly string[] {
  const line = `  ${signs[verdict.kind]} ${verdict.guard.padEnd(19)}`
  switch (verdict.kind) {
    case 'holds':
      return [`${line} holds`]
    case 'not-applicable':
      return [`${line} ${verdict.why}`]
    case 'allowed':
      return [
        `${line} let through by ${verdict.by.join('; ')}`,
        ...few(verdict.objections.map(({ seen }) => seen)).map(seen => `      ${seen}`),
      ]
    case 'refuses':
      return [
        `${line} refuses where ${verdict.description} (${verdict.remedy})`,
        ...few(verdict.objections.map(({ seen }) => seen)).map(seen => `      ${seen}`),
      ]
  }
}

/** The plan as text, each line as long as what it says. */
export function planText(plan: DrillPlan): string {
  const head = [
    `${plan.drill}: ${plan.description}`,
    `  on ${plan.target.kind}: ${plan.target.description}`,
  ]
  if (plan.notApplicable !== undefined)
    return `${[...head, `  does not apply here: ${plan.notApplicable}`].join('\n')}\n`
  return `${[
    ...head,
    '',
    ...(plan.on === undefined ? [] : [`  hits ${plan.on}`]),
    ...plan.faults.flatMap(faultLines),
    `  pods that go: ${plan.podsLost === undefined ? 'cannot be told' : plan.podsLost.length === 0 ? 'none' : few(plan.podsLost).join(', ')}`,
    '',
    `  healed by ${plan.healer === 'cluster' ? 'the cluster itself' : `holdfast; fixes that may act: ${plan.fixes.join(', ')}`}`,
    `  budgets: ${Object.entries(plan.budgets)
      .map(([milestone, budget]) => `${milestone} ${budget}`)
      .join(', ')}; stable for ${plan.stability}`,
    ...plan.always.map(message => `  called off at once where this breaks: ${message}`),
    '',
    'guards',
    ...plan.guards.flatMap(guardLines),
    '',
    plan.refusals.length === 0
      ? 'It may begin. Nothing was changed.'
      : 'It would be refused. Nothing was changed.',
  ].join('\n')}\n`
}
