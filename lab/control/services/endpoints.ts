// The endpoint controllers: for each Service, the pods behind it and whether they are ready.
import type { Store, StoreEvent } from '#lab/kernel/store.ts'
import { delays } from '#lab/control/delays.ts'
import type { FullPod, FullService, KubeObject } from '#lab/control/objects.ts'
import { hasEnded, isTerminating } from '#lab/control/pods.ts'
import { selects } from '#lab/control/workloads/ownership.ts'
import type { Control, Controller, Queue } from '#lab/control/work-queue.ts'
import { keyOf, parts, workQueue } from '#lab/control/work-queue.ts'
import { serviceLabel, syncSlices } from './endpoint-slices.ts'
import { endpointsManagedBy, syncEndpoints } from './legacy-endpoints.ts'

class EndpointsController implements Controller {
  readonly #control: Control
  readonly #store: Store
  readonly #slices: Queue
  readonly #endpoints: Queue

  constructor(control: Control) {
    this.#control = control
    this.#store = control.context.store
    this.#slices = workQueue(control, delays.reconcile, key => this.#sync(key, syncSlices))
    this.#endpoints = workQueue(control, delays.reconcile, key => this.#sync(key, syncEndpoints))
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
    const managed = this.#store
      .list('Endpoints')
      .filter(one => one.metadata.labels?.[endpointsManagedBy] !== undefined)
    for (const one of managed)
      if (this.#store.get('Service', one.metadata.namespace, one.metadata.name) === undefined)
        this.#removeEndpoints(one)
  }

  /** Syncs a Service with the pods that it selects and that have an address. */
  #sync(key: string, sync: typeof syncSlices): void {
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
    sync(this.#control, service, pods)
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
