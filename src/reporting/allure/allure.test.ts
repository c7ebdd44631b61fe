// The messages to Allure: labels, links, steps and attachments of verdicts and drills, and a
// category for each outcome that fails a test.
import { eventText } from '#src/reporting/sentences.ts'
import { describe, expect, test } from 'vitest'
import type { Clause, DrillResult, Entry, Judgement, RefusalCause } from '#src/model/index.ts'
import { drills } from '#tests/reporting/sample-drills.ts'
import { refused, sample } from '#tests/reporting/sample.ts'
import { policyWith } from '#tests/model/policy.ts'
import { linksOf } from './labels.ts'
import { messagesOfDrill, messagesOfJudgements, type AllureRun } from './messages.ts'
import { categories, isFailure, outcomeOfDrill, traceOf } from './outcome.ts'
import { stepsOfDrill } from './steps.ts'

const clause: Clause = {
  id: 'nodes.no-taint',
  statement: 'No taint keeps a workload off its nodes.',
  source: 'ADR-1, step 2',
  kind: 'danger',
  status: 'active',
  provenBy: [],
}
const run: AllureRun = {
  policy: policyWith({
    clauses: [clause],
    owner: 'ops',
    documents: [
      { id: 'ADR-1', title: 'Resilience', url: 'https://example.com/adr-1' },
      { id: 'ADR-2', title: 'Other', url: 'https://example.com/adr-2' },
    ],
  }),
  target: 'lab',
  seed: 1,
}
const cause = { kind: 'doubtful', reason: 'no clock' } as const
/** One record of a journal. */
const entry: Entry = {
  fault: 'node.cordon',
  record: { node: 'a' },
  description: 'cordon a',
  order: 0,
  at: 5,
}
const spec = { name: 'specs/invariants/nodes.spec.ts', url: 'file:///specs/nodes.spec.ts' }
const judged = { invariant: 'no-taint', clauses: [clause.id], subject: 'node a' }
const violated: Judgement = {
  ...judged,
  verdict: {
    kind: 'violated',
    findings: [{ code: 'taint', seen: 'a taint', expected: 'none', remedy: 'remove it' }],
  },
}
const messagesOf = (...judgements: Judgement[]) =>
  messagesOfJudgements(judgements, { title: 'no taint', spec }, run, 5)
const metadataOf = (messages: ReturnType<typeof messagesOf>) =>
  messages.flatMap(message => (message.type === 'metadata' ? [message.data] : []))[0]
const attachmentsOf = (messages: ReturnType<typeof messagesOf>) =>
  messages.flatMap(message => (message.type === 'attachment_content' ? [message.data] : []))

describe('a verdict in Allure', () => {
  test('is grouped by its section, its clause and its title', () => {
    expect(metadataOf(messagesOf(violated))?.labels).toEqual([
      { name: 'epic', value: 'nodes' },
      { name: 'feature', value: 'nodes.no-taint' },
      { name: 'story', value: 'no taint' },
      { name: 'severity', value: 'blocker' },
      { name: 'owner', value: 'ops' },
      { name: 'outcome', value: 'violated' },
      { name: 'tag', value: 'invariant' },
      { name: 'tag', value: 'lab' },
    ])
  })

  test('links to the documents that its clauses cite, and to its spec', () => {
    expect(metadataOf(messagesOf(violated))?.links).toEqual([
      { url: 'https://example.com/adr-1', name: 'ADR-1: Resilience', type: 'tms' },
      { ...spec, type: 'link' },
    ])
  })

  test('links to the addresses in its sources, each once', () => {
    const sources = [
      'ADR-1 (https://example.com/adr-1)',
      'an issue, https://example.com/issues/7; https://example.com/issues/7',
    ]
    expect(linksOf(run.policy, sources, spec).map(({ url }) => url)).toEqual([
      'https://example.com/adr-1',
      'https://example.com/issues/7',
      spec.url,
    ])
  })

  test('has a failed step for each finding, and the evidence', () => {
    const messages = messagesOf(violated)
    expect(messages.filter(({ type }) => type.startsWith('step'))).toEqual([
      { type: 'step_start', data: { name: 'taint: a taint', start: 5 } },
      {
        type: 'step_metadata',
        data: {
          parameters: [
            { name: 'expected', value: 'none' },
            { name: 'remedy', value: 'remove it' },
          ],
        },
      },
      { type: 'step_stop', data: { stop: 5, status: 'failed' } },
    ])
    expect(attachmentsOf(messages).map(({ name }) => name)).toEqual(['evidence'])
  })

  test('keeps its history over runs with any seed, for each cluster and target', () => {
    const { testCaseId, parameters } = metadataOf(messagesOf(violated)) ?? {}
    expect({ testCaseId, parameters }).toEqual({
      testCaseId: 'no-taint · node a',
      parameters: [
        { name: 'cluster', value: run.policy.cluster },
        { name: 'target', value: 'lab' },
        { name: 'seed', value: '1', excluded: true },
      ],
    })
  })

  test('that is waived belongs to the owner of its waiver', () => {
    const waiver = {
      ...judged,
      findings: ['taint'],
      owner: 'joel',
      reason: 'r',
      until: '2027-01-01',
    }
    const verdict = { kind: 'waived', findings: [], waiver, daysLeft: 3 } as const
    const metadata = metadataOf(messagesOf({ ...judged, verdict }))
    expect(metadata?.labels).toContainEqual({ name: 'owner', value: 'joel' })
    expect(metadata?.description).toContain('**Waived:** r (joel, until 2027-01-01)')
  })

  test('of several subjects that hold lists them', () => {
    const holds = { ...judged, verdict: { kind: 'holds' } } as const
    const messages = messagesOf(holds, { ...holds, subject: 'node b' })
    expect(metadataOf(messages)?.displayName).toBe('no taint: 2 others')
    expect(Buffer.from(attachmentsOf(messages)[0]?.content ?? '', 'base64').toString()).toBe(
      '[\n  "node a",\n  "node b"\n]\n',
    )
  })
})

describe('a drill in Allure', () => {
  const [passed] = drills.filter(drill => outcomeOfDrill(drill) === 'passed')
  const one = { ...(passed ?? drills[0]), clauses: [clause.id] } as DrillResult

  test('has its incident as story, and a timeline, a journal and evidence', () => {
    const test = { title: one.title, spec: { ...spec, name: 'specs/chaos/x.spec.ts' } }
    const messages = messagesOfDrill(one, [entry], test, run)
    expect(metadataOf(messages)?.labels?.slice(0, 3)).toEqual([
      { name: 'epic', value: 'drills' },
      { name: 'feature', value: 'nodes.no-taint' },
      { name: 'story', value: one.incident.story },
    ])
    expect(attachmentsOf(messages).map(({ name, contentType }) => [name, contentType])).toEqual([
      ['timeline', 'text/tab-separated-values'],
      ['journal', 'application/json'],
      ['evidence', 'application/json'],
    ])
    const started = messages.filter(({ type }) => type === 'step_start').length
    expect(messages.filter(({ type }) => type === 'step_stop')).toHaveLength(started)
  })

  test('has a step for each phase, with its log entries', () => {
    const steps = stepsOfDrill(one)
    expect(steps.flatMap(({ steps: inner }) => inner.map(({ name }) => name))).toEqual(
      one.timeline.map(({ event }) => eventText(event)),
    )
    expect(steps.every(({ status, start, stop }) => status === 'passed' && stop >= start)).toBe(
      true,
    )
  })

  test('fails in the step of the phase that shows the failure', () => {
    for (const drill of [...drills, ...refused.drills]) {
      const bad = stepsOfDrill(drill).filter(({ status }) => status !== 'passed')
      const expected = isFailure(outcomeOfDrill(drill)) ? 1 : 0
      expect([drill.drill, bad.length]).toEqual([drill.drill, expected])
    }
  })
})

describe('a refused drill in Allure', () => {
  const [drill] = refused.drills
  const refusedBy = (cause: RefusalCause): DrillResult => ({
    ...drill!,
    outcome: { kind: 'refused', cause },
  })

  test('has a broken step for each judgement of the unsteady state', () => {
    expect(stepsOfDrill(drill!).at(-1)).toMatchObject({
      name: 'refusal',
      status: 'broken',
      steps: [{ name: 'critical-data-survive · joelclaw/data-redis-0: violated' }],
    })
  })

  test('has a broken step for each guard that refuses, with its remedy', () => {
    const objections = [{ of: 'time', kind: 'unclear', cause } as const]
    const refusal = { guard: 'window', objections, remedy: 'wait' } as const
    const steps = stepsOfDrill(refusedBy({ kind: 'guards', refusals: [refusal] }))
    expect(steps.at(-1)?.steps).toMatchObject([
      {
        name: 'window: cannot be checked: no clock',
        status: 'broken',
        parameters: [{ name: 'remedy', value: 'wait' }],
      },
    ])
  })

  test('attaches neither an empty timeline nor an empty journal', () => {
    const messages = messagesOfDrill(
      { ...drill!, timeline: [] },
      [],
      { title: drill!.title, spec },
      run,
    )
    expect(attachmentsOf(messages).map(({ name }) => name)).toEqual(['evidence'])
  })
})

describe('categories', () => {
  test('match one outcome each, by the trace of the failed test', () => {
    const outcomes = [...sample.drills, ...refused.drills].map(outcomeOfDrill).filter(isFailure)
    for (const outcome of outcomes)
      expect(
        categories.filter(({ traceRegex }) => new RegExp(`^${traceRegex}$`).test(traceOf(outcome))),
      ).toHaveLength(1)
    expect(new Set(outcomes)).toContain('over budget')
  })
})
