// Handmade snapshots, for tests of what probes, judges and fixes make of given answers.
import {
  answersOf,
  type Answer,
  type Meta,
  type Node,
  type Pod,
  type Question,
  type Answers,
} from '#src/model/index.ts'

/** When the handmade evaluations ended, ms since the epoch. */
export const now = Date.parse('2026-11-21T12:00:00Z')

/** An earlier time, as the API writes it. */
export const ago = (ms: number): string => new Date(now - ms).toISOString()

const asked = { description: 'ask', origin: 'model', at: now, tookMs: 0 }

export const known = <T>(question: Question<T>, value: T): readonly [string, Answer<T>] => [
  question.key,
  { kind: 'known', value, ...asked },
]
export const silent = (question: Question<unknown>): readonly [string, Answer<unknown>] => [
  question.key,
  { kind: 'unknown', why: 'no answer', ...asked },
]

/** The `Answers` of a snapshot with these answers. */
export const seen = (...answers: readonly (readonly [string, Answer<unknown>])[]): Answers =>
  answersOf({
    version: 1,
    cluster: 'small',
    target: { kind: 'lab', description: 'a model' },
    startedAt: now,
    endedAt: now,
    answers: Object.fromEntries(answers),
  })

/**
 * A running pod with one ready container that started an hour ago. Arguments replace members of
 * metadata, spec and status.
 */
export const podOf = (
  name: string,
  {
    metadata = {},
    spec = {},
    status = {},
  }: {
    metadata?: Partial<Meta>
    spec?: Partial<Pod['spec']>
    status?: NonNullable<Pod['status']>
  } = {},
): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    namespace: 'default',
    uid: `uid-${name}`,
    labels: { app: name },
    creationTimestamp: ago(3_600_000),
    ...metadata,
  },
  spec: { containers: [{ name: 'main', image: 'x:1' }], nodeName: 'one', ...spec },
  status: {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: ago(3_600_000) }],
    containerStatuses: [
      {
        name: 'main',
        ready: true,
        restartCount: 0,
        state: { running: { startedAt: ago(3_600_000) } },
      },
    ],
    ...status,
  },
})

/** A Ready node. */
export const nodeOf = (
  name: string,
  spec: NonNullable<Node['spec']> = {},
  conditions = [{ type: 'Ready', status: 'True' }],
): Node => ({ apiVersion: 'v1', kind: 'Node', metadata: { name }, spec, status: { conditions } })
