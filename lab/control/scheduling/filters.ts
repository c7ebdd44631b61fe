// Why a node does not take a pod: the scheduler's filters, in their order, with their texts.
import { quantity } from '#lab/control/quantity.ts'
import { satisfies } from '#lab/control/workloads/ownership.ts'
import type { FullPod, Node, NodeSelectorTerm, Toleration } from '#lab/control/objects.ts'
import type { Taint } from '#src/model/kube.ts'
import { hasEnded } from '#lab/control/pods.ts'

/** What has to change before the pod is worth another try. */
export type Reason = 'unschedulable' | 'taint' | 'affinity' | 'ports' | 'resources' | 'volumes'

/** Why not; `helpless`: no pod that gave way would change it. */
export interface Refusal {
  reason: Reason
  texts: string[]
  helpless: boolean
}

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

export const keepsAway = (pod: FullPod, taints: readonly Taint[] | undefined): boolean =>
  (taints ?? []).some(
    taint =>
      (taint.effect === 'NoSchedule' || taint.effect === 'NoExecute') &&
      !tolerates(pod.spec.tolerations, taint),
  )

/** Whether a node is what one of the terms describes. */
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

/** nodeSelector and required node affinity. */
export function fitsAffinity(pod: FullPod, node: Node): boolean {
  const { nodeSelector = {}, affinity } = pod.spec
  const terms =
    affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
  return (
    Object.entries(nodeSelector).every(([key, value]) => node.metadata.labels?.[key] === value) &&
    (terms === undefined || matchesTerms(terms, node))
  )
}

export type Resources = Record<string, number>

/** What a pod asks for: its containers together, or its hungriest init container. */
export function requestsOf(pod: FullPod): Resources {
  const sum: Resources = {}
  for (const container of pod.spec.containers) {
    for (const [name, amount] of Object.entries(
      container.resources?.requests ?? container.resources?.limits ?? {},
    ))
      sum[name] = (sum[name] ?? 0) + (quantity(amount) ?? 0)
  }
  for (const container of pod.spec.initContainers ?? []) {
    for (const [name, amount] of Object.entries(container.resources?.requests ?? {})) {
      const asked = quantity(amount) ?? 0
      sum[name] =
        container.restartPolicy === 'Always'
          ? (sum[name] ?? 0) + asked
          : Math.max(sum[name] ?? 0, asked)
    }
  }
  return sum
}

const hostPorts = (pod: FullPod): string[] =>
  pod.spec.containers
    .flatMap(container => container.ports ?? [])
    .flatMap(port => {
      const host = port.hostPort ?? (pod.spec.hostNetwork === true ? port.containerPort : undefined)
      return host === undefined ? [] : [`${port.protocol ?? 'TCP'}/${host}`]
    })

/** How full a node is with the pods that it has, 0 to 1 and above: the mean over CPU and memory. */
export function fullness(pod: FullPod, node: Node, there: readonly FullPod[]): number {
  const allocatable = node.status?.allocatable ?? {}
  const shares = ['cpu', 'memory'].map(
    name =>
      [pod, ...there].reduce((sum, one) => sum + (requestsOf(one)[name] ?? 0), 0) /
      (quantity(allocatable[name]) ?? Infinity),
  )
  return shares.reduce((sum, one) => sum + one, 0) / shares.length
}

function lacking(pod: FullPod, node: Node, there: readonly FullPod[]): Refusal | undefined {
  const allocatable = node.status?.allocatable
  if (allocatable === undefined) return undefined
  const most = quantity(allocatable['pods'])
  const asked = requestsOf(pod)
  const texts = most !== undefined && there.length + 1 > most ? ['Too many pods'] : []
  let helpless = false
  for (const name of Object.keys(asked)) {
    const total = quantity(allocatable[name]) ?? 0
    const used = there.reduce((sum, one) => sum + (requestsOf(one)[name] ?? 0), 0)
    const wanted = asked[name] ?? 0
    if (wanted === 0 || used + wanted <= total + 1e-9) continue
    texts.push(`Insufficient ${name}`)
    // More than the node has in total: removing other pods would not help.
    if (wanted > total) helpless = true
  }
  return texts.length === 0 ? undefined : { reason: 'resources', texts, helpless }
}

/**
 * The first filter that refuses, or undefined where the node would do. `there`: pods that are or
 * will be on the node.
 * Volumes are judged apart, after these.
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

/**
 * The message of FailedScheduling: reasons with the number of their nodes in alphabetical order,
 * then why preemption does not help.
 */
export function failureText(nodes: number, refusals: readonly Refusal[]): string {
  const counts = new Map<string, number>()
  for (const text of refusals.flatMap(one => one.texts))
    counts.set(text, (counts.get(text) ?? 0) + 1)
  const reasons = [...counts]
    .map(([text, count]) => `${count} ${text}`)
    .toSorted((a, b) => (a < b ? -1 : 1))
    .join(', ')
  const helpless = refusals.filter(one => one.helpless).length
  return `0/${nodes} nodes are available: ${reasons}. ${preemptionText(nodes, helpless)}`
}

/** The end of that text; `helpless`: the number of nodes on which no pod's leaving would help. */
export function preemptionText(nodes: number, helpless: number): string {
  const ways = [
    ...(nodes - helpless > 0
      ? [`${nodes - helpless} No preemption victims found for incoming pod`]
      : []),
    ...(helpless > 0 ? [`${helpless} Preemption is not helpful for scheduling`] : []),
  ]
    .toSorted((a, b) => (a < b ? -1 : 1))
    .join(', ')
  return `no new claims to deallocate, preemption: 0/${nodes} nodes are available: ${ways}.`
}
