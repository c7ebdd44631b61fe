// The PersistentVolume controller: claims find volumes, volumes are given back.
import { delays } from '#lab/control/delays.ts'
import { recordEvent } from '#lab/control/events/events.ts'
import type { Claim, FullPod, FullVolume } from '#lab/control/objects.ts'
import { isTerminating } from '#lab/control/pods.ts'
import {
  claimNames,
  classOf,
  defaultClass,
  noProvisioner,
  selectedNodeKey,
  volumeFor,
  waitsForConsumer,
} from '#lab/control/scheduling/volumes.ts'
import type { Control, Controller } from '#lab/control/work-queue.ts'
import { keyOf, parts, workQueue } from '#lab/control/work-queue.ts'

const component = 'persistentvolume-controller'
const boundByController = 'pv.kubernetes.io/bound-by-controller'

export function volumeBinding(control: Control): Controller {
  const { context } = control
  const { store } = context
  const said = new Map<string, string>()
  const claims = workQueue(control, delays.reconcile, key => {
    const { namespace, name } = parts(key)
    const claim = store.get<Claim>('PersistentVolumeClaim', namespace, name)
    if (claim !== undefined) syncClaim(claim)
  })
  const volumes = workQueue(control, delays.reconcile, name => {
    const volume = store.get<FullVolume>('PersistentVolume', undefined, name)
    if (volume !== undefined) syncVolume(volume)
  })

  function syncClaim(given: Claim): void {
    const claim = withClass(given)
    const { volumeName } = claim.spec
    if (volumeName !== undefined) {
      const volume = store.get<FullVolume>('PersistentVolume', undefined, volumeName)
      if (volume === undefined) {
        if (claim.status?.phase === 'Bound' || claim.status?.phase === 'Lost') lose(claim)
        else phase(claim, 'Pending')
      } else if (holds(volume, claim) || volume.spec.claimRef === undefined) bind(claim, volume)
      else if (claim.status?.phase === 'Bound') lose(claim)
      return
    }
    phase(claim, 'Pending')
    if (isTerminating(claim)) return
    // A volume that already names the claim is bound whatever the mode; the others only where
    // nobody has to be waited for.
    const named = store.list<FullVolume>('PersistentVolume').find(volume => holds(volume, claim))
    const selected = claim.metadata.annotations?.[selectedNodeKey]
    const volume =
      named ?? (waitsForConsumer(control, claim) ? undefined : volumeFor(control, claim))
    if (volume !== undefined) bind(claim, volume)
    else if (waitsForConsumer(control, claim) && selected === undefined) waitForPod(claim)
    else request(claim)
  }

  /** A claim that names no class gets the default one, also when that appears later. */
  function withClass(claim: Claim): Claim {
    const standard = claim.spec.storageClassName === undefined ? defaultClass(control) : undefined
    if (standard === undefined) return claim
    return (
      store.update<Claim>(
        'PersistentVolumeClaim',
        claim.metadata.namespace,
        claim.metadata.name,
        draft => {
          draft.spec.storageClassName = standard.metadata.name
        },
      ) ?? claim
    )
  }

  function holds(volume: FullVolume, claim: Claim): boolean {
    const reference = volume.spec.claimRef
    return (
      reference !== undefined &&
      reference.name === claim.metadata.name &&
      reference.namespace === claim.metadata.namespace &&
      (reference.uid === undefined || reference.uid === '' || reference.uid === claim.metadata.uid)
    )
  }

  function bind(claim: Claim, volume: FullVolume): void {
    const { namespace, name, uid, resourceVersion } = claim.metadata
    const now = store.timestamp()
    store.update<FullVolume>('PersistentVolume', undefined, volume.metadata.name, draft => {
      if (draft.spec.claimRef === undefined)
        draft.metadata.annotations = { ...draft.metadata.annotations, [boundByController]: 'yes' }
      if (draft.spec.claimRef?.uid !== uid) {
        draft.spec.claimRef = {
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          name,
          ...(namespace !== undefined && { namespace }),
          ...(uid !== undefined && { uid }),
          ...(resourceVersion !== undefined && { resourceVersion }),
        }
      }
      if (draft.status?.phase !== 'Bound')
        draft.status = { ...draft.status, phase: 'Bound', lastPhaseTransitionTime: now }
    })
    store.update<Claim>('PersistentVolumeClaim', namespace, name, draft => {
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

  function lose(claim: Claim): void {
    const once = claim.status?.phase !== 'Lost'
    phase(claim, 'Lost')
    if (once)
      say(
        claim,
        'Warning',
        'ClaimLost',
        'Bound claim has lost its PersistentVolume. Data on the volume is lost!',
      )
  }

  function phase(claim: Claim, wanted: string): void {
    store.update<Claim>(
      'PersistentVolumeClaim',
      claim.metadata.namespace,
      claim.metadata.name,
      draft => {
        draft.status = { ...draft.status, phase: wanted }
      },
    )
  }

  function waitForPod(claim: Claim): void {
    const waiting = store
      .list<FullPod>('Pod', claim.metadata.namespace)
      .find(pod => pod.spec.nodeName === undefined && claimNames(pod).includes(claim.metadata.name))
    if (waiting === undefined)
      say(
        claim,
        'Normal',
        'WaitForFirstConsumer',
        'waiting for first consumer to be created before binding',
      )
    else
      say(
        claim,
        'Normal',
        'WaitForPodScheduled',
        `waiting for pod ${waiting.metadata.name} to be scheduled`,
      )
  }

  /** Asks the class's provisioner by an annotation on the claim. */
  function request(claim: Claim): void {
    const found = classOf(control, claim)
    const named = claim.spec.storageClassName ?? ''
    if (named === '')
      return say(
        claim,
        'Normal',
        'FailedBinding',
        'no persistent volumes available for this claim and no storage class is set',
      )
    if (found === undefined)
      return say(
        claim,
        'Warning',
        'ProvisioningFailed',
        `storageclass.storage.k8s.io "${named}" not found`,
      )
    if (found.provisioner === noProvisioner) return undefined
    const asked = 'volume.kubernetes.io/storage-provisioner'
    if (claim.metadata.annotations?.[asked] === found.provisioner) return undefined
    store.update<Claim>(
      'PersistentVolumeClaim',
      claim.metadata.namespace,
      claim.metadata.name,
      draft => {
        draft.metadata.annotations = {
          ...draft.metadata.annotations,
          [asked]: found.provisioner,
          [`volume.beta.kubernetes.io/storage-provisioner`]: found.provisioner,
        }
      },
    )
    return say(
      claim,
      'Normal',
      'ExternalProvisioning',
      `Waiting for a volume to be created either by the external provisioner '${found.provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`,
    )
  }

  /**
   * Available, Bound, or Released once its claim is gone; what then becomes of it is its reclaim
   * policy's business.
   */
  function syncVolume(volume: FullVolume): void {
    const reference = volume.spec.claimRef
    if (reference === undefined) return volumePhase(volume, 'Available')
    const claim = store.get<Claim>(
      'PersistentVolumeClaim',
      reference.namespace,
      reference.name ?? '',
    )
    if (reference.uid === undefined || reference.uid === '') {
      volumePhase(volume, 'Available')
      if (claim !== undefined) claims.add(keyOf(claim))
      return undefined
    }
    if (claim?.metadata.uid !== reference.uid) return volumePhase(volume, 'Released')
    if (claim.status?.phase !== 'Bound') claims.add(keyOf(claim))
    return undefined
  }

  function volumePhase(volume: FullVolume, wanted: string): void {
    store.update<FullVolume>('PersistentVolume', undefined, volume.metadata.name, draft => {
      if (draft.status?.phase !== wanted)
        draft.status = {
          ...draft.status,
          phase: wanted,
          lastPhaseTransitionTime: store.timestamp(),
        }
    })
  }

  /** What a claim waits for is said once; upstream says it again with every look, each 15 s. */
  function say(claim: Claim, type: 'Normal' | 'Warning', reason: string, message: string): void {
    const uid = claim.metadata.uid ?? ''
    if (said.get(uid) === message) return
    said.set(uid, message)
    recordEvent(context, { about: claim, type, reason, message, component })
  }

  const everyOpenClaim = () => {
    for (const claim of store.list<Claim>('PersistentVolumeClaim'))
      if (claim.status?.phase !== 'Bound') claims.add(keyOf(claim))
  }

  return {
    on({ type, object }) {
      if (object.kind === 'PersistentVolumeClaim') {
        if (type !== 'DELETED') claims.add(keyOf(object))
        else {
          said.delete(object.metadata.uid ?? '')
          for (const volume of store.list<FullVolume>('PersistentVolume'))
            if (volume.spec.claimRef?.uid === object.metadata.uid) volumes.add(keyOf(volume))
        }
      }
      if (object.kind === 'PersistentVolume') {
        if (type !== 'DELETED') volumes.add(keyOf(object))
        const reference = (object as FullVolume).spec.claimRef
        if (reference?.name !== undefined && reference.namespace !== undefined)
          claims.add(`${reference.namespace}/${reference.name}`)
        if (type === 'ADDED') everyOpenClaim()
      }
      if (object.kind === 'StorageClass') everyOpenClaim()
    },
    all() {
      said.clear()
      for (const volume of store.list('PersistentVolume')) volumes.add(keyOf(volume))
      for (const claim of store.list('PersistentVolumeClaim')) claims.add(keyOf(claim))
    },
  }
}
