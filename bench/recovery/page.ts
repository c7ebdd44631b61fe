// docs/recovery.md, made of what was measured and of nothing else.

export interface Row {
  tool: string
  round: number
  /** The API server stood still meanwhile. */
  still: boolean
  /** The tool's own figure, s. */
  figure: number | undefined
  /** Where it tells an interval: ms since the epoch. */
  interval?: { after: number; by: number }
  code: number
  /** When the service was first away, ms since the epoch. */
  gone: number | undefined
  /** The last question that was not answered, and the first answer after it. */
  back: { bad: number; good: number } | undefined
  /** Questions of the poll, and the longest pause between two of them, ms. */
  looks: number
  /** Stretches of failures too short to be an outage. */
  single: number
  pace: number
  began: number
  load: number
}

const seconds = (value: number | undefined, digits = 2): string =>
  value === undefined ? '–' : value.toFixed(digits)
const outageOf = ({ gone, back }: Row): number | undefined =>
  gone === undefined || back === undefined ? undefined : (back.good - gone) / 1000
const errorOf = (row: Row): number | undefined => {
  const outage = outageOf(row)
  return outage === undefined || row.figure === undefined ? undefined : row.figure - outage
}
/**
 * Whether the interval holds a moment between the last bad question and the first good answer, as
 * far as clocks of whole ms can tell.
 */
const holds = ({ interval, back }: Row): boolean | undefined =>
  interval === undefined || back === undefined
    ? undefined
    : interval.after - 1 <= back.good && back.bad <= interval.by + 1
const widthOf = ({ interval }: Row): number | undefined =>
  interval === undefined ? undefined : interval.by - interval.after
const signed = (value: number | undefined): string =>
  value === undefined ? '–' : `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`

function line(row: Row): string {
  const held = holds(row)
  const interval =
    held === undefined
      ? '–'
      : `${widthOf(row)} ms wide, ${held ? 'holds it' : '**does not hold it**'}`
  return `| ${row.tool} | ${row.round} | ${seconds(row.figure)} | ${seconds(outageOf(row))} | ${signed(errorOf(row))} | ${interval} | ${row.code} |`
}

function summary(rows: readonly Row[], tool: string): string {
  const own = rows.filter(row => row.tool === tool)
  const errors = own.flatMap(row => errorOf(row) ?? [])
  const spread =
    errors.length === 0
      ? 'no figure'
      : `error ${signed(Math.min(...errors))} to ${signed(Math.max(...errors))} s`
  const widths = own.flatMap(row => widthOf(row) ?? [])
  const held = own.filter(row => holds(row) === true).length
  return `- **${tool}**: ${own.filter(row => row.figure !== undefined).length} of ${own.length} rounds with a figure; ${spread}${widths.length === 0 ? '' : `; the interval holds the moment in ${held} of ${own.length}, ${Math.min(...widths)} to ${Math.max(...widths)} ms wide`}.`
}

const table = (
  rows: readonly Row[],
): string => `| tool | round | it says, s | outage, s | error, s | interval | exit |
|---|---|---|---|---|---|---|
${rows
  .toSorted((a, b) => (a.tool < b.tool ? -1 : a.tool > b.tool ? 1 : a.round - b.round))
  .map(line)
  .join('\n')}`

export function page(
  rows: readonly Row[],
  missing: readonly string[],
  versions: Readonly<Record<string, string>>,
  cores: number,
  standstill: number,
): string {
  const tools = [...new Set(rows.map(({ tool }) => tool))].toSorted()
  const part = (still: boolean): string => {
    const some = rows.filter(row => row.still === still)
    return `${table(some)}\n\n${tools.map(tool => summary(some, tool)).join('\n')}`
  }
  const loads = rows.map(({ load }) => load)
  const longest = Math.max(...rows.map(({ pace }) => pace))
  return `# How long a recovery took: holdfast beside three others

The same pod of a Deployment with one replica is deleted on a real node (v1.35, in a container), in turn by each tool, in an
order drawn from a seed. Beside it a poll of its own asks the service every 5 ms, each time on a new connection, for its own
content. The node forgets closed connections at once: nobody else opens 200 a second, and comes back to a port before Linux has
forgotten that it led to the pod that was deleted. Written by \`node bench/recovery/run.ts\`; not to be edited.

${new Date(rows[0]?.began ?? 0).toISOString().slice(0, 10)}; ${Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')}; ${cores} cores, load ${Math.min(...loads).toFixed(1)} to
${Math.max(...loads).toFixed(1)}; the longest pause of the poll between two questions was ${longest.toFixed(0)} ms.${missing.length === 0 ? '' : ` Not measured in this run: ${missing.join(', ')}.`}

The outage runs from the first question that was not answered to the first answer after the last such question. One or two
failures alone are no outage: ${rows.reduce((sum, { single }) => sum + single, 0)} such in ${rows.reduce((sum, { looks }) => sum + looks, 0)} questions. What a tool
says is its own figure; its error is against the outage. An interval holds the moment of return when that lies in it: between
the last question that was not answered and the first answer.

## A pod is deleted

${part(false)}

## The same, and the API server stands still

As soon as the service is gone, the process with API server, scheduler and kubelet is stopped (SIGSTOP) for ${standstill / 1000} s.

${part(true)}

## What each figure is

- **holdfast**: from the injection to the mark “service answering”, its end; the interval is the mark's.
- **Chaos Toolkit** gives no figure. Taken here from its journal: from the start of \`terminate_pods\` to the end of \`deployment_fully_available\`.
- **Chainsaw** gives none either. Taken here from its report: from the start of its delete to the end of its assert on \`availableReplicas\`.
- **Krkn**: \`total_recovery_time\`, as its pod scenario takes it from its library (krkn-lib): the library's monitor and its deletion, in a script
  of ten lines. Krkn itself is not installed: it is no package.
`
}
