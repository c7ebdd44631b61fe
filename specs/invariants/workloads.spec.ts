// Workloads: each has the replicas it should have, and no pod is stuck or Unknown.
import { deleteUnknownPods } from '#helpers/kubernetes/fixes/pods.ts'
import { rollBackWorkload } from '#helpers/kubernetes/fixes/rollback.ts'
import {
  fact,
  formatDuration,
  invariant,
  ms,
  notApplicable,
  unknown,
  verify,
  type Answers,
  type Pod,
  type Policy,
  type WorkloadObject,
} from '#helpers/index.ts'
import { freshPods, freshnessQuestions } from '#helpers/kubernetes/freshness.ts'
import { leases, pods } from '#helpers/kubernetes/questions.ts'
import { leftToRoll, missingImages, neverPushed, progressOf } from '#helpers/kubernetes/rollouts.ts'
import {
  availableOf,
  finished,
  isHopeless,
  isReady,
  isReplaced,
  replicasOf,
  selects,
  troubleOf,
  unreadySince,
  workloadObject,
  workloadQuestions,
} from '#helpers/kubernetes/workloads.ts'

/** Not applicable before the first deploy: no kubelet has started a pod yet. */
function onlyWhereItRuns(answers: Answers): void {
  const beats = answers.to(leases)
  if (beats.kind === 'absent') notApplicable(beats.why)
}

const namespaces = (policy: Policy) =>
  policy.namespaces.map(name => ({ name: `namespace ${name}`, namespace: name }))

const workloads = (policy: Policy) =>
  policy.workloads.map(workload => ({
    ...workload,
    name: `${workload.namespace}/${workload.name}`,
    workload: workload.name,
  }))
type Workload = Omit<ReturnType<typeof workloads>[number], 'name'>

const workloadMissing = fact('workload-missing', (workload: Workload) => ({
  seen: `there is no ${workload.kind} ${workload.namespace}/${workload.workload}`,
  expected: `${workload.replicas} ready`,
  remedy: 'apply its manifest',
}))

/** A DaemonSet cannot be scaled: it runs one pod on each node that matches. */
const wrongReplicas = fact('wrong-replicas', (workload: Workload, set: number | undefined) => {
  const { kind, namespace, workload: name, replicas } = workload
  const expected = `${replicas} ready`
  if (kind === 'DaemonSet')
    return {
      seen: `${set ?? 0} nodes match it`,
      expected,
      remedy:
        `kubectl describe daemonset/${name} -n ${namespace}: ` +
        'compare its nodeSelector and tolerations with the nodes',
    }
  return {
    seen: `it is set to ${set}`,
    expected,
    remedy:
      `kubectl scale ${kind.toLowerCase()}/${name} -n ${namespace} --replicas=${replicas}, ` +
      `or change the policy if ${set} is meant`,
  }
})

const tooFewReady = fact(
  'too-few-ready',
  ({ namespace, replicas }: Workload, available: number, own: readonly Pod[]) => ({
    seen: [
      `${available} ready`,
      ...own.filter(pod => !isReady(pod)).map(pod => `${pod.metadata.name}: ${troubleOf(pod)}`),
    ].join('; '),
    expected: `${replicas} ready`,
    remedy: `kubectl describe pods -n ${namespace}; kubectl get events -n ${namespace}`,
  }),
)

export const workloadsHaveTheirReplicas = invariant({
  name: 'workloads-have-their-replicas',
  title: 'every workload has as many ready replicas as the policy wants',
  reason: 'scaled to zero on purpose is healthy; one replica short can be an outage',
  subjects: workloads,
  observe: policy => [pods, ...workloadQuestions, ...freshnessQuestions(policy)],
  facts: [workloadMissing, wrongReplicas, tooFewReady],
  judge(wanted, answers, policy) {
    onlyWhereItRuns(answers)
    const object = workloadObject(answers, wanted.kind, wanted.namespace, wanted.workload)
    if (object === undefined) return workloadMissing(wanted)
    const set = replicasOf(object)
    if (set !== wanted.replicas) return wrongReplicas(wanted, set)
    const available = availableOf(object)
    const own = answers(pods).filter(pod => selects(object, pod) && !finished(pod))
    if (Math.min(available, own.filter(isReady).length) < wanted.replicas)
      return tooFewReady(wanted, available, own)
    // Enough of them, if the kubelets behind these numbers still report.
    freshPods(answers, policy, pod => selects(object, pod))
    return undefined
  },
})

const podUnknown = fact('pod-unknown', (pod: Pod, now: number) => {
  const { name, namespace } = pod.metadata
  return {
    which: name,
    seen: `${name} has been Unknown for ${formatDuration(now - unreadySince(pod))}`,
    expected: 'it runs, or its controller replaces it',
    remedy: `kubectl delete pod ${name} -n ${namespace} --force --grace-period=0`,
  }
})

export const noPodIsUnknown = invariant({
  name: 'no-pod-is-unknown',
  title: 'no pod is Unknown',
  reason: 'a pod in phase Unknown keeps its name and its claim, and no controller replaces it',
  subjects: namespaces,
  observe: policy => [pods, ...freshnessQuestions(policy)],
  healedBy: [deleteUnknownPods],
  facts: [podUnknown],
  judge({ namespace }, answers, policy) {
    onlyWhereItRuns(answers)
    const isHere = (pod: Pod) => pod.metadata.namespace === namespace
    const found = answers(pods).filter(pod => isHere(pod) && pod.status?.phase === 'Unknown')
    if (found.length === 0) freshPods(answers, policy, isHere)
    return found.map(pod => podUnknown(pod, answers.now))
  },
})

const podStuck = fact('pod-stuck', (pod: Pod, now: number, budget: string) => {
  const { name, namespace } = pod.metadata
  const since = formatDuration(now - unreadySince(pod))
  return {
    which: name,
    seen: `${name} has not been ready for ${since}: ${troubleOf(pod)}`,
    expected: `ready within ${budget}`,
    remedy: isHopeless(pod)
      ? `kubectl describe pod ${name} -n ${namespace}: waiting does not help`
      : `kubectl get events -n ${namespace} --field-selector involvedObject.name=${name}`,
  }
})

export const noPodIsStuck = invariant({
  name: 'no-pod-is-stuck',
  title: 'no pod has been starting or stopping longer than its budget',
  reason: 'an old ReplicaSet serves while its successor fails, so the failure raises no alarm',
  subjects: namespaces,
  observe: policy => [pods, ...freshnessQuestions(policy)],
  facts: [podStuck],
  judge({ namespace }, answers, policy) {
    onlyWhereItRuns(answers)
    const { stuckPod } = policy.budgets
    const isHere = (pod: Pod) => pod.metadata.namespace === namespace
    const here = answers(pods).filter(pod => isHere(pod) && !finished(pod) && !isReplaced(pod))
    const isLate = (pod: Pod) => answers.now - unreadySince(pod) > ms(stuckPod)
    const stuck = here.filter(pod => !isReady(pod) && isLate(pod))
    if (stuck.length > 0) return stuck.map(pod => podStuck(pod, answers.now, stuckPod))
    freshPods(answers, policy, isHere)
    const undated = here.find(pod => Number.isNaN(unreadySince(pod)))
    if (undated === undefined) return undefined
    return unknown(`pod ${undated.metadata.name} does not show when it stopped being ready`)
  },
})

const newest = 'the newest template runs'

/** A pod of a StatefulSet that waits is not replaced. @source Kubernetes, forced rollback */
const imageMissing = fact(
  'image-missing',
  ({ kind, metadata: { name, namespace } }: WorkloadObject, container: string, image: string) => ({
    which: container,
    seen: `container ${container} wants ${image}, and its registry has no such image`,
    expected: newest,
    remedy:
      `push the image, or kubectl rollout undo ${kind.toLowerCase()}/${name} -n ${namespace}` +
      (kind === 'StatefulSet'
        ? ', then delete the pod that waits: a StatefulSet does not replace it by itself'
        : '') +
      '; and name one that is there in its manifest',
  }),
)

/** The remedy for a rollout that does not move, by what its pods wait for. */
function remedyOf(answers: Answers, object: WorkloadObject): string {
  const target = `deployment/${object.metadata.name} -n ${object.metadata.namespace}`
  const [first] = answers(pods)
    .filter(pod => selects(object, pod))
    .flatMap(missingImages)
  if (object.spec.paused === true) return `kubectl rollout resume ${target}`
  if (first?.why === 'unreachable')
    return (
      `its registry does not answer for ${first.image} ` +
      `(${first.description.split('": ').at(-1)}): repair the registry and wait; ` +
      'running pods keep their images, so no rollback is needed'
    )
  const { namespace } = object.metadata
  return `kubectl rollout status ${target}; kubectl describe pods -n ${namespace}`
}

const rolloutHangs = fact('rollout-hangs', (answers: Answers, object: WorkloadObject) => {
  const { reason, since } = progressOf(object)
  const why = reason === '' ? '' : ` (${reason})`
  return {
    seen:
      `${leftToRoll(object)} of its pods are not of the newest template, ` +
      `without progress for ${formatDuration(answers.now - since)}${why}`,
    expected: newest,
    remedy: remedyOf(answers, object),
  }
})

/** Whether a rollout has stopped; unknown until its controller has reported enough. */
function hangs(answers: Answers, object: WorkloadObject, budget: number): boolean {
  const { reason, since } = progressOf(object)
  if (Number.isNaN(since)) unknown('its controller does not report when the rollout last moved')
  // Recreate removes the old pods first; until they are gone the condition describes the previous
  // rollout. @source Kubernetes v1.35, deployment controller: rolloutRecreate
  if (reason === 'NewReplicaSetAvailable')
    unknown('its controller removes the old pods and does not report on the newest template yet')
  return reason === 'ProgressDeadlineExceeded' || answers.now - since > budget
}

function onlySeenByItsController({ metadata, status }: WorkloadObject): void {
  if ((status?.observedGeneration ?? 0) < (metadata.generation ?? 0))
    unknown(
      'the Deployment controller has not processed its newest template yet ' +
        `(generation ${metadata.generation}, seen ${status?.observedGeneration ?? 'none'})`,
    )
}

export const newestTemplatesRun = invariant({
  name: 'newest-templates-run',
  title: 'every workload runs its newest template or is still rolling out',
  reason: 'while an old ReplicaSet serves, a new one that cannot start goes unnoticed',
  subjects: workloads,
  observe: () => [pods, leases, ...workloadQuestions],
  healedBy: [rollBackWorkload],
  facts: [imageMissing, rolloutHangs],
  judge({ kind, namespace, workload, warmUp }, answers, policy) {
    onlyWhereItRuns(answers)
    const object = workloadObject(answers, kind, namespace, workload)
    // workloads-have-their-replicas judges whether it is there and scaled.
    if (object === undefined || replicasOf(object) === 0) return undefined
    const gone = neverPushed(answers, object, ms(warmUp))
    if (gone.length > 0)
      return gone.map(({ container, image }) => imageMissing(object, container, image))
    if (kind !== 'Deployment') return undefined
    onlySeenByItsController(object)
    if (leftToRoll(object) === 0) return undefined
    return hangs(answers, object, ms(policy.budgets.stuckPod)) && rolloutHangs(answers, object)
  },
})

verify(import.meta, workloadsHaveTheirReplicas, noPodIsUnknown, noPodIsStuck, newestTemplatesRun)
