// Where a pod may run according to its claims: no node at all, or not this node.
import type { Claim, FullPod, FullVolume, Node } from '#lab/control/objects.ts'
import { hasEnded, isTerminating } from '#lab/control/pods.ts'
import type { Control } from '#lab/control/work-queue.ts'
import type { Refusal } from './refusal.ts'
import {
  claimNames,
  classOf,
  isBound,
  isReachableFrom,
  noProvisioner,
  selectedNodeKey,
  volumeFor,
  waitsForConsumer,
} from './volumes.ts'

/** Why the pod's claims exclude all nodes, in the scheduler's words. */
export function claimProblem(control: Control, pod: FullPod): string | undefined {
  const { store } = control.context
  const { namespace } = pod.metadata
  for (const name of claimNames(pod)) {
    const claim = store.get<Claim>('PersistentVolumeClaim', namespace, name)
    if (claim === undefined) return `persistentvolumeclaim "${name}" not found`
    if (claim.status?.phase === 'Lost')
      return (
        `persistentvolumeclaim "${name}" bound to non-existent persistentvolume ` +
        `"${claim.spec.volumeName}"`
      )
    if (isTerminating(claim)) return `persistentvolumeclaim "${name}" is being deleted`
  }
  const unbound = claimNames(pod)
    .flatMap(name => store.get<Claim>('PersistentVolumeClaim', namespace, name) ?? [])
    .some(claim => !isBound(claim) && !waitsForConsumer(control, claim))
  return unbound ? 'pod has unbound immediate PersistentVolumeClaims' : undefined
}

/** Why a node is unsuitable for the volumes of a pod. */
export function volumeRefusal(control: Control, pod: FullPod, node: Node): Refusal | undefined {
  const { namespace } = pod.metadata
  const texts = new Set<string>()
  for (const name of claimNames(pod)) {
    const claim = control.context.store.get<Claim>('PersistentVolumeClaim', namespace, name)
    if (claim === undefined) continue
    if (isTakenByAnotherPod(control, claim, pod))
      return {
        reason: 'volumes',
        texts: [
          'node has pod using PersistentVolumeClaim with the same name and ' +
            'ReadWriteOncePod access mode',
        ],
        helpless: false,
      }
    const text = isBound(claim)
      ? boundRefusal(control, claim, node)
      : unboundRefusal(control, claim, node)
    if (text !== undefined) texts.add(text)
  }
  return texts.size === 0 ? undefined : { reason: 'volumes', texts: [...texts], helpless: true }
}

function isTakenByAnotherPod(control: Control, claim: Claim, pod: FullPod): boolean {
  if (!(claim.spec.accessModes ?? []).includes('ReadWriteOncePod')) return false
  return control.context.store
    .list<FullPod>('Pod', pod.metadata.namespace)
    .some(
      other =>
        other.metadata.uid !== pod.metadata.uid &&
        other.spec.nodeName !== undefined &&
        !hasEnded(other) &&
        claimNames(other).includes(claim.metadata.name),
    )
}

const elsewhere = "node(s) didn't match PersistentVolume's node affinity"

function boundRefusal(control: Control, claim: Claim, node: Node): string | undefined {
  const name = claim.spec.volumeName ?? ''
  const volume = control.context.store.get<FullVolume>('PersistentVolume', undefined, name)
  if (volume === undefined)
    return 'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)'
  return isReachableFrom(node, volume) ? undefined : elsewhere
}

function unboundRefusal(control: Control, claim: Claim, node: Node): string | undefined {
  const chosen = claim.metadata.annotations?.[selectedNodeKey]
  if (chosen !== undefined && chosen !== node.metadata.name) return elsewhere
  return volumeFor(control, claim, node) === undefined &&
    (classOf(control, claim)?.provisioner ?? noProvisioner) === noProvisioner
    ? "node(s) didn't find available persistent volumes to bind"
    : undefined
}
