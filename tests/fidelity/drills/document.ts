// The part about drills of docs/fidelity.md, made of the recorded runs.
import { isNear, sequencesOf, storiesOf, timesOf, type Times } from './compare.ts'
import type { DrillReason } from './reasons.ts'
import type { Run } from './stage.ts'

/** What differs in one drill, with its reason where it has one. */
export interface Gap {
  drill: string
  of: string
  lab: string
  node: string
  reason: DrillReason | undefined
}

/**
 * Marks that are held against each other: when the service answered its users, and when everything
 * was well again.
 */
const milestones = ['service answering', 'recovered'] as const

const seconds = (ms: number): string => (ms / 1000).toFixed(1)
const shown = (times: Times | undefined): string =>
  times === undefined ? '–' : seconds(times.median)
const spread = (times: Times | undefined): string =>
  times === undefined
    ? '–'
    : `${seconds(times.median)} (${seconds(times.from)} to ${seconds(times.to)})`

const outcomes = (runs: readonly Run[]): string =>
  [...new Set(runs.map(({ outcome }) => outcome))].toSorted().join(' / ')
const kinds = (runs: readonly Run[]): string =>
  [...new Set(runs.map(({ outcome }) => outcome.split(':')[0] ?? ''))].toSorted().join(' / ')

/** Marks in the order in which most of them came. */
const order = ({ milestones: all }: Run): readonly string[] =>
  all
    .filter(({ milestone }) => milestone === 'service answering' || milestone === 'recovered')
    .toSorted((a, b) => a.by - b.by)
    .map(({ milestone }) => milestone)

function gapsOf(
  drill: string,
  lab: readonly Run[],
  node: readonly Run[],
): readonly Omit<Gap, 'reason'>[] {
  const gaps: Omit<Gap, 'reason'>[] = []
  if (kinds(lab) !== kinds(node))
    gaps.push({ drill, of: 'outcome', lab: outcomes(lab), node: outcomes(node) })
  const [here, there] = [order(lab[0]!), node.map(order)]
  if (!there.some(one => one.join() === here.join()))
    gaps.push({
      drill,
      of: 'order of milestones',
      lab: here.join(' → '),
      node: (there[0] ?? []).join(' → '),
    })
  for (const milestone of milestones) {
    const [l, n] = [timesOf(lab, milestone), timesOf(node, milestone)]
    if (l === undefined && n === undefined) continue
    if (l === undefined || n === undefined || !isNear(l, n))
      gaps.push({ drill, of: milestone, lab: `${shown(l)} s`, node: `${spread(n)} s` })
  }
  for (const { of, lab: l, node: n } of storiesOf(lab, node).different)
    gaps.push({ drill, of, lab: l.join(' → ') || '(nothing)', node: n.join(' → ') || '(nothing)' })
  return gaps
}

/** Everything that differs between the recorded runs of two places, with its reasons. */
export function gaps(
  lab: ReadonlyMap<string, readonly Run[]>,
  node: ReadonlyMap<string, readonly Run[]>,
  reasons: readonly DrillReason[],
): readonly Gap[] {
  return [...node]
    .flatMap(([drill, runs]) => gapsOf(drill, lab.get(drill) ?? [], runs))
    .map(gap => ({
      ...gap,
      reason: reasons.find(reason => reason.drill.test(gap.drill) && reason.of.test(gap.of)),
    }))
}

const cell = (text: string): string => text.replaceAll('|', '\\|')

/** The part as Markdown. */
export function drillsPart(
  lab: ReadonlyMap<string, readonly Run[]>,
  node: ReadonlyMap<string, readonly Run[]>,
  reasons: readonly DrillReason[],
): string {
  const found = gaps(lab, node, reasons)
  const near = (drill: string, milestone: string): string =>
    found.some(gap => gap.drill === drill && gap.of === milestone) ? 'no' : 'yes'
  const rows = [...node].map(([drill, runs]) => {
    const own = lab.get(drill) ?? []
    const { same, different } = storiesOf(own, runs)
    const times = milestones.map(milestone => {
      const [l, n] = [timesOf(own, milestone), timesOf(runs, milestone)]
      return l === undefined && n === undefined
        ? '– | – | –'
        : `${shown(l)} | ${spread(n)} | ${near(drill, milestone)}`
    })
    return (
      `| ${drill} | ${cell(outcomes(own))} | ${cell(outcomes(runs))} | ${times.join(' | ')} | ` +
      `${same} of ${same + different.length} | ${own.length}, ${runs.length} |`
    )
  })
  return [
    'The same drills in the lab and on a node. ' +
      'Times are seconds from the injection to the middle of the',
    'interval of each milestone. The lab column is the median of its runs. ' +
      'The node column is the median',
    'and, in parentheses, the range from the last bad answer to the first good one over all ' +
      'runs. *Near*',
    'means within 20 % of the node’s median, or inside its range. ' +
      'A *story* is what happened to one pod,',
    'node or workload between injection and recovery (phases, conditions, restarts, taints, Event',
    'reasons), in order. A story is the same if a run in the lab has it exactly as a run on the ' +
      'node.',
    '`tests/fidelity/drills/measure.ts` records them.',
    '',
    '| drill | outcome in the lab | outcome on the node | service answers: ' +
      'lab | node | near | recovered: lab | node | near | same stories | runs: lab, node |',
    '|---|---|---|---|---|---|---|---|---|---|---|',
    ...rows,
    '',
    ...(found.length === 0
      ? ['Nothing else differs.']
      : [
          '| drill | what differs | lab | node | why |',
          '|---|---|---|---|---|',
          ...found.map(
            ({ drill, of, lab: l, node: n, reason }) =>
              `| ${drill} | ${of} | ${cell(l)} | ${cell(n)} | ` +
              `${reason?.why ?? '**no reason yet**'} |`,
          ),
        ]),
    '',
  ].join('\n')
}

/** How many objects have a story in a run: a recording without any was made by nobody. */
export const stories = (run: Run): number => sequencesOf(run).size
