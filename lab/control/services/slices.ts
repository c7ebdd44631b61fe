// The shapes of EndpointSlices and Endpoints, and what both take from a Service and its pods.
import type { FullPod, FullService, KubeObject } from '#lab/control/objects.ts'
import { isReady, isTerminating } from '#lab/control/pods.ts'

export interface Port {
  name: string
  port: number
  protocol: string
}

export interface Endpoint {
  addresses: string[]
  conditions: { ready: boolean; serving: boolean; terminating: boolean }
  nodeName?: string
  targetRef: { kind: string; name: string; namespace?: string; uid?: string }
  hostname?: string
}

/** A slice as the API serves it: without pods its lists are null, not empty. */
export interface Slice extends KubeObject {
  addressType: string
  endpoints: Endpoint[] | null
  ports: Port[] | null
}

export interface Address {
  ip: string
  nodeName?: string
  targetRef: Endpoint['targetRef']
}

export interface Endpoints extends KubeObject {
  subsets?: {
    addresses?: Address[]
    notReadyAddresses?: Address[]
    ports?: { name?: string; port: number; protocol: string }[]
  }[]
}

/** The reference to a pod in an endpoint. */
export function targetOf(pod: FullPod): Endpoint['targetRef'] {
  const { name, namespace, uid } = pod.metadata
  return {
    kind: 'Pod',
    ...(namespace !== undefined && { namespace }),
    name,
    ...(uid !== undefined && { uid }),
  }
}

/** A pod as an endpoint of a Service. */
export function endpointOf(service: FullService, pod: FullPod): Endpoint {
  const serving = isReady(pod)
  const terminating = isTerminating(pod)
  const { nodeName, hostname } = pod.spec
  return {
    addresses: [pod.status?.podIP ?? ''],
    conditions: {
      ready: service.spec.publishNotReadyAddresses === true || (serving && !terminating),
      serving,
      terminating,
    },
    ...(hostname !== undefined && pod.spec.subdomain === service.metadata.name && { hostname }),
    ...(nodeName !== undefined && { nodeName }),
    targetRef: targetOf(pod),
  }
}

/** The labels of an object that a Service owns: those of the Service and `own`. */
export const labelsOf = (
  service: FullService,
  own: Record<string, string>,
): Record<string, string> => ({
  ...service.metadata.labels,
  ...own,
  ...(service.spec.clusterIP === 'None' && { 'service.kubernetes.io/headless': '' }),
})

/** The ports of a Service at one pod, without named target ports that the pod does not declare. */
export function portsAt(service: FullService, pod: FullPod): Port[] {
  return (service.spec.ports ?? []).flatMap(
    ({ name = '', port, targetPort = port, protocol = 'TCP' }) => {
      if (typeof targetPort === 'number') return [{ name, port: targetPort, protocol }]
      const named = pod.spec.containers
        .flatMap(container => container.ports ?? [])
        .find(one => one.name === targetPort && (one.protocol ?? 'TCP') === protocol)
      return named === undefined ? [] : [{ name, port: named.containerPort, protocol }]
    },
  )
}

/** Groups pods by the ports that the Service has at them. The key is these ports as JSON. */
export function groupsByPorts(
  service: FullService,
  pods: readonly FullPod[],
): Map<string, { ports: Port[] | null; pods: FullPod[] }> {
  const groups = new Map<string, { ports: Port[] | null; pods: FullPod[] }>()
  for (const pod of pods) {
    const ports = portsAt(service, pod)
    const key = JSON.stringify(ports)
    const group = groups.get(key) ?? { ports, pods: [] }
    group.pods.push(pod)
    groups.set(key, group)
  }
  if (groups.size === 0) groups.set('', { ports: null, pods: [] })
  return groups
}
