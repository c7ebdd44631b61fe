// local-path: the provisioner that makes a folder of a node into a volume, and removes both again.
import type { VirtualClock } from '#lab/kernel/clock.ts'
import type { Store, StoreEvent } from '#lab/kernel/store.ts'
import type { LabContext } from '#lab/kernel/world.ts'
import { delays } from '#lab/control/delays.ts'
import { recordEvent } from '#lab/control/events/events.ts'
import { deleteObject } from '#lab/control/objects/deletion.ts'
import type { Claim, Deployment, FullPod, FullVolume } from '#lab/control/objects.ts'
import { hasEnded, isReady, isTerminating } from '#lab/control/pods.ts'
import { ownedBy, selects } from '#lab/control/workloads/ownership.ts'
import { classOf, selectedNodeKey } from '#lab/control/scheduling/volumes.ts'
import type { Control, Controller, Queue } from '#lab/control/work-queue.ts'
import { draw, keyOf, parts, workQueue } from '#lab/control/work-queue.ts'

export const provisioner = 'rancher.io/local-path'

/** @source local-path-provisioner v0.0.30, default config.json */
export const defaultStoragePath = '/opt/local-path-provisioner'

class LocalPathProvisioner implements Controller {
  readonly #control: Control
  readonly #storagePath: string
  readonly #context: LabContext
  readonly #store: Store
  readonly #clock: VirtualClock
  readonly #working = new Set<string>()
  readonly #claims: Queue
  readonly #volumes: Queue
  #instance: string | undefined

  constructor(control: Control, storagePath: string) {
    this.#control = control
    this.#storagePath = storagePath
    this.#context = control.context
    this.#store = this.#context.store
    this.#clock = this.#context.clock
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
    // Its own pod has become ready: it lists what waited for it.
    if (
      type === 'MODIFIED' &&
      object.kind === 'Pod' &&
      this.#store
        .list<Deployment>('Deployment')
        .some(
          one =>
            one.metadata.name === 'local-path-provisioner' &&
            isOf(object as FullPod, one) &&
            isReady(object as FullPod),
        )
    )
      this.#everything()
  }

  all(): void {
    this.#everything()
  }

  /**
   * Its pod, where the world has its Deployment; a world without one is taken to have it running.
   */
  #running(): string | undefined {
    const deployment = this.#store
      .list<Deployment>('Deployment')
      .find(one => one.metadata.name === 'local-path-provisioner')
    if (deployment === undefined) return 'local-path-provisioner'
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

  #say(claim: Claim, reason: string, message: string): void {
    this.#instance ??= this.#control.random.uuid()
    recordEvent(this.#context, {
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
      claim.metadata.annotations?.['volume.kubernetes.io/storage-provisioner'] === provisioner &&
      claim.metadata.annotations[selectedNodeKey] !== undefined
    )
  }

  /** After a short-lived pod on the selected node has made the folder, the volume is there. */
  #provision(claim: Claim): void {
    const uid = claim.metadata.uid ?? ''
    if (
      !this.#wants(claim) ||
      this.#working.has(uid) ||
      this.#running() === undefined ||
      this.#store.get('PersistentVolume', undefined, `pvc-${uid}`) !== undefined
    )
      return
    this.#working.add(uid)
    this.#say(
      claim,
      'Provisioning',
      `External provisioner is provisioning volume for claim "${keyOf(claim)}"`,
    )
    this.#clock.after(draw(this.#control.random, delays.provision), () => {
      this.#working.delete(uid)
      const current = this.#store.get<Claim>(
        'PersistentVolumeClaim',
        claim.metadata.namespace,
        claim.metadata.name,
      )
      if (current === undefined || current.metadata.uid !== uid || !this.#wants(current)) return
      if (!this.#control.working() || this.#running() === undefined)
        this.#claims.add(keyOf(current))
      else this.#make(current)
    })
  }

  #make(claim: Claim): void {
    const { namespace = '', name, uid = '', resourceVersion } = claim.metadata
    const node = claim.metadata.annotations?.[selectedNodeKey] ?? ''
    const volume = `pvc-${uid}`
    this.#store.create<FullVolume>({
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: {
        name: volume,
        annotations: {
          'local.path.provisioner/selected-node': node,
          'pv.kubernetes.io/provisioned-by': provisioner,
        },
        finalizers: ['kubernetes.io/pv-protection'],
      },
      spec: {
        accessModes: claim.spec.accessModes ?? ['ReadWriteOnce'],
        capacity: { storage: claim.spec.resources?.requests?.['storage'] ?? '0' },
        claimRef: {
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          namespace,
          name,
          uid,
          ...(resourceVersion !== undefined && { resourceVersion }),
        },
        hostPath: {
          path: `${this.#storagePath}/${volume}_${namespace}_${name}`,
          type: 'DirectoryOrCreate',
        },
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [
              {
                matchExpressions: [
                  { key: 'kubernetes.io/hostname', operator: 'In', values: [node] },
                ],
              },
            ],
          },
        },
        persistentVolumeReclaimPolicy: classOf(this.#control, claim)?.reclaimPolicy ?? 'Delete',
        storageClassName: claim.spec.storageClassName ?? '',
        volumeMode: 'Filesystem',
      },
      status: { phase: 'Pending' },
    })
    this.#say(claim, 'ProvisioningSucceeded', `Successfully provisioned volume ${volume}`)
  }

  #released(volume: FullVolume): boolean {
    return (
      volume.status?.phase === 'Released' &&
      volume.spec.persistentVolumeReclaimPolicy === 'Delete' &&
      volume.metadata.annotations?.['pv.kubernetes.io/provisioned-by'] === provisioner
    )
  }

  /** Reclaim policy Delete: the folder goes, then the volume. */
  #reclaim(volume: FullVolume): void {
    const uid = volume.metadata.uid ?? ''
    if (
      !this.#released(volume) ||
      isTerminating(volume) ||
      this.#working.has(uid) ||
      this.#running() === undefined
    )
      return
    this.#working.add(uid)
    this.#clock.after(draw(this.#control.random, delays.provision), () => {
      this.#working.delete(uid)
      const current = this.#store.get<FullVolume>(
        'PersistentVolume',
        undefined,
        volume.metadata.name,
      )
      if (current === undefined || current.metadata.uid !== uid || !this.#released(current)) return
      if (!this.#control.working() || this.#running() === undefined)
        this.#volumes.add(keyOf(current))
      else deleteObject(this.#control, current)
    })
  }

  #everything(): void {
    for (const claim of this.#store.list('PersistentVolumeClaim')) this.#claims.add(keyOf(claim))
    for (const volume of this.#store.list('PersistentVolume')) this.#volumes.add(keyOf(volume))
  }
}

export const localPath = (control: Control, storagePath: string): Controller =>
  new LocalPathProvisioner(control, storagePath)

const isOf = (pod: FullPod, deployment: Deployment): boolean =>
  pod.metadata.namespace === deployment.metadata.namespace &&
  (ownedBy(pod, deployment) || selects(deployment.spec.selector, pod.metadata.labels))
