// The shapes of EndpointSlices and Endpoints, and the grouping of pods by their ports.
import type { FullPod, FullService, KubeObject } from '#lab/control/objects.ts'

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

/** A slice as the API has it: without pods its lists are null, not empty. */
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

/** A Service's ports at one pod, without named target ports that the pod does not declare. */
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

/** Pods by the ports that the Service has at them, keyed by those ports as JSON. */
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
