// The sandbox of a pod: what can prevent it, and its address.
import { delays, type Range } from '#lab/node/delays.ts'
import { hasNetwork, networkNotReady, nextAddress } from '#lab/node/network/flannel.ts'
import type { KubeletState, PodRun } from './state.ts'
import { missingVolume } from './volumes.ts'

export const hasOwnNetwork = (run: PodRun): boolean => run.pod.spec.hostNetwork !== true

/** Why no sandbox can be created yet, and when the kubelet tries again. */
export function sandboxProblem(
  kubelet: KubeletState,
  run: PodRun,
): { reason: string; message: string; retryAfter: Range } | undefined {
  if (hasOwnNetwork(run) && !hasNetwork(kubelet))
    return {
      reason: 'NetworkNotReady',
      message: `network is not ready: ${networkNotReady}`,
      retryAfter: delays.syncRetriesTransient,
    }
  const problem = missingVolume(kubelet, run)
  if (problem === undefined) return undefined
  return { reason: 'FailedMount', message: problem, retryAfter: delays.syncRetries }
}

/** Gives a pod its sandbox, with an address of its own unless it shares the node's. */
export function createSandbox(kubelet: KubeletState, run: PodRun): void {
  run.quickRetry = false
  run.sandbox = {
    id: kubelet.random.hex(64),
    ip: hasOwnNetwork(run) ? nextAddress(kubelet) : kubelet.address,
  }
  run.hadSandbox = true
  run.newSandbox = true
}
