// What Allure hears of one verdict or one drill: labels, links, parameters, description, steps and
// attachments, in the form of its own runtime messages.
import type { RuntimeMessage } from 'allure-js-commons/sdk'
import type { DrillResult, Entry, Judgement, Policy } from '#src/model/index.ts'
import { eventText, outcomeText, reasonOf } from '#src/reporting/sentences.ts'
import { clean, oneLine } from '#src/reporting/text.ts'
import { clausesOf, labelsOf, linksOf, type Parameter } from './labels.ts'
import { outcomeOfDrill, outcomeOfJudgement } from './outcome.ts'
import { stepsOf, type Step } from './steps.ts'

/** What all tests of a run share. */
export interface AllureRun {
  readonly policy: Policy
  readonly target: string
  readonly seed: number
}

/** The test that a verdict belongs to. */
export interface AllureTest {
  /** The invariant's title; a drill has its own. */
  readonly title: string
  /** Path of its spec from the project's root, and its address. */
  readonly spec: { readonly name: string; readonly url: string }
}

type Metadata = Extract<RuntimeMessage, { type: 'metadata' }>['data']

const metadata = (data: Metadata): RuntimeMessage => ({ type: 'metadata', data })

/** Tells one cluster's test from another's over several runs; a seed does not. */
const parametersOf = ({ policy, target, seed }: AllureRun): Parameter[] => [
  { name: 'cluster', value: policy.cluster },
  { name: 'target', value: target },
  { name: 'seed', value: String(seed), excluded: true },
]

/** The section of an invariant: the name of its spec. */
const sectionOf = (spec: string): string =>
  spec.slice(spec.lastIndexOf('/') + 1).replace(/\.spec\.ts$/, '')

function attachment(name: string, content: string, contentType: string): RuntimeMessage {
  return {
    type: 'attachment_content',
    data: {
      name,
      content: Buffer.from(content).toString('base64'),
      encoding: 'base64',
      contentType,
    },
  }
}

const json = (name: string, value: unknown): RuntimeMessage =>
  attachment(name, `${JSON.stringify(value, null, 2)}\n`, 'application/json')

/** A step with those in it. */
const stepMessages = ({ name, start, stop, status, steps }: Step): readonly RuntimeMessage[] => [
  { type: 'step_start', data: { name: oneLine(name), start } },
  ...steps.flatMap(stepMessages),
  { type: 'step_stop', data: { stop, status: status as never } },
]

/** Paragraphs of a description, as Markdown. */
const description = (parts: readonly (readonly [label: string, text: string])[]): string =>
  parts.map(([label, text]) => `**${label}:** ${clean(text)}`).join('\n\n')

const clauseParts = (clauses: ReturnType<typeof clausesOf>) =>
  clauses.map(({ id, statement, source }) => [id, `${statement} (${source})`] as const)

/** The reason of a verdict that is none, or that is waived. */
function reasonParts({ verdict }: Judgement): readonly (readonly [string, string])[] {
  if (verdict.kind === 'unknown') return [['Unknown', reasonOf({ verdict })]]
  if (verdict.kind === 'not-applicable') return [['Not applicable', reasonOf({ verdict })]]
  if (verdict.kind !== 'waived') return []
  const { owner, until, reason } = verdict.waiver
  return [['Waived', `${reason} (${owner}, until ${until})`]]
}

/** One step for each finding: what was seen, with what was expected and the remedy. */
const findingMessages = ({ verdict }: Judgement, at: number): readonly RuntimeMessage[] =>
  (verdict.kind === 'violated' ? verdict.findings : []).flatMap(
    ({ code, seen, expected, remedy }): RuntimeMessage[] => [
      { type: 'step_start', data: { name: oneLine(`${code}: ${seen}`), start: at } },
      {
        type: 'step_metadata',
        data: {
          parameters: [
            { name: 'expected', value: oneLine(expected) },
            { name: 'remedy', value: oneLine(remedy) },
          ],
        },
      },
      { type: 'step_stop', data: { stop: at, status: 'failed' as never } },
    ],
  )

/**
 * What Allure hears of an invariant's verdicts in one test: one, or all subjects that hold and that
 * the policy does not name. `at` in ms since the epoch.
 */
export function messagesOfJudgements(
  judgements: readonly Judgement[],
  test: AllureTest,
  run: AllureRun,
  at: number,
): readonly RuntimeMessage[] {
  const [first] = judgements
  if (first === undefined) return []
  const { invariant, subject, verdict } = first
  const clauses = clausesOf(run.policy, first.clauses)
  const [one] = judgements.length === 1 ? [subject] : []
  const labels = labelsOf({
    section: sectionOf(test.spec.name),
    clauses,
    story: test.title,
    owner: verdict.kind === 'waived' ? verdict.waiver.owner : run.policy.owner,
    outcome: outcomeOfJudgement(first),
    tags: ['invariant', run.target],
  })
  const sources = clauses.map(({ source }) => source)
  return [
    metadata({
      testCaseId: `${invariant} · ${one ?? '*'}`,
      displayName: oneLine(`${test.title}: ${one ?? `${judgements.length} others`}`),
      labels: [...labels],
      links: [...linksOf(run.policy, sources, test.spec)],
      parameters: parametersOf(run),
      description: description([...reasonParts(first), ...clauseParts(clauses)]),
    }),
    ...findingMessages(first, at),
    ...(verdict.kind === 'violated' ? [json('evidence', judgements)] : []),
    ...(one === undefined
      ? [
          json(
            'evidence',
            judgements.map(each => each.subject),
          ),
        ]
      : []),
  ]
}

/** The timeline as a table: Allure shows tab-separated values in columns. */
const timelineTable = ({ timeline }: DrillResult): string =>
  [
    ['time', 'phase', 'message'],
    ...timeline.map(({ at, phase, event }) => [
      new Date(at).toISOString(),
      phase,
      oneLine(eventText(event)),
    ]),
  ]
    .map(row => `${row.join('\t')}\n`)
    .join('')

/** What Allure hears of a drill. `journal`: what it noted before it acted. */
export function messagesOfDrill(
  drill: DrillResult,
  journal: readonly Entry[],
  test: AllureTest,
  run: AllureRun,
): readonly RuntimeMessage[] {
  const clauses = clausesOf(run.policy, drill.clauses)
  const labels = labelsOf({
    section: 'drills',
    clauses,
    story: drill.incident.story,
    owner: run.policy.owner,
    outcome: outcomeOfDrill(drill),
    tags: ['drill', run.target],
  })
  const sources = [drill.incident.source, ...clauses.map(({ source }) => source)]
  const { timeline: _, ...evidence } = drill
  return [
    metadata({
      testCaseId: `drill · ${drill.drill}`,
      labels: [...labels],
      links: [...linksOf(run.policy, sources, test.spec)],
      parameters: parametersOf(run),
      description: description([
        ['Incident', `${drill.incident.story} (${drill.incident.source})`],
        ['Outcome', outcomeText(drill.outcome)],
        ...clauseParts(clauses),
      ]),
    }),
    ...stepsOf(drill).flatMap(stepMessages),
    attachment('timeline', timelineTable(drill), 'text/tab-separated-values'),
    json('journal', journal),
    json('evidence', evidence),
  ]
}
