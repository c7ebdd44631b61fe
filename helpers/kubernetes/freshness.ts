// The API repeats a kubelet's last report: it counts only while the kubelet renews its Lease.
import {
  unknown,
  formatDuration,
  type Pod,
  type Policy,
  type Question,
  type Answers,
} from '#src/model/index.ts'
import { nodeContainers } from '#helpers/docker/questions.ts'
import { nodeContainer } from '#helpers/docker/questions.ts'
import { leases, nodes, pods } from './questions.ts'

export { conditionOf } from '#src/kubernetes/object.ts'

/**
 * Longest age of a renewal before the reporter counts as silent, ms. @source Kubernetes default,
 * kubelet nodeLeaseDurationSeconds 40
 */
const grace = 40_000

/** The namespace of the kubelets' Leases. @source Kubernetes, node heartbeats */
const leaseNamespace = 'kube-node-lease'

/** The questions that freshness needs, beside an invariant's own. */
export const freshnessQuestions = (policy: Policy): readonly Question<unknown>[] => [
  leases,
  ...nodeContainers(policy),
]

/**
 * When the node's container last started; undefined outside a container or while Docker is silent.
 */
export function startOf(answers: Answers, policy: Policy, node: string): number | undefined {
  const container = policy.nodes.find(known => known.name === node)?.container
  if (container === undefined) return undefined
  const answer = answers.to(nodeContainer(container.name))
  return answer.kind === 'known' ? answer.value.startedAt : undefined
}

/** Why a node's reports are stale; undefined when they are fresh. */
export function staleness(answers: Answers, policy: Policy, node: string): string | undefined {
  const lease = answers(leases).find(
    candidate =>
      candidate.metadata.namespace === leaseNamespace && candidate.metadata.name === node,
  )
  const renewed = Date.parse(lease?.spec?.renewTime ?? '')
  if (Number.isNaN(renewed)) return `the kubelet of ${node} has no Lease`
  const age = answers.now - renewed
  if (age > grace)
    return (
      `the kubelet of ${node} has not renewed its Lease for ${formatDuration(age)}: ` +
      'the API shows its old state'
    )
  const started = startOf(answers, policy, node)
  if (started !== undefined && renewed < started) {
    return (
      `the kubelet of ${node} has not renewed its Lease since its node started ` +
      `${formatDuration(answers.now - started)} ago: the API shows its old state`
    )
  }
  return undefined
}

/** Makes the verdict unknown when the node's kubelet is silent. */
export function trust(answers: Answers, policy: Policy, node: string): void {
  const why = staleness(answers, policy, node)
  if (why !== undefined) unknown(why)
}

/** Makes the verdict unknown when any kubelet is silent: for sums such as a DaemonSet's counts. */
export function trustAll(answers: Answers, policy: Policy): void {
  for (const node of answers(nodes)) trust(answers, policy, node.metadata.name)
}

/**
 * Makes the verdict unknown when a pod's reported start is before its node's: the kubelet is back
 * and has not reported this pod yet.
 */
function trustPod(answers: Answers, policy: Policy, pod: Pod, node: string): void {
  const started = startOf(answers, policy, node)
  if (started === undefined) return
  const description = (pod.status?.containerStatuses ?? []).map(status =>
    Date.parse(status.state?.running?.startedAt ?? ''),
  )
  // The API reports whole seconds.
  if (description.some(since => since < Math.floor(started / 1000) * 1000)) {
    unknown(
      `pod ${pod.metadata.name} is said to run since before ${node} started ` +
        `${formatDuration(answers.now - started)} ago: its kubelet has not reported it since`,
    )
  }
}

/**
 * The pods that `belongs` selects; makes the verdict unknown where a kubelet is silent. A pod
 * without a node needs no kubelet.
 */
export function freshPods(
  answers: Answers,
  policy: Policy,
  belongs: (pod: Pod) => boolean,
): readonly Pod[] {
  const found = answers(pods).filter(belongs)
  for (const pod of found) {
    if (pod.spec.nodeName === undefined) continue
    trust(answers, policy, pod.spec.nodeName)
    trustPod(answers, policy, pod, pod.spec.nodeName)
  }
  return found
}
