// Judgements and drills as messages, on one line and as blocks.
import { describe, expect, test } from 'vitest'
import type { DrillResult, Judgement } from '#src/model/index.ts'
import { ansi } from './terminal/frame.ts'
import { messageOfDrill, messageOfJudgement } from './message.ts'
import { block, explain, line } from './message/layout.ts'
import { left, refused, sample } from '#tests/reporting/sample.ts'

const cordoned: Judgement = {
  invariant: 'nodes-are-schedulable',
  clauses: ['recovery.node-not-cordoned'],
  subject: 'node a',
  verdict: {
    kind: 'violated',
    findings: [
      {
        code: 'cordoned',
        seen: 'spec.unschedulable is true',
        expected: 'pods can be placed on it',
        remedy: 'kubectl uncordon a',
      },
      {
        code: 'drained',
        seen: 'no pod runs there',
        expected: 'its pods run',
        remedy: 'uncordon it first',
      },
    ],
  },
}
const info = {
  name: 'nodes-are-schedulable',
  section: 'recovery',
  title: 'no node is cordoned',
  reason: 'a cordon keeps every new pod Pending',
  clauses: cordoned.clauses,
  stories: [],
}
const drillOf = (name: string): DrillResult => sample.drills.find(({ drill }) => drill === name)!

describe('a judgement', () => {
  test('as a block states what should hold, the subject, what was seen, and the remedy', () => {
    expect(explain(cordoned, info)).toMatchInlineSnapshot(`
      "× no node is cordoned
          nodes-are-schedulable · node a · recovery.node-not-cordoned
          finding    cordoned
          seen       spec.unschedulable is true
          expected   pods can be placed on it
          remedy     kubectl uncordon a
          finding    drained
          seen       no pod runs there
          expected   its pods run
          remedy     uncordon it first
          why        a cordon keeps every new pod Pending
          more       holdfast explain nodes-are-schedulable"
    `)
  })
  test('shows the incidents of the policy', () => {
    const story = 'in March a cordon kept every new pod Pending for a night'
    const { facts } = messageOfJudgement(cordoned, { ...info, stories: [story] })
    expect(facts.filter(({ label }) => label === 'incident')).toEqual([
      { label: 'incident', text: story },
    ])
    expect(explain(cordoned, info)).not.toContain('incident')
  })
  test('needs no description of its invariant', () => {
    expect(
      explain({
        ...cordoned,
        verdict: {
          kind: 'unknown',
          cause: {
            kind: 'doubtful',
            reason: 'could not list nodes: connect ECONNREFUSED 127.0.0.1:6443',
          },
        },
      }),
    ).toMatchInlineSnapshot(`
      "? nodes-are-schedulable · node a
          recovery.node-not-cordoned
          unknown    could not list nodes: connect ECONNREFUSED 127.0.0.1:6443
          more       holdfast explain nodes-are-schedulable"
    `)
  })
  test('as a line has the first finding and the number of others', () => {
    expect(line(messageOfJudgement(cordoned))).toBe(
      '× nodes-are-schedulable · node a: spec.unschedulable is true (and 1 more finding)',
    )
  })
  test('that is waived names the owner and the days that are left', () => {
    const waived = sample.judgements.find(({ verdict }) => verdict.kind === 'waived')!
    expect(line(messageOfJudgement(waived))).toBe(
      'w containers-have-probes · joelclaw/redis: waived by joel, 131 days left: ' +
        'not on the list of ADR-0148; ' +
        'starts within seconds as long as its append-only file is small',
    )
  })
  test('wraps below its own text', () => {
    expect(
      block(
        messageOfJudgement({
          ...cordoned,
          verdict: {
            kind: 'not-applicable',
            cause: {
              kind: 'lacking',
              reason: 'the lab has no launchd, so there are no jobs to look at',
            },
          },
        }),
        { width: 48 },
      ),
    ).toMatchInlineSnapshot(`
      "– nodes-are-schedulable · node a
          recovery.node-not-cordoned
          reason     the lab has no launchd, so there
                     are no jobs to look at"
    `)
  })
  test('cannot send control characters to the terminal', () => {
    expect(
      line(
        messageOfJudgement({
          ...cordoned,
          subject: 'node \u001b[31ma',
          verdict: { kind: 'unknown', cause: { kind: 'doubtful', reason: 'a\nb\u0007' } },
        }),
      ),
    ).toBe('? nodes-are-schedulable · node ␛[31ma: unknown: a b␇')
  })
})

describe('a drill', () => {
  test('that failed states what it missed and how to run it again', () => {
    const message = messageOfDrill(drillOf('api-port-drifts'), sample)
    expect(block(message, { width: 90 })).toMatchInlineSnapshot(`
      "× kubeconfig and talosconfig follow the API to its new ports
          api-port-drifts · endpoints.kubeconfig-points-to-mapped-port,
          endpoints.talosconfig-points-to-mapped-port
          outcome    healed by repoint-talosconfig, regenerate-kubeconfig, restart-flannel
          recovered  5 min 14 s ±3.4 s, budget 300 s
          missed     over budget: recovered after 5 min 11 s, budget 300 s
          missed     restart-flannel had to act, which the drill does not expect
          replay     holdfast drill api-port-drifts --target lab --seed 48151623"
    `)
  })
  test('that was refused states that nothing was injected', () => {
    const message = messageOfDrill(refused.drills[0]!)
    expect(block(message, { width: 90 })).toMatchInlineSnapshot(`
      "– a hung Typesense with a liveness probe is restarted by its kubelet
          typesense-hangs · probes.liveness
          outcome    refused, nothing was injected: the steady state does not hold:
                     critical-data-survive · joelclaw/data-redis-0 (violated)"
    `)
  })
  test('that left something behind names the command that undoes it', () => {
    expect(explain(left.drills[0]!)).toMatchInlineSnapshot(`
      "× a node that comes back cordoned is uncordoned
          node-comes-back-cordoned · recovery.node-not-cordoned
          outcome    healed by uncordon
          recovered  11.8 s ±1.7 s, budget 120 s
          left       cordon joelclaw-controlplane-1: the API did not answer within 10 min 00 s
          by hand    kubectl uncordon joelclaw-controlplane-1"
    `)
  })
  test('that passed is one line', () => {
    expect(line(messageOfDrill(drillOf('flannel-pod-killed')))).toBe(
      '✓ flannel-pod-killed: the cluster healed itself in 4.0 s ±0.8 s, budget 40 s',
    )
  })
})

test('colours add nothing to the text', () => {
  const message = messageOfJudgement(cordoned, info)
  const painted = block(message, { paint: ansi })
  expect(
    painted
      .split('\u001b')
      .slice(1)
      .map(part => part.replace(/^\[\d+m/, ''))
      .join('').length,
  ).toBeLessThan(painted.length)
  // oxlint-disable-next-line no-control-regex -- colours are control characters
  expect(painted.replaceAll(/\u001b\[\d+m/g, '')).toBe(block(message))
})
