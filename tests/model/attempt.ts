// A small cluster in which every guard allows an attempt, and changes that make one of them refuse.
import { expect, test } from 'vitest'
import { policyWith } from '#tests/model/policy.ts'
import {
  daemonSets,
  deployments,
  nodes,
  pods,
  services,
  statefulSets,
  volumes,
} from '#src/kubernetes/questions/lists.ts'
import {
  guardNames,
  type Answer,
  type Attempt,
  type BoundFault,
  type GuardName,
  type GuardVerdict,
  type Impact,
  type Node,
  type Pod,
  type PolicyInput,
  type Question,
  type Snapshot,
  type Volume,
  type WorkloadObject,
} from '#src/model/index.ts'
import { judgeGuards } from '#src/engine/guards/evaluate.ts'
import { guards } from '#src/engine/guards/guards.ts'
import { objectionText } from '#src/reporting/guards/objections.ts'

export const now = Date.parse('2026-11-21T12:00:00Z')
export const known = (value: unknown): Answer<unknown> => ({
  kind: 'known',
  value,
  description: '',
  origin: '',
  at: now,
  tookMs: 0,
})

/** A snapshot with these answers. Questions without an answer were not asked. */
export const seen = (...answers: readonly (readonly [Question<unknown>, unknown])[]): Snapshot => ({
  version: 1,
  cluster: 'small',
  target: { kind: 'lab', description: '' },
  startedAt: now,
  endedAt: now,
  answers: Object.fromEntries(answers.map(([question, value]) => [question.key, known(value)])),
})

export const nodeCalled = (name: string): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { 'kubernetes.io/hostname': name } },
  status: { conditions: [{ type: 'Ready', status: 'True' }] },
})
export const podCalled = (name: string, app: string, nodeName: string, claim?: string): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', labels: { app } },
  spec: {
    nodeName,
    containers: [],
    ...(claim === undefined
      ? {}
      : { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: claim } }] }),
  },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
})
export const workload = (app: string, replicas: number): WorkloadObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: app, namespace: 'default' },
  spec: { replicas, selector: { matchLabels: { app } }, template: { spec: { containers: [] } } },
})
export const volume = (claim: string, at: string, reclaim = 'Delete'): Volume => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: `pv-${claim}` },
  spec: {
    persistentVolumeReclaimPolicy: reclaim,
    claimRef: { namespace: 'default', name: claim },
    nodeAffinity: {
      required: {
        nodeSelectorTerms: [
          { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [at] }] },
        ],
      },
    },
  },
})

/**
 * Two control plane nodes and a worker. `web` has three pods on three nodes; `db` has one pod and a
 * claim.
 */
export const cluster = (change: { nodes?: readonly string[] } = {}) =>
  seen(
    [nodes, (change.nodes ?? ['one', 'two', 'three']).map(nodeCalled)],
    [
      pods,
      [
        podCalled('web-1', 'web', 'one'),
        podCalled('web-2', 'web', 'two'),
        podCalled('web-3', 'web', 'three'),
        podCalled('db-1', 'db', 'one', 'data-db'),
      ],
    ],
    [services, []],
    [statefulSets, []],
    [daemonSets, []],
    [deployments, [workload('web', 3), workload('db', 1)]],
    [volumes, [volume('data-db', 'one')]],
  )

export const policyOf = (change: Partial<PolicyInput> = {}) =>
  policyWith({
    nodes: [
      {
        name: 'one',
        role: 'control-plane',
        container: { name: 'c-one', restartPolicy: 'always', memory: '1 GiB', cpus: 1 },
      },
      { name: 'two', role: 'control-plane' },
      { name: 'three', role: 'worker' },
    ],
    ...change,
  })

export const hitting = (...impacts: readonly Impact[]): BoundFault => ({
  name: 'a.fault',
  description: 'break something',
  blast: 'node',
  needs: ['docker'],
  impacts,
  prepare: async () => null,
})
export const down = (name: string): Impact => ({ kind: 'node', by: 'name', name, how: 'down' })

export const attempt = (change: Partial<Attempt> = {}): Attempt => ({
  setup: [],
  faults: [hitting()],
  fixes: [],
  steady: [],
  target: { kind: 'lab', description: '' },
  lacks: {},
  active: undefined,
  freeBytes: undefined,
  ownNode: undefined,
  ...change,
})

/** The verdict of one guard. */
export function verdict(
  name: GuardName,
  about: Partial<Attempt>,
  {
    snapshot = cluster(),
    policy = {},
    allowed = [],
  }: { snapshot?: Snapshot; policy?: Partial<PolicyInput>; allowed?: readonly GuardName[] } = {},
): GuardVerdict {
  const found = judgeGuards(
    guards,
    attempt(about),
    snapshot,
    policyOf(policy),
    new Set(allowed),
  ).find(({ guard }) => guard === name)
  if (found === undefined) throw new Error(`there is no guard ${name}`)
  return found
}

/** The reason for which the guard refuses. Undefined if it does not refuse. */
export const refused = (...asked: Parameters<typeof verdict>): readonly string[] | undefined => {
  const found = verdict(...asked)
  return found.kind === 'refuses' ? found.objections.map(objectionText) : undefined
}

test('each name has its guard, in the order of the report', () => {
  expect(guards.map(({ name }) => name)).toEqual([...guardNames])
})

export const names = ['one', 'two', 'three']
