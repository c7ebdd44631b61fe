// The phase that a kubelet reports for a pod. Pure.
import { isSeenRunning, isSidecar, succeeded } from './container-status.ts'
import type { ContainerRun, Exit, PodRun } from '#lab/node/kubelet/state.ts'

const exitsOf = (containers: readonly ContainerRun[]): Exit[] =>
  containers.flatMap(each => (each.state.kind === 'exited' ? [each.state.exit] : []))

/** `ended`: all containers have stopped for good. */
export function phaseOf(run: PodRun, ended: boolean): string {
  const { mains } = run
  const policy = run.pod.spec.restartPolicy ?? 'Always'
  const exits = exitsOf(mains)
  const allSucceeded = exits.every(exit => exit.code === 0)
  if (ended) return exits.length === mains.length && allSucceeded ? 'Succeeded' : 'Failed'
  const failedInit = exitsOf(run.inits).some(exit => exit.code !== 0)
  if (failedInit && policy === 'Never') return 'Failed'
  if (!run.inits.every(each => (isSidecar(each) ? each.attempts > 0 : succeeded(each))))
    return mains.some(each => each.attempts > 0) ? 'Running' : 'Pending'
  if (mains.some(isNotStarted)) return 'Pending'
  if (mains.some(isSeenRunning) || policy === 'Always' || exits.length < mains.length)
    return 'Running'
  if (allSucceeded) return 'Succeeded'
  return policy === 'Never' ? 'Failed' : 'Running'
}

/** Whether the kubelet has not noticed any start of a container yet. */
const isNotStarted = (container: ContainerRun): boolean =>
  container.attempts === 0 ||
  (container.attempts === 1 && container.state.kind === 'running' && !container.seen)
