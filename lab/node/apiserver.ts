// The API servers and their etcd: when a machine's port opens, when it serves, and what a lost
// majority does.
import type { ApiState } from '#lab/kernel/world.ts'
import type { Box } from './containers/box.ts'
import { later } from './containers/box.ts'
import { delays } from './delays.ts'

type Phase = 'down' | 'open' | 'ready'

export interface ControlPlane {
  started(box: Box): void
  stopped(box: Box): void
  /** The machine was paused or resumed. */
  changed(): void
  stateOf(box: Box): ApiState
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
  boxes: readonly Box[],
  onServing: (serving: boolean) => void,
  onBreak: (box: Box) => void,
): ControlPlane {
  const members = boxes.filter(box => box.machine.controlPlane)
  const phases = new Map<Box, Phase>(members.map(box => [box, 'down']))
  let leader = false
  let electing = 0
  let was = false

  const running = (): number =>
    members.filter(box => phases.get(box) !== 'down' && !box.paused).length
  const serving = (): boolean =>
    leader && members.some(box => phases.get(box) === 'ready' && !box.paused)

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
      const starter = members.find(box => phases.get(box) !== 'down' && !box.paused)
      if (members.length === 1 && starter !== undefined && phases.get(starter) === 'ready') elect()
      else if (starter !== undefined) later(starter, delays.etcdElects, elect)
    }
    announce()
  }

  /** An API server that comes up without a leader waits for one. */
  const becomeReady = (box: Box): void => {
    if (phases.get(box) !== 'open') return
    if (leader) {
      phases.set(box, 'ready')
      announce()
    } else later(box, delays.syncTick, () => becomeReady(box))
  }

  return {
    started(box) {
      if (!phases.has(box)) return
      later(box, delays.apiOpens, () => {
        phases.set(box, 'open')
        count()
        later(box, delays.apiServes - delays.apiOpens, () => becomeReady(box))
      })
    },
    stopped(box) {
      if (!phases.has(box)) return
      const open = phases.get(box) !== 'down'
      phases.set(box, 'down')
      count()
      if (open) onBreak(box)
    },
    changed: count,
    stateOf(box) {
      const phase = phases.get(box) ?? 'down'
      if (phase === 'down') return 'refused'
      if (box.paused) return 'hanging'
      if (phase === 'open') return 'starting'
      return leader ? 'serving' : 'hanging'
    },
    serving,
  }
}
