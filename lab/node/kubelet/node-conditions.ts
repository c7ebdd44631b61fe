// The conditions that a kubelet reports for its node.
import type { Condition, Node } from '#src/model/kube.ts'
import { hasNetwork, networkNotReady } from '#lab/node/network/flannel.ts'
import type { KubeletState } from './state.ts'
import { rfc3339 } from './state.ts'

type Pressure = 'MemoryPressure' | 'DiskPressure' | 'PIDPressure'

/** The condition, its reasons, messages and Events without (`calm`) and with (`alarm`) pressure. */
export const pressures: readonly {
  type: Pressure
  no: string
  yes: string
  calm: string
  alarm: string
  event: string
  alarmEvent: string
}[] = [
  {
    type: 'MemoryPressure',
    no: 'KubeletHasSufficientMemory',
    yes: 'KubeletHasInsufficientMemory',
    calm: 'kubelet has sufficient memory available',
    alarm: 'kubelet has insufficient memory available',
    event: 'NodeHasSufficientMemory',
    alarmEvent: 'NodeHasInsufficientMemory',
  },
  {
    type: 'DiskPressure',
    no: 'KubeletHasNoDiskPressure',
    yes: 'KubeletHasDiskPressure',
    calm: 'kubelet has no disk pressure',
    alarm: 'kubelet has disk pressure',
    event: 'NodeHasNoDiskPressure',
    alarmEvent: 'NodeHasDiskPressure',
  },
  {
    type: 'PIDPressure',
    no: 'KubeletHasSufficientPID',
    yes: 'KubeletHasInsufficientPID',
    calm: 'kubelet has sufficient PID available',
    alarm: 'kubelet has insufficient PID available',
    event: 'NodeHasSufficientPID',
    alarmEvent: 'NodeHasInsufficientPID',
  },
]

/**
 * The conditions of a node now. Without a change of its status a condition keeps its transition
 * time.
 */
export function nodeConditions(kubelet: KubeletState, node: Node, now: number): Condition[] {
  const condition = (type: string, status: boolean, reason: string, message: string): Condition => {
    const old = node.status?.conditions?.find(each => each.type === type)
    const text = status ? 'True' : 'False'
    return {
      lastHeartbeatTime: rfc3339(now),
      lastTransitionTime:
        (old?.status === text ? old.lastTransitionTime : undefined) ?? rfc3339(now),
      message,
      reason,
      status: text,
      type,
    }
  }
  return [
    ...pressures.map(each => {
      const on = kubelet.pressure.get(each.type) === true
      return condition(each.type, on, on ? each.yes : each.no, on ? each.alarm : each.calm)
    }),
    hasNetwork(kubelet)
      ? condition('Ready', true, 'KubeletReady', 'kubelet is posting ready status')
      : condition('Ready', false, 'KubeletNotReady', networkNotReady),
  ]
}
