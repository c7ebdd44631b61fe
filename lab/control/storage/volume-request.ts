// Requesting a new volume for a claim from the provisioner of its class.
import type { Claim } from '#lab/control/objects.ts'
import { updateObject } from '#lab/control/objects/update.ts'
import { classOf, noProvisioner } from '#lab/control/scheduling/volumes.ts'
import type { Control } from '#lab/control/work-queue.ts'
import type { ClaimReports } from './claim-reports.ts'

export const provisionerKey = 'volume.kubernetes.io/storage-provisioner'

const waitingText = (provisioner: string): string =>
  'Waiting for a volume to be created either by the external provisioner ' +
  `'${provisioner}' or manually by the system administrator. ` +
  'If volume creation is delayed, please verify that the provisioner is running and correctly ' +
  'registered.'

/** Annotates a claim for the provisioner of its class, or reports why that is not possible. */
export function requestVolume(control: Control, reports: ClaimReports, claim: Claim): void {
  const className = claim.spec.storageClassName ?? ''
  if (className === '') {
    reports.record(
      claim,
      'Normal',
      'FailedBinding',
      'no persistent volumes available for this claim and no storage class is set',
    )
    return
  }
  const provisioner = classOf(control, claim)?.provisioner
  if (provisioner === undefined) {
    const message = `storageclass.storage.k8s.io "${className}" not found`
    reports.record(claim, 'Warning', 'ProvisioningFailed', message)
    return
  }
  if (provisioner === noProvisioner || claim.metadata.annotations?.[provisionerKey] === provisioner)
    return
  updateObject(control, claim, draft => {
    draft.metadata.annotations = {
      ...draft.metadata.annotations,
      [provisionerKey]: provisioner,
      'volume.beta.kubernetes.io/storage-provisioner': provisioner,
    }
  })
  reports.record(claim, 'Normal', 'ExternalProvisioning', waitingText(provisioner))
}
