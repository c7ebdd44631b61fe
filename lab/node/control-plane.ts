// The API servers and their etcd: when the port of a machine opens, when it serves, and what
// happens without a majority.
import type { ApiState } from '#lab/kernel/world.ts'
import type { KubeletState } from './kubelet/state.ts'
import { later } from './kubelet/state.ts'
import { delays } from './delays.ts'

type Phase = 'down' | 'open' | 'ready'

export interface ControlPlane {
  started(kubelet: KubeletState): void
  stopped(kubelet: KubeletState): void
  /** The machine was paused or resumed. */
  changed(): void
  stateOf(kubelet: KubeletState): ApiState
  /** Whether any API server serves. */
  serving(): boolean
}

class EtcdControlPlane implements ControlPlane {
  readonly #members: readonly KubeletState[]
  readonly #onServing: (serving: boolean) => void
  readonly #onBreak: (kubelet: KubeletState) => void
  readonly #phases: Map<KubeletState, Phase>
  #leader = false
  /** Counts elections, so that an outdated election does nothing. */
  #election = 0
  #wasServing = false

  constructor(
    kubelets: readonly KubeletState[],
    onServing: (serving: boolean) => void,
    onBreak: (kubelet: KubeletState) => void,
  ) {
    this.#onServing = onServing
    this.#onBreak = onBreak
    this.#members = kubelets.filter(kubelet => kubelet.machine.controlPlane)
    this.#phases = new Map(this.#members.map(kubelet => [kubelet, 'down']))
  }

  started(kubelet: KubeletState): void {
    if (!this.#phases.has(kubelet)) return
    later(kubelet, delays.apiOpens, () => {
      this.#phases.set(kubelet, 'open')
      this.changed()
      later(kubelet, delays.apiServes - delays.apiOpens, () => this.#becomeReady(kubelet))
    })
  }

  stopped(kubelet: KubeletState): void {
    if (!this.#phases.has(kubelet)) return
    const open = this.#phases.get(kubelet) !== 'down'
    this.#phases.set(kubelet, 'down')
    this.changed()
    if (open) this.#onBreak(kubelet)
  }

  changed(): void {
    const majority = this.#running().length * 2 > this.#members.length
    if (!majority) {
      this.#leader = false
      this.#election += 1
    } else if (!this.#leader) {
      this.#election += 1
      this.#startElection(this.#election)
    }
    this.#announce()
  }

  stateOf(kubelet: KubeletState): ApiState {
    const phase = this.#phases.get(kubelet) ?? 'down'
    if (phase === 'down') return 'refused'
    if (kubelet.paused) return 'hanging'
    if (phase === 'open') return 'starting'
    return this.#leader ? 'serving' : 'hanging'
  }

  serving(): boolean {
    return (
      this.#leader &&
      this.#members.some(kubelet => this.#phases.get(kubelet) === 'ready' && !kubelet.paused)
    )
  }

  #running(): readonly KubeletState[] {
    return this.#members.filter(kubelet => this.#phases.get(kubelet) !== 'down' && !kubelet.paused)
  }

  #startElection(election: number): void {
    const elect = (): void => {
      if (election !== this.#election) return
      this.#leader = true
      this.#announce()
    }
    const [starter] = this.#running()
    if (starter === undefined) return
    // A single member that was only paused is still the leader.
    if (this.#members.length === 1 && this.#phases.get(starter) === 'ready') elect()
    else later(starter, delays.etcdElects, elect)
  }

  #announce(): void {
    const serving = this.serving()
    if (serving === this.#wasServing) return
    this.#wasServing = serving
    this.#onServing(serving)
  }

  /** An API server that starts without a leader waits for one. */
  #becomeReady(kubelet: KubeletState): void {
    if (this.#phases.get(kubelet) !== 'open') return
    if (this.#leader) {
      this.#phases.set(kubelet, 'ready')
      this.#announce()
    } else later(kubelet, delays.syncTick, () => this.#becomeReady(kubelet))
  }
}

/**
 * The control plane of these machines. etcd needs a majority of the control-plane members; without
 * it the remaining API servers accept connections but never answer.
 *
 * Calls `onServing` when the cluster's API starts or stops serving, and `onBreak` when the
 * connections to the API server of one machine break.
 */
export const createControlPlane = (
  kubelets: readonly KubeletState[],
  onServing: (serving: boolean) => void,
  onBreak: (kubelet: KubeletState) => void,
): ControlPlane => new EtcdControlPlane(kubelets, onServing, onBreak)
