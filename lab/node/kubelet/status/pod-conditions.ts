// The conditions that a kubelet reports for a pod. Pure.
import type { Condition, ContainerStatus } from '#src/model/kube.ts'
import { isSidecar, succeeded } from './container-status.ts'
import type { PodRun } from '#lab/node/kubelet/state.ts'
import { rfc3339 } from '#lab/node/kubelet/state.ts'

/** Builds a condition; without a change of its status it keeps its transition time. */
type Build = (type: string, ok: boolean, reason?: string, message?: string) => Condition

const builder =
  ({ pod }: PodRun, now: number): Build =>
  (type, ok, reason, message) => {
    const status = ok ? 'True' : 'False'
    const old = pod.status?.conditions?.find(each => each.type === type)
    const since = old?.status === status ? old.lastTransitionTime : undefined
    const made: Condition & { lastProbeTime: null; observedGeneration: number } = {
      lastProbeTime: null,
      lastTransitionTime: since ?? rfc3339(now),
      observedGeneration: pod.metadata.generation ?? 1,
      status,
      type,
    }
    if (reason !== undefined) made.reason = reason
    if (message !== undefined) made.message = message
    return made
  }

/** The reason of all conditions of a pod in a terminal phase. */
function terminalReason(phase: string): string | undefined {
  if (phase === 'Failed') return 'PodFailed'
  return phase === 'Succeeded' ? 'PodCompleted' : undefined
}

/** The kubelet's own conditions, the scheduler's, and those that other components wrote. */
export function podConditions(
  run: PodRun,
  phase: string,
  mains: readonly ContainerStatus[],
  now: number,
  ended: boolean,
): Condition[] {
  const build = builder(run, now)
  const before = run.pod.status?.conditions ?? []
  const terminal = terminalReason(phase)
  const own = [
    build('PodReadyToStartContainers', run.sandbox !== undefined && !ended),
    initialized(run, terminal, build),
    readiness('Ready', mains, terminal, build),
    readiness('ContainersReady', mains, terminal, build),
  ]
  const scheduled = before.find(each => each.type === 'PodScheduled') ?? build('PodScheduled', true)
  const foreign = before.filter(
    each => each.type !== 'PodScheduled' && !own.some(mine => mine.type === each.type),
  )
  return [...own, scheduled, ...foreign]
}

function initialized(run: PodRun, terminal: string | undefined, build: Build): Condition {
  if (terminal === 'PodCompleted') return build('Initialized', true, 'PodCompleted')
  const pending = run.inits
    .filter(each => (isSidecar(each) ? !each.started : !succeeded(each)))
    .map(each => each.spec.name)
  if (pending.length === 0) return build('Initialized', true)
  const message = `containers with incomplete status: [${pending.join(' ')}]`
  return build('Initialized', false, 'ContainersNotInitialized', message)
}

function readiness(
  type: string,
  mains: readonly ContainerStatus[],
  terminal: string | undefined,
  build: Build,
): Condition {
  if (terminal !== undefined) return build(type, false, terminal)
  const unready = mains.filter(each => !each.ready).map(each => each.name)
  if (unready.length === 0) return build(type, true)
  const message = `containers with unready status: [${unready.join(' ')}]`
  return build(type, false, 'ContainersNotReady', message)
}
