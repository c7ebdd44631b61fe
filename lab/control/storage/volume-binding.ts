// The PersistentVolume controller: binds claims to volumes, and releases the volume of a deleted
// claim.
import type { Store, StoreEvent } from '#lab/kernel/store.ts'
import { delays } from '#lab/control/delays.ts'
import type { Claim, FullVolume } from '#lab/control/objects.ts'
import { updateObject } from '#lab/control/objects/update.ts'
import { isTerminating } from '#lab/control/pods.ts'
import {
  defaultClass,
  selectedNodeKey,
  volumeFor,
  waitsForConsumer,
} from '#lab/control/scheduling/volumes.ts'
import type { Control, Controller, Queue } from '#lab/control/work-queue.ts'
import { keyOf, parts, workQueue } from '#lab/control/work-queue.ts'
import { bind, isReservedFor, setClaimPhase, setVolumePhase } from './binding.ts'
import { ClaimReports } from './claim-reports.ts'
import { requestVolume } from './volume-request.ts'

class VolumeController implements Controller {
  readonly #control: Control
  readonly #store: Store
  readonly #reports: ClaimReports
  readonly #claims: Queue
  readonly #volumes: Queue

  constructor(control: Control) {
    this.#control = control
    this.#store = control.context.store
    this.#reports = new ClaimReports(control)
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
        this.#reports.forget(object)
        for (const volume of this.#store.list<FullVolume>('PersistentVolume'))
          if (volume.spec.claimRef?.uid === object.metadata.uid) this.#volumes.add(keyOf(volume))
      }
    }
    if (object.kind === 'PersistentVolume') {
      if (type !== 'DELETED') this.#volumes.add(keyOf(object))
      // The kind implies the type.
      const reference = (object as FullVolume).spec.claimRef
      if (reference?.name !== undefined && reference.namespace !== undefined)
        this.#claims.add(`${reference.namespace}/${reference.name}`)
      if (type === 'ADDED') this.#queueUnboundClaims()
    }
    if (object.kind === 'StorageClass') this.#queueUnboundClaims()
  }

  all(): void {
    this.#reports.clear()
    for (const volume of this.#store.list('PersistentVolume')) this.#volumes.add(keyOf(volume))
    for (const claim of this.#store.list('PersistentVolumeClaim')) this.#claims.add(keyOf(claim))
  }

  #queueUnboundClaims(): void {
    for (const claim of this.#store.list<Claim>('PersistentVolumeClaim'))
      if (claim.status?.phase !== 'Bound') this.#claims.add(keyOf(claim))
  }

  #syncClaim(given: Claim): void {
    const claim = this.#withClass(given)
    const { volumeName } = claim.spec
    if (volumeName === undefined) this.#findVolume(claim)
    else this.#checkVolume(claim, volumeName)
  }

  /** A claim that names no class gets the default class, even if that class appears later. */
  #withClass(claim: Claim): Claim {
    const standard =
      claim.spec.storageClassName === undefined ? defaultClass(this.#control) : undefined
    if (standard === undefined) return claim
    const updated = updateObject(this.#control, claim, draft => {
      draft.spec.storageClassName = standard.metadata.name
    })
    return updated ?? claim
  }

  /** Binds a claim to the volume that it names, or reports that the volume is lost. */
  #checkVolume(claim: Claim, volumeName: string): void {
    const volume = this.#store.get<FullVolume>('PersistentVolume', undefined, volumeName)
    const phase = claim.status?.phase
    if (volume === undefined) {
      if (phase === 'Bound' || phase === 'Lost') this.#lose(claim)
      else setClaimPhase(this.#control, claim, 'Pending')
    } else if (isReservedFor(volume, claim) || volume.spec.claimRef === undefined)
      bind(this.#control, claim, volume)
    else if (phase === 'Bound') this.#lose(claim)
  }

  /**
   * Binds a claim that names no volume yet. A volume that names the claim is bound in any binding
   * mode, other volumes only if the claim does not wait for a consumer.
   */
  #findVolume(claim: Claim): void {
    setClaimPhase(this.#control, claim, 'Pending')
    if (isTerminating(claim)) return
    const waits = waitsForConsumer(this.#control, claim)
    const reserved = this.#store
      .list<FullVolume>('PersistentVolume')
      .find(volume => isReservedFor(volume, claim))
    const volume = reserved ?? (waits ? undefined : volumeFor(this.#control, claim))
    const selected = claim.metadata.annotations?.[selectedNodeKey]
    if (volume !== undefined) bind(this.#control, claim, volume)
    else if (waits && selected === undefined) this.#reports.waiting(claim)
    else requestVolume(this.#control, this.#reports, claim)
  }

  #lose(claim: Claim): void {
    const isNew = claim.status?.phase !== 'Lost'
    setClaimPhase(this.#control, claim, 'Lost')
    if (isNew)
      this.#reports.record(
        claim,
        'Warning',
        'ClaimLost',
        'Bound claim has lost its PersistentVolume. Data on the volume is lost!',
      )
  }

  /**
   * Sets a volume to Available, or to Released once its claim is gone. The reclaim policy decides
   * what becomes of a released volume.
   */
  #syncVolume(volume: FullVolume): void {
    const reference = volume.spec.claimRef
    if (reference === undefined) {
      setVolumePhase(this.#control, volume, 'Available')
      return
    }
    const { namespace, name = '', uid = '' } = reference
    const claim = this.#store.get<Claim>('PersistentVolumeClaim', namespace, name)
    if (uid === '') {
      setVolumePhase(this.#control, volume, 'Available')
      if (claim !== undefined) this.#claims.add(keyOf(claim))
    } else if (claim?.metadata.uid !== uid) setVolumePhase(this.#control, volume, 'Released')
    else if (claim.status?.phase !== 'Bound') this.#claims.add(keyOf(claim))
  }
}

export const volumeBinding = (control: Control): Controller => new VolumeController(control)
