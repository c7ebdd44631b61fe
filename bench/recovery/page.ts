// Writes docs/recovery.md from the measurements alone.

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
  const figures = own.filter(row => row.figure !== undefined).length
  const interval =
    `; the interval contains the return in ${held} of ${own.length}, ` +
    `${Math.min(...widths)} to ${Math.max(...widths)} ms wide`
  return (
    `- **${tool}**: ${figures} of ${own.length} rounds with a figure; ` +
    `${spread}${widths.length === 0 ? '' : interval}.`
  )
}

function byToolAndRound(a: Row, b: Row): number {
  if (a.tool === b.tool) return a.round - b.round
  return a.tool < b.tool ? -1 : 1
}

const table = (
  rows: readonly Row[],
): string => `| tool | round | figure, s | outage, s | error, s | interval | exit |
|---|---|---|---|---|---|---|
${rows.toSorted(byToolAndRound).map(line).join('\n')}`

/** How the rounds were measured. */
const method = `# Recovery time: holdfast compared with three other tools

Each tool in turn deletes the same pod of a Deployment with one replica on a real node (v1.35, in a
container). A seed sets the order. A separate poll requests the content of the service every 5 ms,
each time on a new connection. The node drops closed connections from its connection tracking at
once. Without that, 200 connections a second would reuse a source port while Linux still maps it to
the deleted pod; real clients do not. \`node bench/recovery/run.ts\` writes this page; do not edit
it.
`

const figures = `## What each figure means

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

interface Run {
  readonly rows: readonly Row[]
  /** Tools that could not be measured. */
  readonly missing: readonly string[]
  readonly versions: Readonly<Record<string, string>>
  readonly cores: number
  /** ms for which the API server is stopped. */
  readonly standstill: number
}

/** The date, the versions and the load of the run. */
function circumstances({ rows, missing, versions, cores }: Run): string {
  const loads = rows.map(({ load }) => load)
  const longest = Math.max(...rows.map(({ pace }) => pace))
  const date = new Date(rows[0]?.began ?? 0).toISOString().slice(0, 10)
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  const left = missing.length === 0 ? '' : ` Not measured in this run: ${missing.join(', ')}.`
  return (
    `${date}; ${programs.join(', ')};\n${cores} cores, ` +
    `load ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)}; ` +
    `the longest gap between two requests of the poll was ${longest.toFixed(0)} ms.${left}`
  )
}

function definitions({ rows }: Run): string {
  const single = rows.reduce((sum, row) => sum + row.single, 0)
  const requests = rows.reduce((sum, { looks }) => sum + looks, 0)
  return `\
The outage lasts from the first failed request to the first answer after the last failed one.
One or two failures alone are no outage: ${single} such in ${requests} requests.
The figure of a tool is its own result. Its error is the difference from the outage. The service
returned between the last failed request and the first answer. An interval contains the return if it
overlaps that span.`
}

/** The whole document. */
export function page(run: Run): string {
  const { rows, standstill } = run
  const tools = [...new Set(rows.map(({ tool }) => tool))].toSorted()
  const part = (still: boolean): string => {
    const some = rows.filter(row => row.still === still)
    return `${table(some)}\n\n${tools.map(tool => summary(some, tool)).join('\n')}`
  }
  return `${method}
${circumstances(run)}

${definitions(run)}

## A pod is deleted

${part(false)}

## A pod is deleted while the API server is stopped

As soon as the service is down, the process with API server, scheduler and kubelet is stopped
(SIGSTOP) for ${standstill / 1000} s.

${part(true)}

${figures}`
}
