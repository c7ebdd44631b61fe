// The writes that bind a claim and a volume to each other.
import type { Claim, FullVolume } from '#lab/control/objects.ts'
import { updateObject } from '#lab/control/objects/update.ts'
import { boundByController, claimReference } from '#lab/control/scheduling/volumes.ts'
import type { Control } from '#lab/control/work-queue.ts'

/** Whether a volume names this claim. A reference without a uid fits any claim of its name. */
export function isReservedFor(volume: FullVolume, claim: Claim): boolean {
  const reference = volume.spec.claimRef
  return (
    reference !== undefined &&
    reference.name === claim.metadata.name &&
    reference.namespace === claim.metadata.namespace &&
    (reference.uid === undefined || reference.uid === '' || reference.uid === claim.metadata.uid)
  )
}

/** Binds a claim and a volume: first the volume, then the claim, as upstream. */
export function bind(control: Control, claim: Claim, volume: FullVolume): void {
  bindVolume(control, volume, claim)
  bindClaim(control, claim, volume)
}

function bindVolume(control: Control, volume: FullVolume, claim: Claim): void {
  const now = control.context.store.timestamp()
  updateObject(control, volume, draft => {
    if (draft.spec.claimRef === undefined)
      draft.metadata.annotations = { ...draft.metadata.annotations, [boundByController]: 'yes' }
    if (draft.spec.claimRef?.uid !== claim.metadata.uid) draft.spec.claimRef = claimReference(claim)
    if (draft.status?.phase !== 'Bound')
      draft.status = { ...draft.status, phase: 'Bound', lastPhaseTransitionTime: now }
  })
}

function bindClaim(control: Control, claim: Claim, volume: FullVolume): void {
  updateObject(control, claim, draft => {
    draft.metadata.annotations = {
      ...draft.metadata.annotations,
      'pv.kubernetes.io/bind-completed': 'yes',
      ...(draft.spec.volumeName === undefined && { [boundByController]: 'yes' }),
    }
    draft.spec.volumeName = volume.metadata.name
    draft.status = {
      ...draft.status,
      phase: 'Bound',
      accessModes: volume.spec.accessModes ?? [],
      capacity: volume.spec.capacity ?? {},
    }
  })
}

export function setClaimPhase(control: Control, claim: Claim, phase: string): void {
  updateObject(control, claim, draft => {
    draft.status = { ...draft.status, phase }
  })
}

export function setVolumePhase(control: Control, volume: FullVolume, phase: string): void {
  const now = control.context.store.timestamp()
  updateObject(control, volume, draft => {
    if (draft.status?.phase !== phase)
      draft.status = { ...draft.status, phase, lastPhaseTransitionTime: now }
  })
}
