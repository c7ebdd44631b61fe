// Protection of storage in use: a claim stays Terminating while a pod uses it, a volume while a
// claim is bound to it.
import { delays } from '#lab/control/delays.ts'
import { addFinalizer, dropFinalizer } from '#lab/control/objects/deletion.ts'
import type { FullPod, FullVolume } from '#lab/control/objects.ts'
import { isTerminating } from '#lab/control/pods.ts'
import { claimNames } from '#lab/control/scheduling/volumes.ts'
import type { Control, Controller } from '#lab/control/work-queue.ts'
import { keyOf, parts, workQueue } from '#lab/control/work-queue.ts'

const claimFinalizer = 'kubernetes.io/pvc-protection'
const volumeFinalizer = 'kubernetes.io/pv-protection'

export function volumeProtection(control: Control): Controller {
  const { store } = control.context
  const claims = workQueue(control, delays.reconcile, key => {
    const { namespace, name } = parts(key)
    const claim = store.get('PersistentVolumeClaim', namespace, name)
    if (claim === undefined) return
    const has = (claim.metadata.finalizers ?? []).includes(claimFinalizer)
    if (!isTerminating(claim)) {
      if (!has) addFinalizer(control, claim, claimFinalizer)
      return
    }
    // Any pod on a node keeps the claim, even an ended one. A pod without a node cannot start with
    // a claim that is being deleted.
    const used = store
      .list<FullPod>('Pod', namespace)
      .some(pod => pod.spec.nodeName !== undefined && claimNames(pod).includes(name))
    if (has && !used) dropFinalizer(control, claim, claimFinalizer)
  })
  const volumes = workQueue(control, delays.reconcile, name => {
    const volume = store.get<FullVolume>('PersistentVolume', undefined, name)
    if (volume === undefined) return
    const has = (volume.metadata.finalizers ?? []).includes(volumeFinalizer)
    if (!isTerminating(volume)) {
      if (!has) addFinalizer(control, volume, volumeFinalizer)
    } else if (has && volume.status?.phase !== 'Bound')
      dropFinalizer(control, volume, volumeFinalizer)
  })
  return {
    on({ type, object }) {
      if (object.kind === 'PersistentVolumeClaim' && type !== 'DELETED') claims.add(keyOf(object))
      if (object.kind === 'PersistentVolume' && type !== 'DELETED') volumes.add(keyOf(object))
      // The kind implies the type.
      if (object.kind === 'Pod' && type === 'DELETED')
        for (const name of claimNames(object as FullPod))
          claims.add(`${object.metadata.namespace}/${name}`)
    },
    all() {
      for (const claim of store.list('PersistentVolumeClaim')) claims.add(keyOf(claim))
      for (const volume of store.list('PersistentVolume')) volumes.add(keyOf(volume))
    },
  }
}
