// CPU, memory and other resources: what pods request, and whether a node has enough left.
import { quantity } from '#lab/control/quantity.ts'
import type { FullPod, Node } from '#lab/control/objects.ts'
import type { Refusal } from './refusal.ts'

export type Resources = Record<string, number>

/** What a pod requests: the sum of its containers, or its largest init container. */
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

const used = (pods: readonly FullPod[], resource: string): number =>
  pods.reduce((sum, pod) => sum + (requestsOf(pod)[resource] ?? 0), 0)

/** How full a node would be with the pod added: the mean of CPU and memory; 1 is full. */
export function fullness(pod: FullPod, node: Node, there: readonly FullPod[]): number {
  const allocatable = node.status?.allocatable ?? {}
  const shares = ['cpu', 'memory'].map(
    name => used([pod, ...there], name) / (quantity(allocatable[name]) ?? Infinity),
  )
  return shares.reduce((sum, one) => sum + one, 0) / shares.length
}

/** The resources that a node lacks for a pod, given the pods already on the node. */
export function lacking(pod: FullPod, node: Node, there: readonly FullPod[]): Refusal | undefined {
  const allocatable = node.status?.allocatable
  if (allocatable === undefined) return undefined
  const most = quantity(allocatable['pods'])
  const texts = most !== undefined && there.length + 1 > most ? ['Too many pods'] : []
  let helpless = false
  for (const [name, wanted] of Object.entries(requestsOf(pod))) {
    const total = quantity(allocatable[name]) ?? 0
    if (wanted === 0 || used(there, name) + wanted <= total + 1e-9) continue
    texts.push(`Insufficient ${name}`)
    // The pod requests more than the node's total: evicting other pods would not help.
    if (wanted > total) helpless = true
  }
  return texts.length === 0 ? undefined : { reason: 'resources', texts, helpless }
}
