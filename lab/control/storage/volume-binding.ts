// The PersistentVolume controller: claims find volumes, volumes are given back.
import type { Store, StoreEvent } from '#lab/kernel/store.ts'
import type { LabContext } from '#lab/kernel/world.ts'
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
import type { Control, Controller, Queue } from '#lab/control/work-queue.ts'
import { keyOf, parts, workQueue } from '#lab/control/work-queue.ts'

const component = 'persistentvolume-controller'
const boundByController = 'pv.kubernetes.io/bound-by-controller'

class VolumeController implements Controller {
  readonly #control: Control
  readonly #context: LabContext
  readonly #store: Store
  readonly #said = new Map<string, string>()
  readonly #claims: Queue
  readonly #volumes: Queue

  constructor(control: Control) {
    this.#control = control
    this.#context = control.context
    this.#store = this.#context.store
    this.#claims = workQueue(control, delays.reconcile, key => {
      const { namespace, name } = parts(key)
      const claim = this.#store.get<Claim>('PersistentVolumeClaim', namespace, name)
      if (claim !== undefined) this.#syncClaim(claim)
    })
    this.#volumes = workQueue(control, delays.reconcile, name => {
      const volume = this.#store.get<FullVolume>('PersistentVolume', undefined, name)
      if (volume !== undefined) this.#syncVolume(volume)
    })
  }

  on({ type, object }: StoreEvent): void {
    if (object.kind === 'PersistentVolumeClaim') {
      if (type !== 'DELETED') this.#claims.add(keyOf(object))
      else {
        this.#said.delete(object.metadata.uid ?? '')
        for (const volume of this.#store.list<FullVolume>('PersistentVolume'))
          if (volume.spec.claimRef?.uid === object.metadata.uid) this.#volumes.add(keyOf(volume))
      }
    }
    if (object.kind === 'PersistentVolume') {
      if (type !== 'DELETED') this.#volumes.add(keyOf(object))
      const reference = (object as FullVolume).spec.claimRef
      if (reference?.name !== undefined && reference.namespace !== undefined)
        this.#claims.add(`${reference.namespace}/${reference.name}`)
      if (type === 'ADDED') this.#everyOpenClaim()
    }
    if (object.kind === 'StorageClass') this.#everyOpenClaim()
  }

  all(): void {
    this.#said.clear()
    for (const volume of this.#store.list('PersistentVolume')) this.#volumes.add(keyOf(volume))
    for (const claim of this.#store.list('PersistentVolumeClaim')) this.#claims.add(keyOf(claim))
  }

  #syncClaim(given: Claim): void {
    const claim = this.#withClass(given)
    const { volumeName } = claim.spec
    if (volumeName !== undefined) {
      const volume = this.#store.get<FullVolume>('PersistentVolume', undefined, volumeName)
      if (volume === undefined) {
        if (claim.status?.phase === 'Bound' || claim.status?.phase === 'Lost') this.#lose(claim)
        else this.#phase(claim, 'Pending')
      } else if (this.#holds(volume, claim) || volume.spec.claimRef === undefined)
        this.#bind(claim, volume)
      else if (claim.status?.phase === 'Bound') this.#lose(claim)
      return
    }
    this.#phase(claim, 'Pending')
    if (isTerminating(claim)) return
    // A volume that already names the claim is bound whatever the mode; the others only where no
    // consumer has to be waited for.
    const named = this.#store
      .list<FullVolume>('PersistentVolume')
      .find(volume => this.#holds(volume, claim))
    const selected = claim.metadata.annotations?.[selectedNodeKey]
    const volume =
      named ??
      (waitsForConsumer(this.#control, claim) ? undefined : volumeFor(this.#control, claim))
    if (volume !== undefined) this.#bind(claim, volume)
    else if (waitsForConsumer(this.#control, claim) && selected === undefined)
      this.#waitForPod(claim)
    else this.#request(claim)
  }

  /** A claim that names no class gets the default one, also when that appears later. */
  #withClass(claim: Claim): Claim {
    const standard =
      claim.spec.storageClassName === undefined ? defaultClass(this.#control) : undefined
    if (standard === undefined) return claim
    return (
      this.#store.update<Claim>(
        'PersistentVolumeClaim',
        claim.metadata.namespace,
        claim.metadata.name,
        draft => {
          draft.spec.storageClassName = standard.metadata.name
        },
      ) ?? claim
    )
  }

  #holds(volume: FullVolume, claim: Claim): boolean {
    const reference = volume.spec.claimRef
    return (
      reference !== undefined &&
      reference.name === claim.metadata.name &&
      reference.namespace === claim.metadata.namespace &&
      (reference.uid === undefined || reference.uid === '' || reference.uid === claim.metadata.uid)
    )
  }

  #bind(claim: Claim, volume: FullVolume): void {
    const { namespace, name, uid, resourceVersion } = claim.metadata
    const now = this.#store.timestamp()
    this.#store.update<FullVolume>('PersistentVolume', undefined, volume.metadata.name, draft => {
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
    this.#store.update<Claim>('PersistentVolumeClaim', namespace, name, draft => {
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

  #lose(claim: Claim): void {
    const once = claim.status?.phase !== 'Lost'
    this.#phase(claim, 'Lost')
    if (once)
      this.#say(
        claim,
        'Warning',
        'ClaimLost',
        'Bound claim has lost its PersistentVolume. Data on the volume is lost!',
      )
  }

  #phase(claim: Claim, wanted: string): void {
    this.#store.update<Claim>(
      'PersistentVolumeClaim',
      claim.metadata.namespace,
      claim.metadata.name,
      draft => {
        draft.status = { ...draft.status, phase: wanted }
      },
    )
  }

  #waitForPod(claim: Claim): void {
    const waiting = this.#store
      .list<FullPod>('Pod', claim.metadata.namespace)
      .find(pod => pod.spec.nodeName === undefined && claimNames(pod).includes(claim.metadata.name))
    if (waiting === undefined)
      this.#say(
        claim,
        'Normal',
        'WaitForFirstConsumer',
        'waiting for first consumer to be created before binding',
      )
    else
      this.#say(
        claim,
        'Normal',
        'WaitForPodScheduled',
        `waiting for pod ${waiting.metadata.name} to be scheduled`,
      )
  }

  /** Asks the class's provisioner by an annotation on the claim. */
  #request(claim: Claim): void {
    const found = classOf(this.#control, claim)
    const named = claim.spec.storageClassName ?? ''
    if (named === '')
      return this.#say(
        claim,
        'Normal',
        'FailedBinding',
        'no persistent volumes available for this claim and no storage class is set',
      )
    if (found === undefined)
      return this.#say(
        claim,
        'Warning',
        'ProvisioningFailed',
        `storageclass.storage.k8s.io "${named}" not found`,
      )
    if (found.provisioner === noProvisioner) return undefined
    const asked = 'volume.kubernetes.io/storage-provisioner'
    if (claim.metadata.annotations?.[asked] === found.provisioner) return undefined
    this.#store.update<Claim>(
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
    return this.#say(
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
  #syncVolume(volume: FullVolume): void {
    const reference = volume.spec.claimRef
    if (reference === undefined) return this.#volumePhase(volume, 'Available')
    const claim = this.#store.get<Claim>(
      'PersistentVolumeClaim',
      reference.namespace,
      reference.name ?? '',
    )
    if (reference.uid === undefined || reference.uid === '') {
      this.#volumePhase(volume, 'Available')
      if (claim !== undefined) this.#claims.add(keyOf(claim))
      return undefined
    }
    if (claim?.metadata.uid !== reference.uid) return this.#volumePhase(volume, 'Released')
    if (claim.status?.phase !== 'Bound') this.#claims.add(keyOf(claim))
    return undefined
  }

  #volumePhase(volume: FullVolume, wanted: string): void {
    this.#store.update<FullVolume>('PersistentVolume', undefined, volume.metadata.name, draft => {
      if (draft.status?.phase !== wanted)
        draft.status = {
          ...draft.status,
          phase: wanted,
          lastPhaseTransitionTime: this.#store.timestamp(),
        }
    })
  }

  /** Reports once what a claim waits for. Upstream repeats the event every 15 s. */
  #say(claim: Claim, type: 'Normal' | 'Warning', reason: string, message: string): void {
    const uid = claim.metadata.uid ?? ''
    if (this.#said.get(uid) === message) return
    this.#said.set(uid, message)
    recordEvent(this.#context, { about: claim, type, reason, message, component })
  }

  #everyOpenClaim(): void {
    for (const claim of this.#store.list<Claim>('PersistentVolumeClaim'))
      if (claim.status?.phase !== 'Bound') this.#claims.add(keyOf(claim))
  }
}

export const volumeBinding = (control: Control): Controller => new VolumeController(control)
