// Which containers of a pod run again after they have ended.
import { isSidecar } from './status/container-status.ts'
import type { ContainerRun, PodRun } from './state.ts'

/** Whether a container should run, or run again. */
export function restarts(run: PodRun, container: ContainerRun): boolean {
  const policy = isSidecar(container) ? 'Always' : (run.pod.spec.restartPolicy ?? 'Always')
  if (container.state.kind !== 'exited') return true
  if (container.kind === 'init' && !isSidecar(container))
    return container.state.exit.code === 0 || policy !== 'Never'
  return policy === 'Always' || (policy === 'OnFailure' && container.state.exit.code !== 0)
}

/** Whether no container of the pod will run again. */
export function finished(run: PodRun): boolean {
  if (run.evicted !== undefined) return true
  if (run.inits.some(each => each.state.kind === 'exited' && !restarts(run, each))) return true
  return run.mains.every(each => each.state.kind === 'exited' && !restarts(run, each))
}
