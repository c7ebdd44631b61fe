// local-path: the provisioner that turns a folder of a node into a volume, and removes both again.
import type { Store, StoreEvent } from '#lab/kernel/store.ts'
import { delays } from '#lab/control/delays.ts'
import { recordEvent } from '#lab/control/events/events.ts'
import { deleteObject } from '#lab/control/objects/deletion.ts'
import type { Claim, Deployment, FullPod, FullVolume, KubeObject } from '#lab/control/objects.ts'
import { hasEnded, isReady, isTerminating } from '#lab/control/pods.ts'
import { classOf, selectedNodeKey } from '#lab/control/scheduling/volumes.ts'
import { ownedBy, selects } from '#lab/control/workloads/ownership.ts'
import type { Control, Controller, Queue } from '#lab/control/work-queue.ts'
import { draw, keyOf, parts, workQueue } from '#lab/control/work-queue.ts'
import { provisionedBy, provisioner, volumeOf } from './local-path-volume.ts'
import { provisionerKey } from './volume-request.ts'

const deploymentName = 'local-path-provisioner'

class LocalPathProvisioner implements Controller {
  readonly #control: Control
  readonly #storagePath: string
  readonly #store: Store
  /** Uids of the claims and volumes that a pod on the node is working on. */
  readonly #busy = new Set<string>()
  readonly #claims: Queue
  readonly #volumes: Queue
  #instance: string | undefined

  constructor(control: Control, storagePath: string) {
    this.#control = control
    this.#storagePath = storagePath
    this.#store = control.context.store
    this.#claims = workQueue(control, delays.reconcile, key => {
      const { namespace, name } = parts(key)
      const claim = this.#store.get<Claim>('PersistentVolumeClaim', namespace, name)
      if (claim !== undefined) this.#provision(claim)
    })
    this.#volumes = workQueue(control, delays.reconcile, name => {
      const volume = this.#store.get<FullVolume>('PersistentVolume', undefined, name)
      if (volume !== undefined) this.#reclaim(volume)
    })
  }

  on({ type, object }: StoreEvent): void {
    if (type !== 'DELETED' && object.kind === 'PersistentVolumeClaim')
      this.#claims.add(keyOf(object))
    if (type !== 'DELETED' && object.kind === 'PersistentVolume') this.#volumes.add(keyOf(object))
    // When the provisioner's own pod becomes ready, it lists what has waited for it. The kind
    // implies the type.
    if (type === 'MODIFIED' && object.kind === 'Pod' && this.#isReadyInstance(object as FullPod))
      this.all()
  }

  all(): void {
    for (const claim of this.#store.list('PersistentVolumeClaim')) this.#claims.add(keyOf(claim))
    for (const volume of this.#store.list('PersistentVolume')) this.#volumes.add(keyOf(volume))
  }

  #isReadyInstance(pod: FullPod): boolean {
    return this.#store
      .list<Deployment>('Deployment')
      .some(one => one.metadata.name === deploymentName && isPodOf(pod, one) && isReady(pod))
  }

  /**
   * The name of the provisioner's running pod. A world without its Deployment counts as one in
   * which it runs.
   */
  #running(): string | undefined {
    const deployment = this.#store
      .list<Deployment>('Deployment')
      .find(one => one.metadata.name === deploymentName)
    if (deployment === undefined) return deploymentName
    return this.#store
      .list<FullPod>('Pod', deployment.metadata.namespace)
      .find(
        pod =>
          selects(deployment.spec.selector, pod.metadata.labels) &&
          isReady(pod) &&
          !isTerminating(pod) &&
          !hasEnded(pod),
      )?.metadata.name
  }

  #report(claim: Claim, reason: string, message: string): void {
    this.#instance ??= this.#control.random.uuid()
    recordEvent(this.#control.context, {
      about: claim,
      type: 'Normal',
      reason,
      message,
      component: `${provisioner}_${this.#running() ?? ''}_${this.#instance}`,
    })
  }

  #wants(claim: Claim): boolean {
    return (
      claim.spec.volumeName === undefined &&
      !isTerminating(claim) &&
      classOf(this.#control, claim)?.provisioner === provisioner &&
      claim.metadata.annotations?.[provisionerKey] === provisioner &&
      claim.metadata.annotations[selectedNodeKey] !== undefined
    )
  }

  #provision(claim: Claim): void {
    const uid = claim.metadata.uid ?? ''
    if (
      !this.#wants(claim) ||
      this.#busy.has(uid) ||
      this.#running() === undefined ||
      this.#store.get('PersistentVolume', undefined, `pvc-${uid}`) !== undefined
    )
      return
    this.#report(
      claim,
      'Provisioning',
      `External provisioner is provisioning volume for claim "${keyOf(claim)}"`,
    )
    this.#afterPod(
      claim,
      this.#claims,
      current => this.#wants(current),
      current => this.#create(current),
    )
  }

  #create(claim: Claim): void {
    const reclaimPolicy = classOf(this.#control, claim)?.reclaimPolicy ?? 'Delete'
    const volume = volumeOf(claim, this.#storagePath, reclaimPolicy)
    this.#store.create(volume)
    const message = `Successfully provisioned volume ${volume.metadata.name}`
    this.#report(claim, 'ProvisioningSucceeded', message)
  }

  /** Reclaim policy Delete: removes the folder, then the volume. */
  #reclaim(volume: FullVolume): void {
    if (
      !isReclaimable(volume) ||
      isTerminating(volume) ||
      this.#busy.has(volume.metadata.uid ?? '') ||
      this.#running() === undefined
    )
      return
    this.#afterPod(volume, this.#volumes, isReclaimable, current =>
      deleteObject(this.#control, current),
    )
  }

  /**
   * Finishes the work on an object once a short-lived pod on the node has made or removed the
   * folder, if the object still needs it. Requeues the object if the provisioner has stopped.
   */
  #afterPod<T extends KubeObject>(
    object: T,
    queue: Queue,
    needsIt: (current: T) => boolean,
    finish: (current: T) => void,
  ): void {
    const { namespace, name, uid = '' } = object.metadata
    this.#busy.add(uid)
    this.#control.context.clock.after(draw(this.#control.random, delays.provision), () => {
      this.#busy.delete(uid)
      const current = this.#store.get<T>(object.kind, namespace, name)
      if (current === undefined || current.metadata.uid !== uid || !needsIt(current)) return
      if (!this.#control.working() || this.#running() === undefined) queue.add(keyOf(current))
      else finish(current)
    })
  }
}

export const localPath = (control: Control, storagePath: string): Controller =>
  new LocalPathProvisioner(control, storagePath)

const isReclaimable = (volume: FullVolume): boolean =>
  volume.status?.phase === 'Released' &&
  volume.spec.persistentVolumeReclaimPolicy === 'Delete' &&
  volume.metadata.annotations?.[provisionedBy] === provisioner

const isPodOf = (pod: FullPod, deployment: Deployment): boolean =>
  pod.metadata.namespace === deployment.metadata.namespace &&
  (ownedBy(pod, deployment) || selects(deployment.spec.selector, pod.metadata.labels))
