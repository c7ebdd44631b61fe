// The API servers and their etcd: when a machine's port opens, when it serves, and what a lost
// majority does.
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

/**
 * `onServing` is told when the cluster's API comes and goes; `onBreak` when the connections to one
 * machine's API server break.
 * etcd needs a majority of the control-plane machines: without it what still runs holds connections
 * and answers nothing.
 */
export function createControlPlane(
  kubelets: readonly KubeletState[],
  onServing: (serving: boolean) => void,
  onBreak: (kubelet: KubeletState) => void,
): ControlPlane {
  const members = kubelets.filter(kubelet => kubelet.machine.controlPlane)
  const phases = new Map<KubeletState, Phase>(members.map(kubelet => [kubelet, 'down']))
  let leader = false
  let electing = 0
  let was = false

  const running = (): number =>
    members.filter(kubelet => phases.get(kubelet) !== 'down' && !kubelet.paused).length
  const serving = (): boolean =>
    leader && members.some(kubelet => phases.get(kubelet) === 'ready' && !kubelet.paused)

  const announce = (): void => {
    const is = serving()
    if (is === was) return
    was = is
    onServing(is)
  }

  const count = (): void => {
    const majority = running() * 2 > members.length
    if (!majority) {
      leader = false
      electing += 1
    } else if (!leader) {
      electing += 1
      const round = electing
      const elect = (): void => {
        if (round !== electing) return
        leader = true
        announce()
      }
      // A lone member that was only paused goes on where it was.
      const starter = members.find(kubelet => phases.get(kubelet) !== 'down' && !kubelet.paused)
      if (members.length === 1 && starter !== undefined && phases.get(starter) === 'ready') elect()
      else if (starter !== undefined) later(starter, delays.etcdElects, elect)
    }
    announce()
  }

  /** An API server that comes up without a leader waits for one. */
  const becomeReady = (kubelet: KubeletState): void => {
    if (phases.get(kubelet) !== 'open') return
    if (leader) {
      phases.set(kubelet, 'ready')
      announce()
    } else later(kubelet, delays.syncTick, () => becomeReady(kubelet))
  }

  return {
    started(kubelet) {
      if (!phases.has(kubelet)) return
      later(kubelet, delays.apiOpens, () => {
        phases.set(kubelet, 'open')
        count()
        later(kubelet, delays.apiServes - delays.apiOpens, () => becomeReady(kubelet))
      })
    },
    stopped(kubelet) {
      if (!phases.has(kubelet)) return
      const open = phases.get(kubelet) !== 'down'
      phases.set(kubelet, 'down')
      count()
      if (open) onBreak(kubelet)
    },
    changed: count,
    stateOf(kubelet) {
      const phase = phases.get(kubelet) ?? 'down'
      if (phase === 'down') return 'refused'
      if (kubelet.paused) return 'hanging'
      if (phase === 'open') return 'starting'
      return leader ? 'serving' : 'hanging'
    },
    serving,
  }
}
