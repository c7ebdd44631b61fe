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
      : `${widthOf(row)} ms wide, ${held ? 'contains it' : '**does not contain it**'}`
  return (
    `| ${row.tool} | ${row.round} | ${seconds(row.figure)} | ${seconds(outageOf(row))} | ` +
    `${signed(errorOf(row))} | ${interval} | ${row.code} |`
  )
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
  return (
    `- **${tool}**: ${own.filter(row => row.figure !== undefined).length} of ${own.length} ` +
    'rounds with a figure; ' +
    `${spread}${widths.length === 0 ? '' : `; the interval contains the return in ${held} of ${own.length}, ${Math.min(...widths)} to ${Math.max(...widths)} ms wide`}.`
  )
}

const table = (
  rows: readonly Row[],
): string => `| tool | round | figure, s | outage, s | error, s | interval | exit |
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
  return `# Recovery time: holdfast compared with three other tools

Each tool in turn deletes the same pod of a Deployment with one replica on a real node (v1.35, in a
container). A seed sets the order. A separate poll requests the content of the service every 5 ms,
each time on a new connection. The node drops closed connections from its connection tracking at
once. Without that, 200 connections a second would reuse a source port while Linux still maps it to
the deleted pod; real clients do not. \`node bench/recovery/run.ts\` writes this page; do not edit it.

${new Date(rows[0]?.began ?? 0).toISOString().slice(0, 10)}; ${Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')};
${cores} cores, load ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)}; the longest gap between two requests of the poll was ${longest.toFixed(0)} ms.${missing.length === 0 ? '' : ` Not measured in this run: ${missing.join(', ')}.`}

The outage lasts from the first failed request to the first answer after the last failed request.
One or two failures alone are no outage: ${rows.reduce((sum, { single }) => sum + single, 0)} such in ${rows.reduce((sum, { looks }) => sum + looks, 0)} requests.
The figure of a tool is its own result. Its error is the difference from the outage. The service
returned between the last failed request and the first answer. An interval contains the return if it
overlaps that span.

## A pod is deleted

${part(false)}

## A pod is deleted while the API server is stopped

As soon as the service is down, the process with API server, scheduler and kubelet is stopped
(SIGSTOP) for ${standstill / 1000} s.

${part(true)}

## What each figure means

- **holdfast**: from the injection to the end of the milestone “service answering”. The interval is
  that of the milestone.
- **Chaos Toolkit** reports no figure. Its journal gives this one: from the start of
  \`terminate_pods\` to the end of \`deployment_fully_available\`.
- **Chainsaw** reports none either. Its report gives this one: from the start of its delete to the
  end of its assert on \`availableReplicas\`.
- **Krkn**: \`total_recovery_time\`, as its pod scenario takes it from its library (krkn-lib). A
  script of ten lines uses the library's monitor and deletion. Krkn itself is not installed, because
  it is not published as a package.
`
}
