// The volumes of a pod whose node is chosen: reserved, or requested for that node, before the pod
// is bound.
import type { Claim, FullPod, FullVolume, Node } from '#lab/control/objects.ts'
import { updateObject } from '#lab/control/objects/update.ts'
import type { Control } from '#lab/control/work-queue.ts'
import {
  boundByController,
  claimNames,
  claimReference,
  isBound,
  selectedNodeKey,
  volumeFor,
} from './volumes.ts'

/**
 * Reserves an existing volume for each unbound claim of a pod, or has the provisioner create one
 * for this node. Returns whether the pod has an unbound claim.
 */
export function reserveVolumes(control: Control, pod: FullPod, node: Node): boolean {
  let unbound = false
  for (const name of claimNames(pod)) {
    const claim = control.context.store.get<Claim>(
      'PersistentVolumeClaim',
      pod.metadata.namespace,
      name,
    )
    if (claim === undefined || isBound(claim)) continue
    unbound = true
    const volume = volumeFor(control, claim, node)
    if (volume === undefined) requestFor(control, claim, node)
    else reserve(control, volume, claim)
  }
  return unbound
}

/** The annotation asks the provisioner of the claim's class for a volume on the node. */
function requestFor(control: Control, claim: Claim, node: Node): void {
  updateObject(control, claim, draft => {
    draft.metadata.annotations = {
      ...draft.metadata.annotations,
      [selectedNodeKey]: node.metadata.name,
    }
  })
}

function reserve(control: Control, volume: FullVolume, claim: Claim): void {
  updateObject(control, volume, draft => {
    draft.spec.claimRef = claimReference(claim)
    draft.metadata.annotations = { ...draft.metadata.annotations, [boundByController]: 'yes' }
  })
}

/** Whether every claim of a pod is bound. */
export const hasBoundVolumes = (control: Control, pod: FullPod): boolean =>
  claimNames(pod).every(name => {
    const claim = control.context.store.get<Claim>(
      'PersistentVolumeClaim',
      pod.metadata.namespace,
      name,
    )
    return claim !== undefined && isBound(claim)
  })
