// What Allure hears: labels, links, steps and attachments of verdicts and drills, and a category
// for each way to fail.
import { eventText } from '#src/reporting/sentences.ts'
import { describe, expect, test } from 'vitest'
import type { Clause, DrillResult, Judgement } from '#src/model/index.ts'
import { drills } from '#tests/reporting/sample-drills.ts'
import { refused, sample } from '#tests/reporting/sample.ts'
import { policyWith } from '#tests/model/policy.ts'
import { messagesOfDrill, messagesOfJudgements, type AllureRun } from './messages.ts'
import { categories, isFailure, outcomeOfDrill, traceOf } from './outcome.ts'
import { stepsOf } from './steps.ts'

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
const spec = { name: 'specs/invariants/nodes.spec.ts', url: 'file:///specs/nodes.spec.ts' }
const judged = { invariant: 'no-taint', clauses: [clause.id], subject: 'node a' }
const violated: Judgement = {
  ...judged,
  verdict: {
    kind: 'violated',
    findings: [{ code: 'taint', seen: 'a taint', expected: 'none', remedy: 'remove it' }],
  },
}
const hear = (...judgements: Judgement[]) =>
  messagesOfJudgements(judgements, { title: 'no taint', spec }, run, 5)
const metadataOf = (messages: ReturnType<typeof hear>) =>
  messages.flatMap(message => (message.type === 'metadata' ? [message.data] : []))[0]
const attachmentsOf = (messages: ReturnType<typeof hear>) =>
  messages.flatMap(message => (message.type === 'attachment_content' ? [message.data] : []))

describe('a verdict in Allure', () => {
  test('stands below its section, its clause and its title', () => {
    expect(metadataOf(hear(violated))?.labels).toEqual([
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
    expect(metadataOf(hear(violated))?.links).toEqual([
      { url: 'https://example.com/adr-1', name: 'ADR-1: Resilience', type: 'tms' },
      { ...spec, type: 'link' },
    ])
  })

  test('has a failed step for each finding, and the evidence', () => {
    const messages = hear(violated)
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

  test('keeps its history from run to run whatever the seed, and per cluster and target', () => {
    const { testCaseId, parameters } = metadataOf(hear(violated)) ?? {}
    expect({ testCaseId, parameters }).toEqual({
      testCaseId: 'no-taint · node a',
      parameters: [
        { name: 'cluster', value: run.policy.cluster },
        { name: 'target', value: 'lab' },
        { name: 'seed', value: '1', excluded: true },
      ],
    })
  })

  test('is owned by the owner of its waiver where it is waived', () => {
    const waiver = {
      ...judged,
      findings: ['taint'],
      owner: 'joel',
      reason: 'r',
      until: '2027-01-01',
    }
    const verdict = { kind: 'waived', findings: [], waiver, daysLeft: 3 } as const
    const metadata = metadataOf(hear({ ...judged, verdict }))
    expect(metadata?.labels).toContainEqual({ name: 'owner', value: 'joel' })
    expect(metadata?.description).toContain('**Waived:** r (joel, until 2027-01-01)')
  })

  test('stands for all others that hold, and lists them', () => {
    const holds = { ...judged, verdict: { kind: 'holds' } } as const
    const messages = hear(holds, { ...holds, subject: 'node b' })
    expect(metadataOf(messages)?.displayName).toBe('no taint: 2 others')
    expect(Buffer.from(attachmentsOf(messages)[0]?.content ?? '', 'base64').toString()).toBe(
      '[\n  "node a",\n  "node b"\n]\n',
    )
  })
})

describe('a drill in Allure', () => {
  const [passed] = drills.filter(drill => outcomeOfDrill(drill) === 'passed')
  const one = { ...(passed ?? drills[0]), clauses: [clause.id] } as DrillResult

  test('tells its incident, and carries timeline, journal and evidence', () => {
    const test = { title: one.title, spec: { ...spec, name: 'specs/chaos/x.spec.ts' } }
    const messages = messagesOfDrill(one, [], test, run)
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

  test('has a step for each phase in turn, and in it what happened', () => {
    const steps = stepsOf(one)
    expect(steps.flatMap(({ steps: inner }) => inner.map(({ name }) => name))).toEqual(
      one.timeline.map(({ event }) => eventText(event)),
    )
    expect(steps.every(({ status, start, stop }) => status === 'passed' && stop >= start)).toBe(
      true,
    )
  })

  test('shows a failure at the phase where it failed', () => {
    for (const drill of [...drills, ...refused.drills]) {
      const failing = isFailure(outcomeOfDrill(drill)) && drill.timeline.length > 0
      const marked = stepsOf(drill).filter(({ status }) => status !== 'passed')
      expect([drill.drill, marked.length]).toEqual([drill.drill, failing ? 1 : 0])
    }
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
