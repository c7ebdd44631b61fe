// The volumes that local-path creates.
import type { Claim, FullVolume } from '#lab/control/objects.ts'
import { claimReference, selectedNodeKey } from '#lab/control/scheduling/volumes.ts'

export const provisioner = 'rancher.io/local-path'

/** Annotation of a volume with the name of its provisioner. */
export const provisionedBy = 'pv.kubernetes.io/provisioned-by'

/** @source local-path-provisioner v0.0.30, default config.json */
export const defaultStoragePath = '/opt/local-path-provisioner'

/** The volume for a claim: a folder below `storagePath` on the claim's selected node. */
export function volumeOf(claim: Claim, storagePath: string, reclaimPolicy: string): FullVolume {
  const { namespace = '', name, uid = '' } = claim.metadata
  const node = claim.metadata.annotations?.[selectedNodeKey] ?? ''
  const volume = `pvc-${uid}`
  const onNode = {
    matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }],
  }
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: {
      name: volume,
      annotations: {
        'local.path.provisioner/selected-node': node,
        [provisionedBy]: provisioner,
      },
      finalizers: ['kubernetes.io/pv-protection'],
    },
    spec: {
      accessModes: claim.spec.accessModes ?? ['ReadWriteOnce'],
      capacity: { storage: claim.spec.resources?.requests?.['storage'] ?? '0' },
      claimRef: claimReference(claim),
      hostPath: {
        path: `${storagePath}/${volume}_${namespace}_${name}`,
        type: 'DirectoryOrCreate',
      },
      nodeAffinity: { required: { nodeSelectorTerms: [onNode] } },
      persistentVolumeReclaimPolicy: reclaimPolicy,
      storageClassName: claim.spec.storageClassName ?? '',
      volumeMode: 'Filesystem',
    },
    status: { phase: 'Pending' },
  }
}
