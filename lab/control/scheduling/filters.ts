// Why a node refuses a pod: the scheduler's filters, in upstream's order and with its messages.
import { satisfies } from '#lab/control/workloads/ownership.ts'
import type { FullPod, Node, NodeSelectorTerm, Toleration } from '#lab/control/objects.ts'
import type { Taint } from '#src/model/kube.ts'
import { hasEnded } from '#lab/control/pods.ts'
import type { Refusal } from './refusal.ts'
import { lacking } from './resources.ts'

export const unschedulableTaint = 'node.kubernetes.io/unschedulable'

/** Whether tolerations cover a taint; an empty key with Exists covers all. */
export function tolerates(tolerations: readonly Toleration[] | undefined, taint: Taint): boolean {
  return (tolerations ?? []).some(
    ({ key, operator, value, effect }) =>
      (effect === undefined || effect === '' || effect === taint.effect) &&
      (key === undefined || key === '' ? operator === 'Exists' : key === taint.key) &&
      (operator === 'Exists' || (value ?? '') === (taint.value ?? '')),
  )
}

/** Whether one of the taints keeps a pod off a node. */
export const keepsAway = (pod: FullPod, taints: readonly Taint[] | undefined): boolean =>
  (taints ?? []).some(
    taint =>
      (taint.effect === 'NoSchedule' || taint.effect === 'NoExecute') &&
      !tolerates(pod.spec.tolerations, taint),
  )

/** Whether a node matches one of the terms. */
export function matchesTerms(terms: readonly NodeSelectorTerm[], node: Node): boolean {
  return terms.some(
    term =>
      (term.matchExpressions ?? []).length + (term.matchFields ?? []).length > 0 &&
      (term.matchExpressions ?? []).every(expression =>
        satisfies(expression, node.metadata.labels?.[expression.key]),
      ) &&
      (term.matchFields ?? []).every(field =>
        satisfies(field, field.key === 'metadata.name' ? node.metadata.name : undefined),
      ),
  )
}

/** Whether a node matches the nodeSelector and the required node affinity of a pod. */
export function fitsAffinity(pod: FullPod, node: Node): boolean {
  const { nodeSelector = {}, affinity } = pod.spec
  const terms =
    affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
  return (
    Object.entries(nodeSelector).every(([key, value]) => node.metadata.labels?.[key] === value) &&
    (terms === undefined || matchesTerms(terms, node))
  )
}

const hostPorts = (pod: FullPod): string[] =>
  pod.spec.containers
    .flatMap(container => container.ports ?? [])
    .flatMap(port => {
      const host = port.hostPort ?? (pod.spec.hostNetwork === true ? port.containerPort : undefined)
      return host === undefined ? [] : [`${port.protocol ?? 'TCP'}/${host}`]
    })

/**
 * The refusal of the first filter that fails, or undefined if the node is suitable. `there`: the
 * pods that are or will be on the node. pod-volumes.ts judges volumes after these filters.
 * @source Kubernetes default, kube-scheduler plugins and their messages; taint and cordon as
 * measured on a v1.35 node
 */
export function refusal(pod: FullPod, node: Node, there: readonly FullPod[]): Refusal | undefined {
  const counted = there.filter(one => !hasEnded(one))
  if (
    node.spec?.unschedulable === true &&
    !tolerates(pod.spec.tolerations, { key: unschedulableTaint, effect: 'NoSchedule' })
  ) {
    return { reason: 'unschedulable', texts: ['node(s) were unschedulable'], helpless: true }
  }
  if (keepsAway(pod, node.spec?.taints))
    return { reason: 'taint', texts: ['node(s) had untolerated taint(s)'], helpless: true }
  if (!fitsAffinity(pod, node))
    return {
      reason: 'affinity',
      texts: ["node(s) didn't match Pod's node affinity/selector"],
      helpless: true,
    }
  const taken = new Set(counted.flatMap(hostPorts))
  if (hostPorts(pod).some(port => taken.has(port)))
    return {
      reason: 'ports',
      texts: ["node(s) didn't have free ports for the requested pod ports"],
      helpless: false,
    }
  return lacking(pod, node, counted)
}
