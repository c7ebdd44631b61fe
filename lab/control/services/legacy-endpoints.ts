// Keeps the Endpoints object of a Service up to date: the API that EndpointSlices replaced.
import type { FullPod, FullService } from '#lab/control/objects.ts'
import { isTerminating } from '#lab/control/pods.ts'
import type { Control } from '#lab/control/work-queue.ts'
import {
  endpointOf,
  labelsOf,
  portsAt,
  targetOf,
  type Address,
  type Endpoints,
  type Port,
} from './slices.ts'

export const endpointsManagedBy = 'endpoints.kubernetes.io/managed-by'

type Subsets = NonNullable<Endpoints['subsets']>

/** Writes the Endpoints of a Service. */
export function syncEndpoints(
  { context: { store } }: Control,
  service: FullService,
  pods: readonly FullPod[],
): void {
  const { namespace, name } = service.metadata
  const subsets = subsetsOf(service, pods)
  const labels = labelsOf(service, { [endpointsManagedBy]: 'endpoint-controller' })
  if (store.get('Endpoints', namespace, name) === undefined) {
    store.create<Endpoints>({
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { name, ...(namespace !== undefined && { namespace }), labels },
      ...(subsets.length > 0 && { subsets }),
    })
    return
  }
  store.update<Endpoints>('Endpoints', namespace, name, draft => {
    draft.metadata.labels = labels
    if (subsets.length > 0) draft.subsets = subsets
    else delete draft.subsets
  })
}

/**
 * Addresses by ports. A terminating pod counts only if the Service publishes pods that are not
 * ready.
 */
function subsetsOf(service: FullService, pods: readonly FullPod[]): Subsets {
  const groups = new Map<string, { ports: Port[]; ready: Address[]; notReady: Address[] }>()
  for (const pod of pods) {
    const { ready } = endpointOf(service, pod).conditions
    if (isTerminating(pod) && !ready) continue
    const ports = portsAt(service, pod)
    const group = groups.get(JSON.stringify(ports)) ?? { ports, ready: [], notReady: [] }
    const { nodeName } = pod.spec
    group[ready ? 'ready' : 'notReady'].push({
      ip: pod.status?.podIP ?? '',
      ...(nodeName !== undefined && { nodeName }),
      targetRef: targetOf(pod),
    })
    groups.set(JSON.stringify(ports), group)
  }
  return [...groups.values()].map(({ ports, ready, notReady }) => ({
    ...(ready.length > 0 && { addresses: ready }),
    ...(notReady.length > 0 && { notReadyAddresses: notReady }),
    ports: ports.map(({ name, ...rest }) => ({ ...(name !== '' && { name }), ...rest })),
  }))
}
