// Which volume a claim gets: its class, the volumes that satisfy it, and the nodes they are on.
import { quantity } from '#lab/control/quantity.ts'
import type { Claim, FullPod, FullVolume, Node, StorageClass } from '#lab/control/objects.ts'
import { isTerminating } from '#lab/control/pods.ts'
import type { Control } from '#lab/control/work-queue.ts'
import { matchesTerms } from './filters.ts'

export const selectedNodeKey = 'volume.kubernetes.io/selected-node'
export const noProvisioner = 'kubernetes.io/no-provisioner'
export const boundByController = 'pv.kubernetes.io/bound-by-controller'

export const claimNames = (pod: FullPod): string[] =>
  (pod.spec.volumes ?? []).flatMap(volume =>
    volume.persistentVolumeClaim === undefined ? [] : [volume.persistentVolumeClaim.claimName],
  )

export const isBound = (claim: Claim): boolean =>
  claim.spec.volumeName !== undefined && claim.status?.phase === 'Bound'

/** The reference by which a volume names its claim. */
export function claimReference(claim: Claim): NonNullable<FullVolume['spec']['claimRef']> {
  const { namespace, name, uid, resourceVersion } = claim.metadata
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    ...(namespace !== undefined && { namespace }),
    name,
    ...(uid !== undefined && { uid }),
    ...(resourceVersion !== undefined && { resourceVersion }),
  }
}

/** The class of claims that name none: the newest of the classes annotated as default. */
export const defaultClass = (control: Control): StorageClass | undefined =>
  control.context.store
    .list<StorageClass>('StorageClass')
    .filter(
      one => one.metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true',
    )
    .toSorted(
      (a, b) =>
        (b.metadata.creationTimestamp ?? '').localeCompare(a.metadata.creationTimestamp ?? '') ||
        a.metadata.name.localeCompare(b.metadata.name),
    )[0]

export const classOf = (control: Control, claim: Claim): StorageClass | undefined => {
  const { storageClassName } = claim.spec
  return storageClassName === undefined
    ? defaultClass(control)
    : control.context.store.get<StorageClass>('StorageClass', undefined, storageClassName)
}

export const waitsForConsumer = (control: Control, claim: Claim): boolean =>
  classOf(control, claim)?.volumeBindingMode === 'WaitForFirstConsumer'

/** Whether a volume is free, or reserved for this claim, and satisfies it. */
export const serves = (volume: FullVolume, claim: Claim): boolean =>
  !isTerminating(volume) &&
  isFreeFor(volume, claim) &&
  (claim.spec.volumeName === undefined || claim.spec.volumeName === volume.metadata.name) &&
  (volume.spec.storageClassName ?? '') === (claim.spec.storageClassName ?? '') &&
  sizeOf(volume) >= (quantity(claim.spec.resources?.requests?.['storage']) ?? 0) &&
  (claim.spec.accessModes ?? []).every(mode => (volume.spec.accessModes ?? []).includes(mode))

function isFreeFor(volume: FullVolume, claim: Claim): boolean {
  const reference = volume.spec.claimRef
  return (
    reference === undefined ||
    (reference.name === claim.metadata.name &&
      reference.namespace === claim.metadata.namespace &&
      (reference.uid === undefined || reference.uid === claim.metadata.uid))
  )
}

const sizeOf = (volume: FullVolume): number => quantity(volume.spec.capacity?.['storage']) ?? 0

/** The volume for a claim: the one that names the claim, otherwise the smallest that serves. */
export function volumeFor(control: Control, claim: Claim, node?: Node): FullVolume | undefined {
  return control.context.store
    .list<FullVolume>('PersistentVolume')
    .filter(
      volume => serves(volume, claim) && (node === undefined || isReachableFrom(node, volume)),
    )
    .toSorted(
      (a, b) =>
        Number(b.spec.claimRef !== undefined) - Number(a.spec.claimRef !== undefined) ||
        sizeOf(a) - sizeOf(b),
    )[0]
}

/** Whether the volume's node affinity allows its use on a node. */
export const isReachableFrom = (node: Node, volume: FullVolume): boolean => {
  const terms = volume.spec.nodeAffinity?.required?.nodeSelectorTerms
  return terms === undefined || matchesTerms(terms, node)
}
