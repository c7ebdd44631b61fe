// A run as JUnit XML: a suite per section with a case per invariant and subject, and one suite for
// the drills.
import type { DrillResult, InvariantInfo, Judgement, MilestoneName, Run } from '#src/model/index.ts'
import { exitMeaning, proofOf } from './headline.ts'
import { messageOfDrill, messageOfJudgement, type Message } from './message.ts'
import { block } from './message/layout.ts'
import { formatSpan, sinceInjection } from './recovery.ts'
import { eventText } from './sentences.ts'
import { statusOf } from './status.ts'
import { clockTime, machineTime, seconds } from './time.ts'
import { sectionsOf } from './verdict-counts.ts'
import { element, empty, leaf, type Attributes } from './xml.ts'

/** Columns of a message inside XML. */
const width = 110

type Result = 'passed' | 'failure' | 'error' | 'skipped'

interface Case {
  readonly xml: string
  readonly result: Result
  readonly ms: number
}

/** A result with the element that states it; a passed case has none. */
interface Ending {
  readonly result: Result
  readonly children: readonly string[]
}

const passed: Ending = { result: 'passed', children: [] }

const skipped = ({ gist }: Message): Ending => ({
  result: 'skipped',
  children: [empty('skipped', { message: gist })],
})

const failed = (
  result: 'failure' | 'error',
  type: string,
  description: string,
  message: Message,
): Ending => ({
  result,
  children: [leaf(result, { type, message: description }, block(message, { width }))],
})

function endingOfVerdict({ verdict }: Judgement, message: Message, info?: InvariantInfo): Ending {
  // Viewers cut a long message, so the sentence that should hold comes first.
  const description = `${info === undefined ? '' : `${info.title}: `}${message.gist}`
  switch (verdict.kind) {
    case 'holds':
      return passed
    case 'violated': {
      const codes = verdict.findings.map(({ code }) => code).join(', ')
      return failed('failure', codes, description, message)
    }
    case 'unknown':
      return failed('error', 'unknown', description, message)
    case 'waived':
    case 'not-applicable':
      return skipped(message)
  }
}

function caseOfJudgement(judgement: Judgement, section: string, run: Run): Case {
  const { invariant, subject } = judgement
  const info = run.invariants.find(({ name }) => name === invariant)
  const { result, children } = endingOfVerdict(judgement, messageOfJudgement(judgement, info), info)
  const attributes = { classname: `${section}.${invariant}`, name: subject, time: seconds(0) }
  return { result, ms: 0, xml: element('testcase', attributes, children) }
}

function failureType({ leftBehind, outcome }: DrillResult): string {
  if (leftBehind.length > 0) return 'left-behind'
  return outcome.kind === 'not-healed' ? 'not-healed' : 'missed'
}

function endingOfDrill(drill: DrillResult, run: Run): Ending {
  const status = statusOf(drill)
  const message = messageOfDrill(drill, run)
  switch (status) {
    case 'passed':
      return passed
    case 'failed':
      return failed('failure', failureType(drill), message.gist, message)
    case 'unknown':
    case 'refused':
    case 'aborted':
      return failed('error', status, message.gist, message)
    case 'not-applicable':
      return skipped(message)
  }
}

/** `recovered: 41.3 s ±3.1 s, budget 120 s`; undefined for a milestone that was not reached. */
function milestoneText(drill: DrillResult, name: MilestoneName): string | undefined {
  const span = sinceInjection(drill, name)
  if (span === undefined) return undefined
  const budget = drill.budgets[name]
  return `${name}: ${formatSpan(span)}${budget === undefined ? '' : `, budget ${budget}`}`
}

/** The milestones after the injection, then the log. */
const outputOf = (drill: DrillResult): string =>
  [
    ...drill.milestones
      .filter(({ milestone }) => milestone !== 'injected')
      .flatMap(({ milestone }) => milestoneText(drill, milestone) ?? []),
    ...drill.timeline.map(
      ({ at, phase, event }) => `${clockTime(at)} ${phase}: ${eventText(event)}`,
    ),
  ].join('\n')

function caseOfDrill(drill: DrillResult, run: Run): Case {
  const { result, children } = endingOfDrill(drill, run)
  const output = outputOf(drill)
  const ms = drill.endedAt - drill.startedAt
  const attributes = { classname: 'drills', name: drill.drill, time: seconds(ms) }
  const all = output === '' ? children : [...children, leaf('system-out', {}, output)]
  return { result, ms, xml: element('testcase', attributes, all) }
}

function totals(cases: readonly Case[]): Attributes {
  const of = (result: Result) => cases.filter(each => each.result === result).length
  return {
    tests: cases.length,
    failures: of('failure'),
    errors: of('error'),
    skipped: of('skipped'),
    time: seconds(cases.reduce((sum, { ms }) => sum + ms, 0)),
  }
}

interface Suite {
  readonly name: string
  readonly cases: readonly Case[]
}

function suitesOf(run: Run): readonly Suite[] {
  const sections = sectionsOf(run).map(({ name, rows }) => ({
    name,
    cases: rows.flatMap(({ judgements }) =>
      judgements.map(judgement => caseOfJudgement(judgement, name, run)),
    ),
  }))
  if (run.drills.length === 0) return sections
  return [...sections, { name: 'drills', cases: run.drills.map(drill => caseOfDrill(drill, run)) }]
}

const suiteXml = ({ name, cases }: Suite, timestamp: string): string =>
  element(
    'testsuite',
    { name, ...totals(cases), timestamp },
    cases.map(({ xml }) => xml),
  )

/** Where the run was made, and with which versions. */
function propertiesOf(run: Run): string {
  const versions = Object.entries(run.versions)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, version]) => [`version.${name}`, version] as const)
  const properties = [
    ['cluster', run.cluster],
    ['target', run.target.kind],
    ['proof', proofOf(run)],
    ['seed', String(run.seed)],
    ['run', run.id],
    ['verb', run.verb],
    ['exit', `${run.exitCode}: ${exitMeaning(run)}`],
    ...versions,
  ] as const
  return element(
    'properties',
    {},
    properties.map(([name, value]) => empty('property', { name, value })),
  )
}

/**
 * A run as JUnit XML. Waived and not applicable are skipped with their reason; unknown, refused and
 * aborted are errors.
 */
export function junit(run: Run): string {
  const suites = suitesOf(run)
  const timestamp = machineTime(run.startedAt)
  const root = element(
    'testsuites',
    {
      name: `holdfast ${run.verb} ${run.cluster} (${run.target.kind})`,
      ...totals(suites.flatMap(({ cases }) => cases)),
      time: seconds(run.endedAt - run.startedAt),
      timestamp,
    },
    [propertiesOf(run), ...suites.map(suite => suiteXml(suite, timestamp))],
  )
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`
}
