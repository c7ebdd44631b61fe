// What a run left behind, with the commands that undo it; or that nothing is left.
import type { DrillResult, Run } from '#src/model/index.ts'
import { clean, count, wrap } from '#src/reporting/text.ts'
import type { Frame } from './frame.ts'

/** Faults left behind that one screen shows with their commands. */
const mostLeft = 4

interface InjectedFaults {
  readonly begun: number
  /** Of those, the faults whose injection did not fail half-way. */
  readonly whole: number
}

function injectedIn({ faults, timeline, outcome, halfway = [] }: DrillResult): InjectedFaults {
  const isBegun = (fault: string): boolean =>
    timeline.some(
      ({ phase, event }) =>
        phase === 'inject' && event.kind === 'fault' && event.description === fault,
    )
  // An aborted drill may have begun only some of its faults.
  const begun = outcome.kind === 'aborted' ? faults.filter(isBegun).length : faults.length
  return { begun, whole: begun - halfway.length }
}

/** The faults of all drills together. */
function injectedFaults({ drills }: Run): InjectedFaults {
  const each = drills
    .filter(({ milestones }) => milestones.some(({ milestone }) => milestone === 'injected'))
    .map(injectedIn)
  return {
    begun: each.reduce((sum, { begun }) => sum + begun, 0),
    whole: each.reduce((sum, { whole }) => sum + whole, 0),
  }
}

/** What was injected, for a run that undid all of it. */
function undoneText({ begun, whole }: InjectedFaults): string {
  if (begun === 0) return 'No fault was injected.'
  const faults = `${count(begun, 'fault')} injected`
  if (whole < begun) return `${faults}, ${begun - whole} of them only in part; all undone.`
  return `${faults}, ${begun === 1 ? 'it is' : 'all'} undone.`
}

function leftLines(
  { description, manualUndo }: DrillResult['leftBehind'][number],
  { paint, width }: Frame,
): readonly string[] {
  return [
    ...wrap(description, width - 6).map((part, index) =>
      index === 0 ? `  ${paint('bad', '!')} ${part}` : `      ${part}`,
    ),
    ...clean(manualUndo)
      .split('\n')
      .map(part => `    ${paint('quiet', 'by hand:')} ${part}`),
  ]
}

/** What the drills of a run left behind; empty for a run without drills. */
export function leftBehindLines(run: Run, frame: Frame): readonly string[] {
  const left = run.drills.flatMap(({ leftBehind }) => leftBehind)
  if (left.length === 0) {
    if (run.drills.length === 0) return []
    return [`Left behind: nothing. ${undoneText(injectedFaults(run))}`]
  }
  const shown = left.slice(0, frame.full ? undefined : mostLeft)
  const hidden = left.length - shown.length
  const verb = left.length === 1 ? 'is' : 'are'
  return [
    `${frame.paint('bad', 'Left behind')}: ${count(left.length, 'fault')} ${verb} not undone`,
    ...shown.flatMap(each => leftLines(each, frame)),
    ...(hidden === 0 ? [] : [`  and ${count(hidden, 'more fault')}: holdfast undo, or --full`]),
  ]
}
