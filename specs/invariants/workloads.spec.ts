// Workloads: each has the replicas it should have, and no pod is stuck or Unknown.
import { deleteUnknownPods } from '#helpers/kubernetes/fixes/pods.ts'
import { rollBackWorkload } from '#helpers/kubernetes/fixes/workloads.ts'
import {
  invariant,
  ms,
  notApplicable,
  unknown,
  verify,
  formatDuration,
  type Pod,
  type Policy,
  type Answers,
  type WorkloadObject,
} from '#helpers/index.ts'
import { freshPods, freshnessQuestions } from '#helpers/kubernetes/freshness.ts'
import { leases, pods } from '#helpers/kubernetes/questions.ts'
import { leftToRoll, missingImages, neverPushed, progressOf } from '#helpers/kubernetes/rollouts.ts'
import {
  availableOf,
  finished,
  isReady,
  replicasOf,
  selects,
  troubleOf,
  unreadySince,
  workloadObject,
  workloadQuestions,
} from '#helpers/kubernetes/workloads.ts'

/**
 * Pods that nobody has started are in no trouble: leaves where no kubelet can report, as before a
 * deploy.
 */
function onlyWhereItRuns(answers: Answers): void {
  const beats = answers.to(leases)
  if (beats.kind === 'absent') notApplicable(beats.why)
}

const namespaces = (policy: Policy) =>
  policy.namespaces.map(name => ({ name: `namespace ${name}`, namespace: name }))

export const workloadsHaveTheirReplicas = invariant({
  name: 'workloads-have-their-replicas',
  title: 'every workload has the replicas that the policy wishes, ready',
  reason:
    'scaled to zero on purpose is healthy; one replica short is an outage of a service that has one',
  subjects: policy =>
    policy.workloads.map(workload => ({
      ...workload,
      name: `${workload.namespace}/${workload.name}`,
      workload: workload.name,
    })),
  observe: policy => [pods, ...workloadQuestions, ...freshnessQuestions(policy)],
  judge({ kind, namespace, workload, replicas }, answers, policy) {
    onlyWhereItRuns(answers)
    const object = workloadObject(answers, kind, namespace, workload)
    const expected = `${replicas} ready`
    if (object === undefined)
      return [
        {
          code: 'workload-missing',
          seen: `there is no ${kind} ${namespace}/${workload}`,
          expected,
          remedy: 'apply its manifest',
        },
      ]
    const set = replicasOf(object)
    if (set !== replicas) {
      // A DaemonSet cannot be scaled: it wants one on each node that fits.
      return kind === 'DaemonSet'
        ? [
            {
              code: 'wrong-replicas',
              seen: `it is wanted on ${set ?? 0} nodes`,
              expected,
              remedy: `kubectl describe daemonset/${workload} -n ${namespace}: its nodeSelector and tolerations, and the nodes there are`,
            },
          ]
        : [
            {
              code: 'wrong-replicas',
              seen: `it is set to ${set}`,
              expected,
              remedy: `kubectl scale ${kind.toLowerCase()}/${workload} -n ${namespace} --replicas=${replicas}, or change the policy if ${set} is meant`,
            },
          ]
    }
    const available = availableOf(object)
    const own = answers(pods).filter(pod => selects(object, pod) && !finished(pod))
    if (available < replicas || own.filter(isReady).length < replicas) {
      const why = own
        .filter(pod => !isReady(pod))
        .map(pod => `${pod.metadata.name}: ${troubleOf(pod)}`)
      return [
        {
          code: 'too-few-ready',
          seen: `${available} ready${why.length > 0 ? `; ${why.join('; ')}` : ''}`,
          expected,
          remedy: `kubectl describe pods -n ${namespace}; kubectl get events -n ${namespace}`,
        },
      ]
    }
    // Enough of them, if those who say so still report.
    freshPods(answers, policy, pod => selects(object, pod))
    return []
  },
})

export const noPodIsUnknown = invariant({
  name: 'no-pod-is-unknown',
  title: 'no pod is Unknown',
  reason:
    'a pod in phase Unknown holds its name and its claim, and no controller replaces it: one stayed so for 32 days',
  subjects: namespaces,
  observe: policy => [pods, ...freshnessQuestions(policy)],
  healedBy: [deleteUnknownPods],
  judge: ({ namespace }, answers, policy) => {
    onlyWhereItRuns(answers)
    const found = answers(pods).filter(
      pod => pod.metadata.namespace === namespace && pod.status?.phase === 'Unknown',
    )
    if (found.length === 0) freshPods(answers, policy, pod => pod.metadata.namespace === namespace)
    return found.map(pod => ({
      code: `pod-unknown:${pod.metadata.name}`,
      seen: `${pod.metadata.name} is Unknown since ${formatDuration(answers.now - unreadySince(pod))}`,
      expected: 'it runs, or its controller replaces it',
      remedy: `kubectl delete pod ${pod.metadata.name} -n ${namespace} --force --grace-period=0`,
    }))
  },
})

/**
 * Reasons for which a container waits that do not pass by themselves. @source joelclaw history,
 * heal script: back-off scan
 */
const hopeless =
  /^(ImagePullBackOff|ErrImagePull|CrashLoopBackOff|RunContainerError|CreateContainerConfigError|CreateContainerError|InvalidImageName)$/

const isHopeless = (pod: Pod): boolean =>
  [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])].some(
    status => hopeless.test(status.state?.waiting?.reason ?? ''),
  )

/**
 * Evicted, or ended with its node: its ReplicaSet has made another one, which is judged in its
 * place, and leaves this one lying. @source Kubernetes, pod lifecycle
 */
const isReplaced = (pod: Pod): boolean =>
  pod.status?.phase === 'Failed' &&
  (pod.metadata.ownerReferences ?? []).some(
    owner => owner.controller === true && owner.kind === 'ReplicaSet',
  )

export const noPodIsStuck = invariant({
  name: 'no-pod-is-stuck',
  title: 'no pod has been on its way longer than its budget',
  reason: 'an old ReplicaSet can serve while its successor fails for nine days and nobody looks',
  subjects: namespaces,
  observe: policy => [pods, ...freshnessQuestions(policy)],
  judge({ namespace }, answers, policy) {
    onlyWhereItRuns(answers)
    const budget = ms(policy.budgets.stuckPod)
    const here = answers(pods).filter(
      pod => pod.metadata.namespace === namespace && !finished(pod) && !isReplaced(pod),
    )
    const stuck = here.filter(pod => !isReady(pod) && answers.now - unreadySince(pod) > budget)
    if (stuck.length === 0) {
      freshPods(answers, policy, pod => pod.metadata.namespace === namespace)
      const late = here.find(pod => Number.isNaN(unreadySince(pod)))
      if (late !== undefined)
        unknown(`pod ${late.metadata.name} does not say since when it is not ready`)
    }
    return stuck.map(pod => ({
      code: `pod-stuck:${pod.metadata.name}`,
      seen: `${pod.metadata.name} is not ready since ${formatDuration(answers.now - unreadySince(pod))}: ${troubleOf(pod)}`,
      expected: `ready within ${policy.budgets.stuckPod}`,
      remedy: isHopeless(pod)
        ? `kubectl describe pod ${pod.metadata.name} -n ${namespace}: this does not pass by itself`
        : `kubectl get events -n ${namespace} --field-selector involvedObject.name=${pod.metadata.name}`,
    }))
  },
})

/** What a person does about a roll-out that does not move, by what its pods wait for. */
function remedyOf(answers: Answers, object: WorkloadObject, kind: string): string {
  const { name, namespace } = object.metadata
  const waiting = answers(pods)
    .filter(pod => selects(object, pod))
    .flatMap(missingImages)
  const [first] = waiting
  if (object.spec.paused === true) return `kubectl rollout resume ${kind}/${name} -n ${namespace}`
  if (first?.why === 'unreachable')
    return `its registry says nothing of ${first.image} (${first.description.split('": ').at(-1)}): see to the registry and wait; what runs goes on from the cache of its node, and nothing is rolled back for it`
  return `kubectl rollout status ${kind}/${name} -n ${namespace}; kubectl describe pods -n ${namespace}`
}

export const newestTemplatesRun = invariant({
  name: 'newest-templates-run',
  title: 'every workload runs its newest template, or is on its way to it',
  reason:
    'while an old ReplicaSet serves nobody misses the new one: a tag that was never pushed was found after nine days',
  subjects: policy =>
    policy.workloads.map(workload => ({
      ...workload,
      name: `${workload.namespace}/${workload.name}`,
      workload: workload.name,
    })),
  observe: () => [pods, leases, ...workloadQuestions],
  healedBy: [rollBackWorkload],
  judge({ kind, namespace, workload, warmUp }, answers, policy) {
    onlyWhereItRuns(answers)
    const object = workloadObject(answers, kind, namespace, workload)
    // That it is missing, or is not to run at all, is judged elsewhere.
    if (object === undefined || replicasOf(object) === 0) return []
    const expected = 'the newest template runs'
    const lower = kind.toLowerCase()
    const gone = neverPushed(answers, object, ms(warmUp))
    if (gone.length > 0) {
      // Their pods are replaced one by one, and one that waits is not: kubectl says so of
      // StatefulSets. @source Kubernetes, StatefulSet: forced rollback
      const stuck =
        kind === 'StatefulSet'
          ? ', then delete the pod that waits: a StatefulSet does not replace it by itself'
          : ''
      return gone.map(({ container, image }) => ({
        code: `image-missing:${container}`,
        seen: `container ${container} wants ${image}, and its registry says that there is no such image`,
        expected,
        remedy: `push the image, or kubectl rollout undo ${lower}/${workload} -n ${namespace}${stuck}; and name one that is there in its manifest`,
      }))
    }
    if (kind !== 'Deployment') return []
    if ((object.status?.observedGeneration ?? 0) < (object.metadata.generation ?? 0))
      unknown(
        `the Deployment controller has not looked at its newest template yet (generation ${object.metadata.generation}, seen ${object.status?.observedGeneration ?? 'none'})`,
      )
    const left = leftToRoll(object)
    if (left === 0) return []
    const { reason, since } = progressOf(object)
    if (Number.isNaN(since)) unknown('its controller does not say since when it is on its way')
    // Recreate takes the old pods away first, and until they are gone the condition tells of the
    // rollout before. @source Kubernetes v1.35, deployment controller: rolloutRecreate
    if (reason === 'NewReplicaSetAvailable')
      unknown('its controller takes the old pods away, and says nothing of its newest template yet')
    if (reason !== 'ProgressDeadlineExceeded' && answers.now - since <= ms(policy.budgets.stuckPod))
      return []
    return [
      {
        code: 'rollout-hangs',
        seen: `${left} of its pods are not of the newest template, and nothing has moved since ${formatDuration(answers.now - since)}${reason === '' ? '' : ` (${reason})`}`,
        expected,
        remedy: remedyOf(answers, object, lower),
      },
    ]
  },
})

verify(import.meta, workloadsHaveTheirReplicas, noPodIsUnknown, noPodIsStuck, newestTemplatesRun)
