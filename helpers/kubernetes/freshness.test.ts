// Whom a fact comes from and how old it may be: Leases of kubelets, sandbox errors, starts of
// containers.
import { describe, expect, test } from 'vitest'
import { ago, known, nodeOf, now, podOf, seen, silent } from '#tests/model/seen.ts'
import { policyWith } from '#tests/model/policy.ts'
import { Unanswered, type Event, type Lease } from '#src/model/index.ts'
import type { ContainerView } from '#helpers/docker/view.ts'
import {
  conditionOf,
  freshPods,
  freshnessQuestions,
  staleness,
  trust,
  trustAll,
} from './freshness.ts'
import { nodeContainer } from '#helpers/docker/questions.ts'
import { events, leases, nodes, pods } from './questions.ts'
import { eventTime, sandboxErrors, startOf, writtenBy } from '#helpers/flannel/sandboxes.ts'

const container = {
  name: 'one-container',
  restartPolicy: 'always',
  memory: '1 GiB',
  cpus: 1,
} as const
const policy = policyWith({
  nodes: [
    { name: 'one', role: 'control-plane', container },
    { name: 'two', role: 'worker' },
  ],
})

const lease = (name: string, age: number, namespace = 'kube-node-lease'): Lease => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name, namespace },
  spec: { renewTime: ago(age) },
})
const startedAgo = (ms: number): ContainerView => ({
  id: 'x',
  name: container.name,
  running: true,
  status: 'running',
  paused: false,
  startedAt: now - ms,
  pid: 1,
  exitCode: 0,
  restartPolicy: 'always',
  memory: 0,
  memorySwap: 0,
  cpus: 1,
  bindings: [],
  declared: [],
})
const docker = nodeContainer(container.name)

describe('the report of a kubelet counts', () => {
  test('while it renews its Lease', () => {
    expect(
      staleness(
        seen(known(leases, [lease('one', 9_000)]), known(docker, startedAgo(3_600_000))),
        policy,
        'one',
      ),
    ).toBeUndefined()
    expect(
      staleness(seen(known(leases, [lease('one', 40_000)]), silent(docker)), policy, 'one'),
    ).toBeUndefined()
  })

  test('no longer once it has been silent for as long as a Lease lasts', () => {
    expect(staleness(seen(known(leases, [lease('one', 40_001)])), policy, 'one')).toBe(
      'the kubelet of one has not renewed its Lease for 40.0 s: the API shows its old state',
    )
  })

  test('only after its first report since the start of its node', () => {
    expect(
      staleness(
        seen(known(leases, [lease('one', 20_000)]), known(docker, startedAgo(15_000))),
        policy,
        'one',
      ),
    ).toBe(
      'the kubelet of one has not renewed its Lease since its node started 15.0 s ago: ' +
        'the API shows its old state',
    )
    expect(
      staleness(
        seen(known(leases, [lease('one', 3_000)]), known(docker, startedAgo(15_000))),
        policy,
        'one',
      ),
    ).toBeUndefined()
  })

  test('not without a Lease of its own', () => {
    const others = [
      lease('two', 1_000),
      lease('one', 1_000, 'kube-system'),
      { ...lease('one', 1_000), spec: {} },
    ]
    expect(staleness(seen(known(leases, others)), policy, 'one')).toBe(
      'the kubelet of one has no Lease',
    )
  })

  test('and a judge that trusts it anyway gets “unknown”', () => {
    const answers = seen(
      known(leases, [lease('one', 1_000), lease('two', 90_000)]),
      known(nodes, [nodeOf('one'), nodeOf('two')]),
      known(docker, startedAgo(3_600_000)),
    )
    expect(() => trust(answers, policy, 'one')).not.toThrow()
    const stale = new Unanswered({
      kind: 'unknown',
      cause: {
        kind: 'doubtful',
        reason:
          'the kubelet of two has not renewed its Lease for 90.0 s: ' +
          'the API shows its old state',
      },
    })
    expect(() => trust(answers, policy, 'two')).toThrow(stale)
    expect(() => trustAll(answers, policy)).toThrow(stale)
  })

  test('for each pod by its own node; a pod without one needs no kubelet', () => {
    const onOne = podOf('a')
    const onTwo = podOf('b', { spec: { nodeName: 'two' } })
    const { nodeName: _, ...nowhere } = onOne.spec
    const unplaced = { ...podOf('c'), spec: nowhere }
    const answers = seen(
      known(leases, [lease('one', 1_000)]),
      known(pods, [onOne, onTwo, unplaced]),
      known(docker, startedAgo(3_600_000)),
    )
    expect(freshPods(answers, policy, ({ metadata }) => metadata.name !== 'b')).toEqual([
      onOne,
      unplaced,
    ])
    expect(() => freshPods(answers, policy, () => true)).toThrow('the kubelet of two has no Lease')
  })

  test('asks for the Leases, and for the containers that carry nodes', () => {
    expect(freshnessQuestions(policy).map(({ key }) => key)).toEqual([
      'kubernetes.leases',
      'docker.inspect.one-container',
    ])
  })
})

test('a condition that a node does not have is Unknown', () => {
  expect([conditionOf(nodeOf('one'), 'Ready'), conditionOf(nodeOf('one'), 'DiskPressure')]).toEqual(
    ['True', 'Unknown'],
  )
})

describe('sandboxes that fail for want of flannel’s file', () => {
  const event = (pod: string, age: number, change: Partial<Event> = {}): Event => ({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${pod}.1`, namespace: 'default' },
    reason: 'FailedCreatePodSandBox',
    lastTimestamp: ago(age),
    message:
      'Failed to create pod sandbox: plugin type="flannel" failed (add): ' +
      'loadFlannelSubnetEnv failed: open /run/flannel/subnet.env: no such file or directory',
    involvedObject: { kind: 'Pod', name: pod, namespace: 'default' },
    ...change,
  })
  const waiting = podOf('a', {
    status: {
      phase: 'Pending',
      conditions: [{ type: 'PodReadyToStartContainers', status: 'False' }],
    },
  })
  const started = podOf('b', {
    status: { conditions: [{ type: 'PodReadyToStartContainers', status: 'True' }] },
  })
  const errors = (...given: readonly Event[]) =>
    sandboxErrors(
      seen(known(pods, [waiting, started]), known(events, [...given])),
      'one',
      now - 600_000,
    )

  test('count, newest first', () => {
    const [old, young] = [event('a', 60_000), event('a', 5_000)]
    expect(errors(old, young)).toEqual([young, old])
  })

  test.for<[description: string, event: Event]>([
    ['of a pod that got its sandbox later: the cause has gone', event('b', 5_000)],
    ['of a pod that is not there any more', event('gone', 5_000)],
    ['older than five minutes', event('a', 300_000)],
    ['from before the given time', event('a', 601_000)],
    ['for another reason', event('a', 5_000, { reason: 'FailedMount' })],
    ['with another complaint', event('a', 5_000, { message: 'flannel: no route to host' })],
  ])('do not count %s', ([, given]) => {
    expect(errors(given)).toEqual([])
  })

  test('an event happened at the newest of its times', () => {
    expect(
      eventTime(
        event('a', 90_000, {
          firstTimestamp: ago(900_000),
          series: { count: 4, lastObservedTime: ago(3_000) },
          eventTime: ago(80_000),
        }),
      ),
    ).toBe(now - 3_000)
    expect(
      eventTime(
        event('a', 0, {
          lastTimestamp: null,
          metadata: { name: 'x', creationTimestamp: ago(7_000) },
        }),
      ),
    ).toBe(now - 7_000)
    expect(eventTime(event('a', 0, { lastTimestamp: null }))).toBe(0)
  })

  test('a pod started when the last of its containers did', () => {
    const running = (name: string, age: number) => ({
      name,
      ready: true,
      restartCount: 0,
      state: { running: { startedAt: ago(age) } },
    })
    expect(
      startOf(
        podOf('a', { status: { containerStatuses: [running('x', 9_000), running('y', 3_000)] } }),
      ),
    ).toBe(now - 3_000)
    expect([
      startOf(undefined),
      startOf(
        podOf('a', {
          status: {
            containerStatuses: [
              {
                name: 'x',
                ready: false,
                restartCount: 3,
                state: { waiting: { reason: 'CrashLoopBackOff' } },
              },
            ],
          },
        }),
      ),
    ]).toEqual([0, 0])
  })

  test('flannel must have its file 5 s after its start', () => {
    const status = (age: number) => ({
      status: {
        containerStatuses: [
          { name: 'x', ready: true, restartCount: 1, state: { running: { startedAt: ago(age) } } },
        ],
      },
    })
    expect([writtenBy(podOf('a', status(9_000))), writtenBy(undefined)]).toEqual([now - 4_000, 0])
  })
})
