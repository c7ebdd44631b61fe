// What a pod's claims mean for where it can run, and what has to be bound before it does.
import { quantity } from '#lab/control/quantity.ts'
import { matchesTerms, type Refusal } from './filters.ts'
import type { Claim, FullPod, FullVolume, Node, StorageClass } from '#lab/control/objects.ts'
import { hasEnded, isTerminating } from '#lab/control/pods.ts'
import type { Control } from '#lab/control/work-queue.ts'

export const selectedNodeKey = 'volume.kubernetes.io/selected-node'
export const noProvisioner = 'kubernetes.io/no-provisioner'

export const claimNames = (pod: FullPod): string[] =>
  (pod.spec.volumes ?? []).flatMap(volume =>
    volume.persistentVolumeClaim === undefined ? [] : [volume.persistentVolumeClaim.claimName],
  )

export const isBound = (claim: Claim): boolean =>
  claim.spec.volumeName !== undefined && claim.status?.phase === 'Bound'

/** The class that claims without one get: the newest that is marked as the default. */
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

/** Whether an unclaimed volume, or one reserved for this claim, satisfies it. */
export function serves(volume: FullVolume, claim: Claim): boolean {
  const reference = volume.spec.claimRef
  if (isTerminating(volume)) return false
  if (
    reference !== undefined &&
    (reference.name !== claim.metadata.name ||
      reference.namespace !== claim.metadata.namespace ||
      (reference.uid !== undefined && reference.uid !== claim.metadata.uid))
  )
    return false
  if (claim.spec.volumeName !== undefined && claim.spec.volumeName !== volume.metadata.name)
    return false
  if ((volume.spec.storageClassName ?? '') !== (claim.spec.storageClassName ?? '')) return false
  const wanted = quantity(claim.spec.resources?.requests?.['storage']) ?? 0
  return (
    (quantity(volume.spec.capacity?.['storage']) ?? 0) >= wanted &&
    (claim.spec.accessModes ?? []).every(mode => (volume.spec.accessModes ?? []).includes(mode))
  )
}

/** The volume that a claim gets: the one that names it, else the smallest that serves. */
export function volumeFor(control: Control, claim: Claim, node?: Node): FullVolume | undefined {
  const size = (volume: FullVolume) => quantity(volume.spec.capacity?.['storage']) ?? 0
  return control.context.store
    .list<FullVolume>('PersistentVolume')
    .filter(volume => serves(volume, claim) && (node === undefined || reaches(volume, node)))
    .toSorted(
      (a, b) =>
        Number(b.spec.claimRef !== undefined) - Number(a.spec.claimRef !== undefined) ||
        size(a) - size(b),
    )[0]
}

export const reaches = (volume: FullVolume, node: Node): boolean => {
  const terms = volume.spec.nodeAffinity?.required?.nodeSelectorTerms
  return terms === undefined || matchesTerms(terms, node)
}

/** A pod that no node can take because of its claims, in the scheduler's words. */
export function claimProblem(control: Control, pod: FullPod): string | undefined {
  const { store } = control.context
  const { namespace } = pod.metadata
  for (const name of claimNames(pod)) {
    const claim = store.get<Claim>('PersistentVolumeClaim', namespace, name)
    if (claim === undefined) return `persistentvolumeclaim "${name}" not found`
    if (claim.status?.phase === 'Lost')
      return `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec.volumeName}"`
    if (isTerminating(claim)) return `persistentvolumeclaim "${name}" is being deleted`
  }
  const unbound = claimNames(pod)
    .flatMap(name => store.get<Claim>('PersistentVolumeClaim', namespace, name) ?? [])
    .some(claim => !isBound(claim) && !waitsForConsumer(control, claim))
  return unbound ? 'pod has unbound immediate PersistentVolumeClaims' : undefined
}

/** Why a node does not do for the pod's volumes. */
export function volumeRefusal(control: Control, pod: FullPod, node: Node): Refusal | undefined {
  const { store } = control.context
  const { namespace } = pod.metadata
  const texts = new Set<string>()
  for (const name of claimNames(pod)) {
    const claim = store.get<Claim>('PersistentVolumeClaim', namespace, name)
    if (claim === undefined) continue
    if ((claim.spec.accessModes ?? []).includes('ReadWriteOncePod')) {
      const taken = store
        .list<FullPod>('Pod', namespace)
        .some(
          other =>
            other.metadata.uid !== pod.metadata.uid &&
            other.spec.nodeName !== undefined &&
            !hasEnded(other) &&
            claimNames(other).includes(name),
        )
      if (taken)
        return {
          reason: 'volumes',
          texts: [
            'node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode',
          ],
          helpless: false,
        }
    }
    if (isBound(claim)) {
      const volume = store.get<FullVolume>(
        'PersistentVolume',
        undefined,
        claim.spec.volumeName ?? '',
      )
      if (volume === undefined)
        texts.add('node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)')
      else if (!reaches(volume, node))
        texts.add("node(s) didn't match PersistentVolume's node affinity")
      continue
    }
    const chosen = claim.metadata.annotations?.[selectedNodeKey]
    if (chosen !== undefined && chosen !== node.metadata.name)
      texts.add("node(s) didn't match PersistentVolume's node affinity")
    else if (
      volumeFor(control, claim, node) === undefined &&
      (classOf(control, claim)?.provisioner ?? noProvisioner) === noProvisioner
    ) {
      texts.add("node(s) didn't find available persistent volumes to bind")
    }
  }
  return texts.size === 0 ? undefined : { reason: 'volumes', texts: [...texts], helpless: true }
}
