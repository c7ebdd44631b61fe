// local-path: the provisioner that makes a folder of a node into a volume, and removes both again.
import { delays } from '#lab/control/delays.ts'
import { recordEvent } from '#lab/control/events/events.ts'
import { deleteObject } from '#lab/control/objects/deletion.ts'
import type { Claim, Deployment, FullPod, FullVolume } from '#lab/control/objects.ts'
import { hasEnded, isReady, isTerminating } from '#lab/control/pods.ts'
import { ownedBy, selects } from '#lab/control/workloads/ownership.ts'
import { classOf, selectedNodeKey } from '#lab/control/scheduling/volumes.ts'
import type { Control, Controller } from '#lab/control/work-queue.ts'
import { draw, keyOf, parts, workQueue } from '#lab/control/work-queue.ts'

export const provisioner = 'rancher.io/local-path'

/** @source local-path-provisioner v0.0.30, default config.json */
export const defaultStoragePath = '/opt/local-path-provisioner'

export function localPath(control: Control, storagePath: string): Controller {
  const { context } = control
  const { store, clock } = context
  const working = new Set<string>()
  const claims = workQueue(control, delays.reconcile, key => {
    const { namespace, name } = parts(key)
    const claim = store.get<Claim>('PersistentVolumeClaim', namespace, name)
    if (claim !== undefined) provision(claim)
  })
  const volumes = workQueue(control, delays.reconcile, name => {
    const volume = store.get<FullVolume>('PersistentVolume', undefined, name)
    if (volume !== undefined) reclaim(volume)
  })
  let instance: string | undefined

  /**
   * Its pod, where the world has its Deployment; a world without one is taken to have it running.
   */
  function running(): string | undefined {
    const deployment = store
      .list<Deployment>('Deployment')
      .find(one => one.metadata.name === 'local-path-provisioner')
    if (deployment === undefined) return 'local-path-provisioner'
    return store
      .list<FullPod>('Pod', deployment.metadata.namespace)
      .find(
        pod =>
          selects(deployment.spec.selector, pod.metadata.labels) &&
          isReady(pod) &&
          !isTerminating(pod) &&
          !hasEnded(pod),
      )?.metadata.name
  }

  const say = (claim: Claim, reason: string, message: string) => {
    instance ??= control.random.uuid()
    recordEvent(context, {
      about: claim,
      type: 'Normal',
      reason,
      message,
      component: `${provisioner}_${running() ?? ''}_${instance}`,
    })
  }

  function wants(claim: Claim): boolean {
    return (
      claim.spec.volumeName === undefined &&
      !isTerminating(claim) &&
      classOf(control, claim)?.provisioner === provisioner &&
      claim.metadata.annotations?.['volume.kubernetes.io/storage-provisioner'] === provisioner &&
      claim.metadata.annotations[selectedNodeKey] !== undefined
    )
  }

  /** After a short-lived pod on the selected node has made the folder, the volume is there. */
  function provision(claim: Claim): void {
    const uid = claim.metadata.uid ?? ''
    if (
      !wants(claim) ||
      working.has(uid) ||
      running() === undefined ||
      store.get('PersistentVolume', undefined, `pvc-${uid}`) !== undefined
    )
      return
    working.add(uid)
    say(
      claim,
      'Provisioning',
      `External provisioner is provisioning volume for claim "${keyOf(claim)}"`,
    )
    clock.after(draw(control.random, delays.provision), () => {
      working.delete(uid)
      const current = store.get<Claim>(
        'PersistentVolumeClaim',
        claim.metadata.namespace,
        claim.metadata.name,
      )
      if (current === undefined || current.metadata.uid !== uid || !wants(current)) return
      if (!control.working() || running() === undefined) claims.add(keyOf(current))
      else make(current)
    })
  }

  function make(claim: Claim): void {
    const { namespace = '', name, uid = '', resourceVersion } = claim.metadata
    const node = claim.metadata.annotations?.[selectedNodeKey] ?? ''
    const volume = `pvc-${uid}`
    store.create<FullVolume>({
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
          path: `${storagePath}/${volume}_${namespace}_${name}`,
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
        persistentVolumeReclaimPolicy: classOf(control, claim)?.reclaimPolicy ?? 'Delete',
        storageClassName: claim.spec.storageClassName ?? '',
        volumeMode: 'Filesystem',
      },
      status: { phase: 'Pending' },
    })
    say(claim, 'ProvisioningSucceeded', `Successfully provisioned volume ${volume}`)
  }

  const released = (volume: FullVolume): boolean =>
    volume.status?.phase === 'Released' &&
    volume.spec.persistentVolumeReclaimPolicy === 'Delete' &&
    volume.metadata.annotations?.['pv.kubernetes.io/provisioned-by'] === provisioner

  /** Reclaim policy Delete: the folder goes, then the volume. */
  function reclaim(volume: FullVolume): void {
    const uid = volume.metadata.uid ?? ''
    if (!released(volume) || isTerminating(volume) || working.has(uid) || running() === undefined)
      return
    working.add(uid)
    clock.after(draw(control.random, delays.provision), () => {
      working.delete(uid)
      const current = store.get<FullVolume>('PersistentVolume', undefined, volume.metadata.name)
      if (current === undefined || current.metadata.uid !== uid || !released(current)) return
      if (!control.working() || running() === undefined) volumes.add(keyOf(current))
      else deleteObject(control, current)
    })
  }

  const everything = () => {
    for (const claim of store.list('PersistentVolumeClaim')) claims.add(keyOf(claim))
    for (const volume of store.list('PersistentVolume')) volumes.add(keyOf(volume))
  }

  return {
    on({ type, object }) {
      if (type !== 'DELETED' && object.kind === 'PersistentVolumeClaim') claims.add(keyOf(object))
      if (type !== 'DELETED' && object.kind === 'PersistentVolume') volumes.add(keyOf(object))
      // Its own pod has become ready: it lists what waited for it.
      if (
        type === 'MODIFIED' &&
        object.kind === 'Pod' &&
        store
          .list<Deployment>('Deployment')
          .some(
            one =>
              one.metadata.name === 'local-path-provisioner' &&
              isOf(object as FullPod, one) &&
              isReady(object as FullPod),
          )
      )
        everything()
    },
    all: everything,
  }
}

const isOf = (pod: FullPod, deployment: Deployment): boolean =>
  pod.metadata.namespace === deployment.metadata.namespace &&
  (ownedBy(pod, deployment) || selects(deployment.spec.selector, pod.metadata.labels))
