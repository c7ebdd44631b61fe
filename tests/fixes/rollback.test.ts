// When holdfast rolls a Deployment back, to which revision, and when it waits instead.
import { describe, expect, test } from 'vitest'
import { plan, policy } from '#tests/model/fixed.ts'
import { ago, known, podOf, seen } from '#tests/model/seen.ts'
import { daemonSets, deployments, pods, statefulSets } from '#src/kubernetes/questions/lists.ts'
import { replicaSets } from '#helpers/kubernetes/rollouts.ts'
import type { Pod, Answers, WorkloadObject } from '#src/model/index.ts'
import { rollBackWorkload } from '#helpers/kubernetes/fixes/rollback.ts'

const missing = 'web:never-pushed'
/** @source measured on a v1.35 node: both texts */
const notFound =
  'rpc error: code = NotFound desc = failed to pull and unpack image ' +
  `"docker.io/library/${missing}": failed to resolve reference "docker.io/library/${missing}": ` +
  `docker.io/library/${missing}: not found`
const noRegistry =
  `Back-off pulling image "${missing}": ErrImagePull: failed to pull and unpack image ` +
  `"docker.io/library/${missing}": failed to do request: Head ` +
  '"https://registry-1.docker.io/v2/library/web/manifests/never-pushed": dial tcp: ' +
  'lookup registry-1.docker.io: no such host'

const template = (
  image: string,
  labels: Record<string, string> = {},
): WorkloadObject['spec']['template'] => ({
  metadata: { labels: { app: 'web', ...labels } },
  spec: { containers: [{ name: 'main', image }] },
})

/** A revision of web, as its ReplicaSet keeps it. */
const revision = (number: number, image: string, available = 0): WorkloadObject => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: {
    name: `web-${number}`,
    namespace: 'default',
    annotations: { 'deployment.kubernetes.io/revision': String(number) },
    ownerReferences: [
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        name: 'web',
        uid: 'uid-of-web',
        controller: true,
      },
    ],
  },
  spec: { selector: {}, template: template(image, { 'pod-template-hash': `hash-${number}` }) },
  status: { availableReplicas: available },
})

const web = (
  change: Partial<WorkloadObject['spec']> = {},
  reason = 'ReplicaSetUpdated',
  at = 2,
): WorkloadObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {
    name: 'web',
    namespace: 'default',
    uid: 'uid-of-web',
    annotations: { 'deployment.kubernetes.io/revision': String(at) },
  },
  spec: { selector: { matchLabels: { app: 'web' } }, template: template(missing), ...change },
  status: { conditions: [{ type: 'Progressing', status: 'True', reason }] },
})

const waiting = (message: string, age = 61_000): Pod =>
  podOf('web', {
    metadata: { creationTimestamp: ago(age) },
    spec: { containers: [{ name: 'main', image: missing }] },
    status: {
      phase: 'Pending',
      containerStatuses: [
        {
          name: 'main',
          ready: false,
          restartCount: 0,
          state: {
            waiting: {
              reason: message.startsWith('Back-off') ? 'ImagePullBackOff' : 'ErrImagePull',
              message,
            },
          },
        },
      ],
    },
  })

interface Evaluation {
  deployment?: WorkloadObject
  pod?: Pod
  sets?: readonly WorkloadObject[]
}
/** Revision 2 cannot be pulled and revision 1 serves; with parts replaced. */
const evaluate = ({
  deployment = web(),
  pod = waiting(notFound),
  sets = [revision(1, 'web:1', 1), revision(2, missing)],
}: Evaluation = {}): Answers =>
  seen(
    known(pods, [pod]),
    known(deployments, [deployment]),
    known(statefulSets, []),
    known(daemonSets, []),
    known(replicaSets, [...sets]),
  )

/** The planned rollbacks: the revisions that holdfast would return to. */
const back = (given: Evaluation): readonly string[] =>
  plan(rollBackWorkload, evaluate(given)).map(
    message => /--to-revision=(\d+)/.exec(message)?.[1] ?? message,
  )

describe('a deploy whose image does not exist', () => {
  test('goes back to the serving revision, and names it and its image', () => {
    expect(plan(rollBackWorkload, evaluate())).toEqual([
      'kubectl rollout undo deployment/web -n default --to-revision=1 (revision 2 wants ' +
        'web:never-pushed, which its registry does not have; revision 1 ran web:1, ' +
        'and 1 of its pods serves; the next apply of the manifest brings the missing image back)',
    ])
  })

  test.for<[description: string, given: Evaluation, to: readonly string[]]>([
    [
      'whose pods serve, though a newer one was as bad',
      {
        deployment: web({}, 'ReplicaSetUpdated', 3),
        sets: [revision(1, 'web:1', 1), revision(2, 'web:2'), revision(3, missing)],
      },
      ['1'],
    ],
    [
      'the newest that wants another image, where nobody serves any more',
      {
        deployment: web({}, 'ReplicaSetUpdated', 4),
        sets: [
          revision(1, 'web:1'),
          revision(2, 'web:2'),
          revision(3, missing),
          revision(4, missing),
        ],
      },
      ['2'],
    ],
    ['none, where there is no other', { sets: [revision(2, missing)], deployment: web() }, []],
  ])('goes back to the revision %s', ([, given, to]) => expect(back(given)).toEqual(to))

  test.for<[description: string, given: Evaluation]>([
    ['while its warm-up lasts: the image may be on its way', { pod: waiting(notFound, 59_000) }],
    [
      'while its registry says nothing of it: what runs goes on from the cache',
      { pod: waiting(noRegistry) },
    ],
    [
      'once its roll-out was complete: the image has gone since',
      { deployment: web({}, 'NewReplicaSetAvailable') },
    ],
    [
      'while some of its newest pods serve',
      { sets: [revision(1, 'web:1', 1), revision(2, missing, 1)] },
    ],
    ['while it is paused', { deployment: web({ paused: true }) }],
    [
      'that somebody has deployed again: the pod is of another template',
      {
        deployment: web({ template: template('web:3') }, 'ReplicaSetUpdated', 3),
        sets: [revision(1, 'web:1', 1), revision(2, missing), revision(3, 'web:3')],
      },
    ],
    ['that its controller has not looked at', { deployment: web({}, 'ReplicaSetUpdated', 3) }],
  ])('is left alone %s', ([, given]) => expect(back(given)).toEqual([]))

  test('outside of the policy is left alone', () => {
    expect(rollBackWorkload.plan(evaluate(), { ...policy, workloads: [] })).toEqual([])
  })
})
