// A run as JUnit XML: a suite per section with a case per invariant and subject, and one suite for
// the drills.
import { eventText } from './sentences.ts'
import type { DrillResult, Judgement, Run } from '#src/model/index.ts'
import { exitMeaning, proofOf } from './headline.ts'
import { block, messageOfDrill, messageOfJudgement } from './message.ts'
import { milestoneOf, sinceInjection, formatSpan } from './recovery.ts'
import { statusOf } from './status.ts'
import { sectionsOf } from './verdict-counts.ts'
import { clockTime, machineTime, seconds } from './time.ts'
import { element, empty, leaf, type Attributes } from './xml.ts'

/** Lines of a message inside XML. */
const width = 110

type Result = 'passed' | 'failure' | 'error' | 'skipped'

interface Case {
  readonly xml: string
  readonly result: Result
  readonly ms: number
}

function suite(name: string, cases: readonly Case[], timestamp: number): string {
  return element(
    'testsuite',
    { name, ...totals(cases), timestamp: machineTime(timestamp) },
    cases.map(({ xml }) => xml),
  )
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

function judged(judgement: Judgement, section: string, run: Run): Case {
  const { verdict, invariant, subject } = judgement
  const info = run.invariants.find(({ name }) => name === invariant)
  const message = messageOfJudgement(judgement, info)
  // What should hold comes first: viewers cut the rest.
  const description = `${info === undefined ? '' : `${info.title}: `}${message.gist}`
  const { result, children } = ((): { result: Result; children: readonly string[] } => {
    switch (verdict.kind) {
      case 'holds':
        return { result: 'passed', children: [] }
      case 'violated':
        return {
          result: 'failure',
          children: [
            leaf(
              'failure',
              { type: verdict.findings.map(({ code }) => code).join(', '), message: description },
              block(message, { width }),
            ),
          ],
        }
      case 'unknown':
        return {
          result: 'error',
          children: [
            leaf('error', { type: 'unknown', message: description }, block(message, { width })),
          ],
        }
      case 'waived':
        return { result: 'skipped', children: [empty('skipped', { message: message.gist })] }
      case 'not-applicable':
        return { result: 'skipped', children: [empty('skipped', { message: message.gist })] }
    }
  })()
  return {
    result,
    ms: 0,
    xml: element(
      'testcase',
      { classname: `${section}.${invariant}`, name: subject, time: seconds(0) },
      children,
    ),
  }
}

function marksOf(drill: DrillResult): readonly string[] {
  const injected = milestoneOf(drill, 'injected')
  return injected === undefined
    ? []
    : drill.milestones
        .filter(({ milestone }) => milestone !== 'injected')
        .flatMap(({ milestone }) => {
          const span = sinceInjection(drill, milestone)
          const budget = drill.budgets[milestone]
          return span === undefined
            ? []
            : [
                `${milestone}: ${formatSpan(span)}${budget === undefined ? '' : `, budget ${budget}`}`,
              ]
        })
}

function drilled(drill: DrillResult, run: Run): Case {
  const status = statusOf(drill)
  const message = messageOfDrill(drill, run)
  const told = () => block(message, { width })
  const { result, children } = ((): { result: Result; children: readonly string[] } => {
    switch (status) {
      case 'passed':
        return { result: 'passed', children: [] }
      case 'failed':
        return {
          result: 'failure',
          children: [
            leaf(
              'failure',
              {
                type:
                  drill.leftBehind.length > 0
                    ? 'left-behind'
                    : drill.outcome.kind === 'not-healed'
                      ? 'not-healed'
                      : 'missed',
                message: message.gist,
              },
              told(),
            ),
          ],
        }
      case 'unknown':
      case 'refused':
      case 'aborted':
        return {
          result: 'error',
          children: [leaf('error', { type: status, message: message.gist }, told())],
        }
      case 'not-applicable':
        return { result: 'skipped', children: [empty('skipped', { message: message.gist })] }
    }
  })()
  const out = [
    ...marksOf(drill),
    ...drill.timeline.map(
      ({ at, phase, event }) => `${clockTime(at)} ${phase}: ${eventText(event)}`,
    ),
  ].join('\n')
  const ms = drill.endedAt - drill.startedAt
  return {
    result,
    ms,
    xml: element('testcase', { classname: 'drills', name: drill.drill, time: seconds(ms) }, [
      ...children,
      ...(out === '' ? [] : [leaf('system-out', {}, out)]),
    ]),
  }
}

/**
 * A run as JUnit XML. Waived and not applicable are skipped with their reason; unknown and refused
 * are errors.
 */
export function junit(run: Run): string {
  const sections = sectionsOf(run).map(section => ({
    name: section.name,
    cases: section.rows.flatMap(row =>
      row.judgements.map(judgement => judged(judgement, section.name, run)),
    ),
  }))
  const drills = run.drills.map(drill => drilled(drill, run))
  const properties: Readonly<Record<string, string>> = {
    cluster: run.cluster,
    target: run.target.kind,
    proof: proofOf(run),
    seed: String(run.seed),
    run: run.id,
    verb: run.verb,
    exit: `${run.exitCode}: ${exitMeaning(run)}`,
    ...Object.fromEntries(
      Object.entries(run.versions)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, version]) => [`version.${name}`, version]),
    ),
  }
  const all = [...sections.flatMap(({ cases }) => cases), ...drills]
  const root = element(
    'testsuites',
    {
      name: `holdfast ${run.verb} ${run.cluster} (${run.target.kind})`,
      ...totals(all),
      time: seconds(run.endedAt - run.startedAt),
      timestamp: machineTime(run.startedAt),
    },
    [
      element(
        'properties',
        {},
        Object.entries(properties).map(([name, value]) => empty('property', { name, value })),
      ),
      ...sections.map(({ name, cases }) => suite(name, cases, run.startedAt)),
      ...(drills.length === 0 ? [] : [suite('drills', drills, run.startedAt)]),
    ],
  )
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`
}
