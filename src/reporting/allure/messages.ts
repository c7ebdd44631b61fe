// The messages that Allure gets about one verdict or one drill: labels, links, parameters, a
// description, steps and attachments.
import type { RuntimeMessage } from 'allure-js-commons/sdk'
import type { Clause, DrillResult, Entry, Judgement, Policy } from '#src/model/index.ts'
import { eventText, outcomeText, reasonOf } from '#src/reporting/sentences.ts'
import { oneLine } from '#src/reporting/text.ts'
import { clausesOf, labelsOf, linksOf, type Parameter } from './labels.ts'
import { outcomeOfDrill, outcomeOfJudgement } from './outcome.ts'
import {
  attachment,
  json,
  markdown,
  metadata,
  stepMessages,
  type Paragraph,
} from './runtime-messages.ts'
import { stepsOfDrill, stepsOfFindings } from './steps.ts'

/** What all tests of a run share. */
export interface AllureRun {
  readonly policy: Policy
  readonly target: string
  readonly seed: number
}

/** The test that a verdict belongs to. */
export interface AllureTest {
  /** The title of the invariant or the drill. */
  readonly title: string
  /** The path of its spec from the root of the project, and its address. */
  readonly spec: { readonly name: string; readonly url: string }
}

/** The cluster and the target identify a test over several runs; the seed does not. */
const parametersOf = ({ policy, target, seed }: AllureRun): Parameter[] => [
  { name: 'cluster', value: policy.cluster },
  { name: 'target', value: target },
  { name: 'seed', value: String(seed), excluded: true },
]

/** The section of an invariant: the name of its spec. */
const sectionOf = (spec: string): string =>
  spec.slice(spec.lastIndexOf('/') + 1).replace(/\.spec\.ts$/, '')

const clauseParagraphs = (clauses: readonly Clause[]): readonly Paragraph[] =>
  clauses.map(({ id, statement, source }) => [id, `${statement} (${source})`])

/** Why a verdict neither holds nor is violated. */
function reasonParagraphs({ verdict }: Judgement): readonly Paragraph[] {
  if (verdict.kind === 'unknown') return [['Unknown', reasonOf({ verdict })]]
  if (verdict.kind === 'not-applicable') return [['Not applicable', reasonOf({ verdict })]]
  if (verdict.kind !== 'waived') return []
  const { owner, until, reason } = verdict.waiver
  return [['Waived', `${reason} (${owner}, until ${until})`]]
}

/** The judgements of a violation, or the subjects that one test covers. */
function evidenceOf(judgements: readonly Judgement[]): readonly RuntimeMessage[] {
  if (judgements.length > 1)
    return [
      json(
        'evidence',
        judgements.map(({ subject }) => subject),
      ),
    ]
  return judgements[0]?.verdict.kind === 'violated' ? [json('evidence', judgements)] : []
}

/**
 * The messages about the verdicts of an invariant in one test: a single verdict, or those of all
 * subjects that hold and that the policy does not name. `at` in ms since the epoch.
 */
export function messagesOfJudgements(
  judgements: readonly Judgement[],
  test: AllureTest,
  run: AllureRun,
  at: number,
): readonly RuntimeMessage[] {
  const [first] = judgements
  if (first === undefined) return []
  const { invariant, verdict } = first
  const one = judgements.length === 1 ? first.subject : undefined
  const clauses = clausesOf(run.policy, first.clauses)
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
      description: markdown([...reasonParagraphs(first), ...clauseParagraphs(clauses)]),
    }),
    ...stepsOfFindings(first, at).flatMap(stepMessages),
    ...evidenceOf(judgements),
  ]
}

/** The timeline as tab-separated values, which Allure shows as a table. */
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

/** The timeline and the journal unless they are empty, and the result without its timeline. */
function attachmentsOf(drill: DrillResult, journal: readonly Entry[]): readonly RuntimeMessage[] {
  const { timeline, ...evidence } = drill
  return [
    ...(timeline.length === 0
      ? []
      : [attachment('timeline', timelineTable(drill), 'text/tab-separated-values')]),
    ...(journal.length === 0 ? [] : [json('journal', journal)]),
    json('evidence', evidence),
  ]
}

/** The messages about a drill. `journal`: the records that it wrote before it acted. */
export function messagesOfDrill(
  drill: DrillResult,
  journal: readonly Entry[],
  test: AllureTest,
  run: AllureRun,
): readonly RuntimeMessage[] {
  const { incident, outcome } = drill
  const clauses = clausesOf(run.policy, drill.clauses)
  const labels = labelsOf({
    section: 'drills',
    clauses,
    story: incident.story,
    owner: run.policy.owner,
    outcome: outcomeOfDrill(drill),
    tags: ['drill', run.target],
  })
  const sources = [incident.source, ...clauses.map(({ source }) => source)]
  return [
    metadata({
      testCaseId: `drill · ${drill.drill}`,
      labels: [...labels],
      links: [...linksOf(run.policy, sources, test.spec)],
      parameters: parametersOf(run),
      description: markdown([
        ['Incident', `${incident.story} (${incident.source})`],
        ['Outcome', outcomeText(outcome)],
        ...clauseParagraphs(clauses),
      ]),
    }),
    ...stepsOfDrill(drill).flatMap(stepMessages),
    ...attachmentsOf(drill, journal),
  ]
}
