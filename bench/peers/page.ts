// Writes docs/peers.md from the measurements alone.
import { z } from 'zod'
import { interruptions } from './interruptions.ts'

const cellSchema = z.object({
  tool: z.enum(['Chaos Toolkit', 'holdfast']),
  interruption: z.number(),
  left: z.array(z.string()).readonly(),
  code: z.number(),
  undoneAfter: z.number().optional(),
  endedAfter: z.number(),
  next: z.array(z.string()).readonly(),
  objects: z.array(z.string()).readonly(),
  said: z.string(),
  date: z.string(),
  load: z.number(),
  cores: z.number(),
})
type Cell = z.infer<typeof cellSchema>

/** What is kept between runs: cells at the same versions. */
export const resultsSchema = z.object({
  versions: z.record(z.string(), z.string()),
  cells: z.array(cellSchema).readonly(),
})
export type Results = z.infer<typeof resultsSchema>

const tools = ['Chaos Toolkit', 'holdfast'] as const

const seconds = (value: number | undefined): string => value?.toFixed(value < 10 ? 1 : 0) ?? 'never'
const rowsOf = (numbers: readonly number[]): string =>
  numbers.length === 0 ? 'no row' : `${numbers.length === 1 ? 'row' : 'rows'} ${numbers.join(', ')}`
/** A cordoned node also has a taint from the cluster itself, which repeats the cordon. */
const brief = (text: string): string =>
  text.replaceAll('cordoned, taint node.kubernetes.io/unschedulable:NoSchedule', 'node cordoned')

function row(cell: Cell, message: string): string {
  const left = cell.left.length === 0 ? 'nothing' : `**${brief(cell.left.join(', '))}**`
  // Only the row of the first tool describes the interruption.
  const [number, what] = cell.tool === tools[0] ? [cell.interruption, message] : ['', '']
  return (
    `| ${number} | ${what} | ${cell.tool} | ${left} | ${cell.code} | ` +
    `${seconds(cell.undoneAfter)} | ${seconds(cell.endedAfter)} | ` +
    `${brief(cell.next.join('; ')) || '–'} |`
  )
}

/** How the rows that left something behind ended. */
function afterwards(leaving: readonly Cell[]): string {
  const by = (which: number): readonly number[] =>
    leaving
      .filter(({ next }) => next.findIndex(one => one.endsWith('nothing is left')) === which)
      .map(({ interruption }) => interruption)
  const [any, same, none] = [by(0), by(1), by(-1)]
  return [
    ...(any.length === 0 ? [] : [`the next start, of any kind, undid ${rowsOf(any)}`]),
    ...(same.length === 0
      ? []
      : [`only a second run of the same experiment undid ${rowsOf(same)}`]),
    ...(none.length === 0 ? [] : [`no next start undid ${rowsOf(none)}`]),
  ].join(', ')
}

/** The conclusions, one line for each. */
function conclusion({ cells }: Results): string {
  const of = (tool: Cell['tool']): readonly Cell[] =>
    cells.filter(cell => cell.tool === tool).toSorted((a, b) => a.interruption - b.interruption)
  const summary = tools.map(tool => {
    const leaving = of(tool).filter(({ left }) => left.length > 0)
    const end = leaving.length === 0 ? '' : ` (${afterwards(leaving)})`
    const share = `${leaving.length} of ${of(tool).length}`
    return `${tool} left the fault behind in ${share} interruptions${end}`
  })
  const passed = (tool: Cell['tool']): readonly number[] =>
    of(tool)
      .filter(({ code }) => code === 0)
      .map(({ interruption }) => interruption)
  const slower = of('holdfast')
    .filter(
      ({ interruption, undoneAfter }) =>
        (undoneAfter ?? Infinity) >
        (of('Chaos Toolkit').find(cell => cell.interruption === interruption)?.undoneAfter ??
          Infinity),
    )
    .map(({ interruption }) => interruption)
  const objects = [...new Set(of('holdfast').flatMap(cell => cell.objects))].toSorted()
  return [
    ...summary,
    `Exit code 0 came from Chaos Toolkit in ${rowsOf(passed('Chaos Toolkit'))} and from ` +
      `holdfast in ${rowsOf(passed('holdfast'))}`,
    `holdfast is worse in two points: it undid later in ${rowsOf(slower)}, ` +
      `and it leaves its own objects in the cluster (${objects.join(', ') || 'none'}; ` +
      'Chaos Toolkit: ' +
      `${[...new Set(of('Chaos Toolkit').flatMap(cell => cell.objects))].join(', ') || 'none'})`,
  ]
    .map(statement => `- ${statement}.`)
    .join('\n')
}

/** Explains each exit code 0 of an interrupted run. */
function passes(cells: readonly Cell[]): string {
  const passed = (tool: Cell['tool'], interruption: number): boolean =>
    cells.some(cell => cell.tool === tool && cell.interruption === interruption && cell.code === 0)
  return [
    ...(passed('holdfast', 5)
      ? [
          'holdfast exits with 0 in row 5: its own fix uncordoned the node, ' +
            'and it saw the recovery once the\nlists were complete again.',
        ]
      : []),
    ...(passed('Chaos Toolkit', 8)
      ? [
          'Chaos Toolkit exits with 0 in row 8: half of the fault was never injected, ' +
            'so the hypothesis held.\nIts log says what failed.',
        ]
      : []),
  ]
    .map(message => `\n${message}`)
    .join('')
}

const introduction = `# Interrupted runs: holdfast compared with Chaos Toolkit

This page shows what a chaos tool leaves behind when its run is interrupted, in eight ways.
\`bench/peers/run.ts\` writes it; do not edit it. Each row of a tool is one run against a fresh lab
(\`holdfast lab serve\`, in real time). To see what was left, the benchmark itself reads the node's
spec from the API server, before and after.

`

const whatWasRun = `## What was run

The fault is the same for both tools: the node is cordoned, and the pods of one Deployment are
deleted, so that they must be scheduled again.

- **Chaos Toolkit**: \`cordon_node\` and \`terminate_pods\`, then the probe \`count_pods\` and a
  pause of 20 s; the hypothesis \`deployment_fully_available\`; the rollback \`uncordon_node\`;
  rollbacks strategy \`always\`. According to its source, its default strategy does not roll back an
  interrupted run. That strategy was not measured.
- **holdfast**: \`holdfast drill node-comes-back-cordoned --target live --yes\`. Row 6 adds
  \`--disable uncordon\`, because otherwise holdfast heals the fault itself.

Both tools use the same small proxy, which gives bad answers in rows 5, 7 and 8. Signals arrive 1 s
after the deletion of the pods. Seconds count from the interruption: the signal, the first bad
answer, or in row 6 the deletion of the pods. Their error is 0.1 s, and each is from a single run.
If something was left, a next start follows. It first starts something else that changes nothing
by itself: another experiment that reads the nodes, or \`holdfast check\`. If something is still
left, it starts the same run again.

In rows 5, 6 and 8 the times of Chaos Toolkit come from its pause and its hypothesis, not from its
rollback: after a failed step it continues to the end of its method.`

const limits = `\
In row 6 the times include more than the undo: Chaos Toolkit checks its hypothesis once, right after
the pause. holdfast waits for a recovery until it gives up (four minutes), and then undoes. If
something was left, the times include the next starts.

## What was not measured

There is one fault only, which the API can undo with one request, and no fault of a host, a virtual
machine or a network. The runs use a lab, not a real node. Each result is a single run, so do not
compare the times closely. The rollback of Chaos Toolkit is written by hand for each experiment and
restores a fixed state, whatever was there before. This node was not cordoned before, so the table
does not show that.

## Repeat it

\`\`\`sh
node bench/peers/run.ts install
node bench/peers/run.ts
\`\`\`

The first command installs Chaos Toolkit into a virtual environment in a cache folder. The second
takes about twelve minutes and needs the host ports of the lab's world.
`

/** The dates, the versions and the load of the runs. */
function circumstances({ versions, cells }: Results, runs: number): string {
  const version = (name: string): string => `${name} ${versions[name] ?? 'unknown'}`
  const dates = [...new Set(cells.map(({ date }) => date))].toSorted()
  const loads = cells.map(({ load }) => load)
  const range = `${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)}`
  return `${dates.join(', ')}; ${tools.length} tools, ${runs} runs, one each;
${version('chaostoolkit')}, ${version('chaostoolkit-lib')}, ${version('chaostoolkit-kubernetes')}
(${version('kubernetes')}, ${version('Python')}); ${version('holdfast')} (${version('Node')});
${cells[0]?.cores ?? 0} cores, load ${range}.`
}

const columns = [
  '',
  'interruption',
  'tool',
  'left after its end',
  'exit code',
  'undone after s',
  'ended after s',
  'next start',
]
const head = `| ${columns.join(' | ').trim()} |\n|${'---|'.repeat(columns.length)}`

/** The whole document. */
export function page(results: Results): string {
  const { cells } = results
  const rows = interruptions.flatMap(({ number, description }) =>
    tools.flatMap(tool =>
      cells
        .filter(cell => cell.interruption === number && cell.tool === tool)
        .map(cell => row(cell, description)),
    ),
  )
  return `${introduction}${circumstances(results, rows.length)}

${head}
${rows.join('\n')}

${conclusion(results)}

${whatWasRun}${passes(cells)}

${limits}`
}
