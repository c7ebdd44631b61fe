// Keeps the EndpointSlices of a Service up to date. Pods with the same ports share a slice.
import { isDeepStrictEqual } from 'node:util'
import { copyOf } from '#lab/kernel/data.ts'
import type { FullPod, FullService, Meta } from '#lab/control/objects.ts'
import { freeName } from '#lab/control/workloads/owned-pods.ts'
import { ownedBy, ownerReference } from '#lab/control/workloads/ownership.ts'
import type { Control } from '#lab/control/work-queue.ts'
import { endpointOf, groupsByPorts, labelsOf, type Slice } from './slices.ts'

/** Time of the change that caused the endpoint. @source v1.35, EndpointsLastChangeTriggerTime */
const triggered = 'endpoints.kubernetes.io/last-change-trigger-time'

const managedByKey = 'endpointslice.kubernetes.io/managed-by'
const managedBy = 'endpointslice-controller.k8s.io'

/** Label of a slice with the name of its Service. */
export const serviceLabel = 'kubernetes.io/service-name'

type Content = Pick<Slice, 'endpoints' | 'ports'>

/** Writes the slices of a Service. Any existing slice is reused for any group of pods. */
export function syncSlices(control: Control, service: FullService, pods: readonly FullPod[]): void {
  const { store } = control.context
  const { namespace } = service.metadata
  const groups = groupsByPorts(service, pods)
  const free = store
    .list<Slice>('EndpointSlice', namespace)
    .filter(slice => ownedBy(slice, service) && slice.metadata.labels?.[managedByKey] === managedBy)
  for (const [key, group] of groups) {
    const same = free.findIndex(slice => JSON.stringify(slice.ports) === key)
    const [slice] = free.splice(Math.max(0, same), 1)
    const content = {
      endpoints: group.pods.length === 0 ? null : group.pods.map(pod => endpointOf(service, pod)),
      ports: group.ports,
    }
    if (slice === undefined) createSlice(control, service, content)
    else updateSlice(control, service, slice.metadata.name, content)
  }
  for (const slice of free) store.remove('EndpointSlice', namespace, slice.metadata.name)
}

const sliceLabels = (service: FullService): Record<string, string> =>
  labelsOf(service, { [managedByKey]: managedBy, [serviceLabel]: service.metadata.name })

function updateSlice(
  { context: { store } }: Control,
  service: FullService,
  slice: string,
  content: Content,
): void {
  store.update<Slice>('EndpointSlice', service.metadata.namespace, slice, draft => {
    if (!isDeepStrictEqual({ endpoints: draft.endpoints, ports: draft.ports }, content))
      draft.metadata.annotations = {
        ...draft.metadata.annotations,
        [triggered]: store.timestamp(),
      }
    Object.assign(draft, copyOf(content))
    draft.metadata.labels = sliceLabels(service)
  })
}

function createSlice(control: Control, service: FullService, content: Content): void {
  const { namespace, name } = service.metadata
  const { store } = control.context
  const metadata: Meta & { generateName: string } = {
    name: freeName(control, 'EndpointSlice', namespace, `${name}-`),
    generateName: `${name}-`,
    annotations: { [triggered]: store.timestamp() },
    ...(namespace !== undefined && { namespace }),
    labels: sliceLabels(service),
    ownerReferences: [ownerReference(service)],
  }
  store.create<Slice>({
    addressType: 'IPv4',
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata,
    ...content,
  })
}
