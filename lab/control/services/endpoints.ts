// EndpointSlices and Endpoints: the pods behind a Service, and whether they are ready.
import type { Store, StoreEvent } from '#lab/kernel/store.ts'
import { copyOf } from '#lab/kernel/data.ts'
import { isDeepStrictEqual } from 'node:util'
import { delays } from '#lab/control/delays.ts'
import type { FullPod, FullService, KubeObject, Meta } from '#lab/control/objects.ts'
import { ownedBy, ownerReference, selects } from '#lab/control/workloads/ownership.ts'
import { hasEnded, isReady, isTerminating } from '#lab/control/pods.ts'
import { freeName } from '#lab/control/workloads/owned-pods.ts'
import {
  groupsByPorts,
  portsAt,
  type Address,
  type Endpoint,
  type Endpoints,
  type Port,
  type Slice,
} from './slices.ts'
import type { Control, Controller, Queue } from '#lab/control/work-queue.ts'
import { keyOf, parts, workQueue } from '#lab/control/work-queue.ts'

/** Time of the change that caused the endpoint. @source v1.35, EndpointsLastChangeTriggerTime */
const triggered = 'endpoints.kubernetes.io/last-change-trigger-time'

const managedBy = 'endpointslice-controller.k8s.io'
const serviceLabel = 'kubernetes.io/service-name'

class EndpointsController implements Controller {
  readonly #control: Control
  readonly #store: Store
  readonly #slices: Queue
  readonly #endpoints: Queue

  constructor(control: Control) {
    this.#control = control
    this.#store = control.context.store
    this.#slices = workQueue(control, delays.reconcile, key =>
      this.#withService(key, (service, pods) => this.#syncSlices(service, pods)),
    )
    this.#endpoints = workQueue(control, delays.reconcile, key =>
      this.#withService(key, (service, pods) => this.#syncEndpoints(service, pods)),
    )
  }

  on({ type, object, before }: StoreEvent): void {
    if (object.kind === 'Service') {
      // Endpoints have no owner reference: they follow the Service of their name.
      if (type === 'DELETED') this.#removeEndpoints(object)
      else this.#add(keyOf(object))
    }
    if (object.kind === 'EndpointSlice' && type === 'DELETED') {
      const service = object.metadata.labels?.[serviceLabel]
      if (service !== undefined) this.#add(`${object.metadata.namespace}/${service}`)
    }
    if (object.kind !== 'Pod') return
    this.#addSelecting(object)
    if (
      before !== undefined &&
      JSON.stringify(before.metadata.labels) !== JSON.stringify(object.metadata.labels)
    )
      this.#addSelecting(before)
  }

  all(): void {
    for (const service of this.#store.list('Service')) this.#add(keyOf(service))
    const left = this.#store
      .list('Endpoints')
      .filter(one => one.metadata.labels?.['endpoints.kubernetes.io/managed-by'] !== undefined)
    for (const one of left)
      if (this.#store.get('Service', one.metadata.namespace, one.metadata.name) === undefined)
        this.#removeEndpoints(one)
  }

  #withService(key: string, sync: (service: FullService, pods: readonly FullPod[]) => void): void {
    const { namespace, name } = parts(key)
    const service = this.#store.get<FullService>('Service', namespace, name)
    // The garbage collector removes the slices of a deleted Service by their owner reference.
    if (service?.spec.selector === undefined || isTerminating(service)) return
    const { selector } = service.spec
    const pods = this.#store
      .list<FullPod>('Pod', namespace)
      .filter(
        pod =>
          selects({ matchLabels: selector }, pod.metadata.labels) &&
          pod.status?.podIP !== undefined &&
          pod.status.podIP !== '' &&
          !hasEnded(pod),
      )
    sync(service, pods)
  }

  #targetRef(pod: FullPod): Endpoint['targetRef'] {
    const { name, namespace, uid } = pod.metadata
    return {
      kind: 'Pod',
      ...(namespace !== undefined && { namespace }),
      name,
      ...(uid !== undefined && { uid }),
    }
  }

  #endpoint(service: FullService, pod: FullPod): Endpoint {
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
      targetRef: this.#targetRef(pod),
    }
  }

  #labels(service: FullService, own: Record<string, string>): Record<string, string> {
    return {
      ...service.metadata.labels,
      ...own,
      ...(service.spec.clusterIP === 'None' && { 'service.kubernetes.io/headless': '' }),
    }
  }

  /** Pods with the same ports share a slice. Existing slices are reused for any group of pods. */
  #syncSlices(service: FullService, pods: readonly FullPod[]): void {
    const { namespace } = service.metadata
    const groups = groupsByPorts(service, pods)
    const free = this.#store
      .list<Slice>('EndpointSlice', namespace)
      .filter(
        slice =>
          ownedBy(slice, service) &&
          slice.metadata.labels?.['endpointslice.kubernetes.io/managed-by'] === managedBy,
      )
    for (const [key, group] of groups) {
      const same = free.findIndex(slice => JSON.stringify(slice.ports) === key)
      const [slice] = free.splice(Math.max(0, same), 1)
      const content = {
        endpoints:
          group.pods.length === 0 ? null : group.pods.map(pod => this.#endpoint(service, pod)),
        ports: group.ports,
      }
      if (slice === undefined) this.#make(service, content)
      else this.#updateSlice(service, slice.metadata.name, content)
    }
    for (const slice of free) this.#store.remove('EndpointSlice', namespace, slice.metadata.name)
  }

  #updateSlice(
    service: FullService,
    slice: string,
    content: Pick<Slice, 'endpoints' | 'ports'>,
  ): void {
    const { namespace, name } = service.metadata
    this.#store.update<Slice>('EndpointSlice', namespace, slice, draft => {
      if (!isDeepStrictEqual({ endpoints: draft.endpoints, ports: draft.ports }, content))
        draft.metadata.annotations = {
          ...draft.metadata.annotations,
          [triggered]: this.#store.timestamp(),
        }
      Object.assign(draft, copyOf(content))
      draft.metadata.labels = this.#labels(service, {
        'endpointslice.kubernetes.io/managed-by': managedBy,
        [serviceLabel]: name,
      })
    })
  }

  #make(service: FullService, content: Pick<Slice, 'endpoints' | 'ports'>): void {
    const { namespace, name } = service.metadata
    const metadata: Meta & { generateName: string } = {
      name: freeName(this.#control, 'EndpointSlice', namespace, `${name}-`),
      generateName: `${name}-`,
      annotations: { [triggered]: this.#store.timestamp() },
      ...(namespace !== undefined && { namespace }),
      labels: this.#labels(service, {
        'endpointslice.kubernetes.io/managed-by': managedBy,
        [serviceLabel]: name,
      }),
      ownerReferences: [ownerReference(service)],
    }
    this.#store.create<Slice>({
      addressType: 'IPv4',
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata,
      ...content,
    })
  }

  /** Addresses by ports; a terminating pod counts only where the Service publishes unready ones. */
  #subsets(service: FullService, pods: readonly FullPod[]): NonNullable<Endpoints['subsets']> {
    const groups = new Map<string, { ports: Port[]; ready: Address[]; notReady: Address[] }>()
    for (const pod of pods) {
      const { ready } = this.#endpoint(service, pod).conditions
      if (isTerminating(pod) && !ready) continue
      const ports = portsAt(service, pod)
      const group = groups.get(JSON.stringify(ports)) ?? { ports, ready: [], notReady: [] }
      const { nodeName } = pod.spec
      group[ready ? 'ready' : 'notReady'].push({
        ip: pod.status?.podIP ?? '',
        ...(nodeName !== undefined && { nodeName }),
        targetRef: this.#targetRef(pod),
      })
      groups.set(JSON.stringify(ports), group)
    }
    return [...groups.values()].map(({ ports, ready, notReady }) => ({
      ...(ready.length > 0 && { addresses: ready }),
      ...(notReady.length > 0 && { notReadyAddresses: notReady }),
      ports: ports.map(({ name: port, ...rest }) => ({
        ...(port !== '' && { name: port }),
        ...rest,
      })),
    }))
  }

  #syncEndpoints(service: FullService, pods: readonly FullPod[]): void {
    const { namespace, name } = service.metadata
    const subsets = this.#subsets(service, pods)
    const own = this.#labels(service, {
      'endpoints.kubernetes.io/managed-by': 'endpoint-controller',
    })
    if (this.#store.get('Endpoints', namespace, name) === undefined) {
      this.#store.create<Endpoints>({
        apiVersion: 'v1',
        kind: 'Endpoints',
        metadata: { name, ...(namespace !== undefined && { namespace }), labels: own },
        ...(subsets.length > 0 && { subsets }),
      })
      return
    }
    this.#store.update<Endpoints>('Endpoints', namespace, name, draft => {
      draft.metadata.labels = own
      if (subsets.length > 0) draft.subsets = subsets
      else delete draft.subsets
    })
  }

  #add(key: string): void {
    this.#slices.add(key)
    this.#endpoints.add(key)
  }

  /** Queues the Services that select an object by its labels. */
  #addSelecting(object: KubeObject): void {
    for (const service of this.#store.list<FullService>('Service', object.metadata.namespace)) {
      if (
        service.spec.selector !== undefined &&
        selects({ matchLabels: service.spec.selector }, object.metadata.labels)
      )
        this.#add(keyOf(service))
    }
  }

  #removeEndpoints(object: KubeObject): void {
    const { namespace, name } = object.metadata
    this.#control.context.clock.after(delays.reconcile.from, () => {
      if (this.#control.working() && this.#store.get('Service', namespace, name) === undefined)
        this.#store.remove('Endpoints', namespace, name)
    })
  }
}

export const endpointsController = (control: Control): Controller =>
  new EndpointsController(control)
