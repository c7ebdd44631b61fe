// The volumes that a pod needs before it gets a sandbox: bound claims, and existing Secrets and
// ConfigMaps.
import type { VolumeClaim } from '#src/model/kube.ts'
import type { KubeletState, PodRun } from './state.ts'
import { missingVolumeSource } from './references.ts'

/**
 * Why the pod's volumes are not ready yet, in the words of the FailedMount event; undefined if they
 * are.
 */
export function missingVolume(kubelet: KubeletState, run: PodRun): string | undefined {
  for (const volume of run.pod.spec.volumes ?? []) {
    const claim = volume.persistentVolumeClaim?.claimName
    if (claim === undefined) continue
    const found = kubelet.shared.context.store.get<VolumeClaim>(
      'PersistentVolumeClaim',
      run.namespace,
      claim,
    )
    if (found?.status?.phase === 'Bound' && (found.spec.volumeName ?? '') !== '') continue
    const why =
      found === undefined
        ? `failed to fetch PVC from API server: persistentvolumeclaims "${claim}" not found`
        : 'PVC is not bound'
    return (
      `Unable to attach or mount volumes: unmounted volumes=[${volume.name}], ` +
      `unattached volumes=[], failed to process volumes=[${volume.name}]: ` +
      `error processing PVC ${run.namespace}/${claim}: ${why}`
    )
  }
  return missingVolumeSource(kubelet, run)
}
