// One pod's worker: compares the pod with its spec and takes the next step, as upstream's syncPod
// does.
import { sandboxFails } from '#lab/node/network/flannel.ts'
import type { KubeletState, ContainerRun, PodRun } from './state.ts'
import { containersOf, draw, later, nowOf, untilTick } from './state.ts'
import { stop } from '#lab/node/containers/containers.ts'
import { delays } from '#lab/node/delays.ts'
import { stopContainers, stopRunning, graceOf } from './ending.ts'
import { isSidecar, succeeded } from './status/container-status.ts'
import { finished, restarts } from './restart-policy.ts'
import { createSandbox, hasOwnNetwork, sandboxProblem } from './sandbox.ts'
import type { ProbeListener } from './probes.ts'
import { judgeContainers } from './probes.ts'
import { crashLoopWait, startContainer } from './start.ts'
import { podEvent, writeStatus } from './status-reporter.ts'

/** Acts on the decisions of probes. */
export const probeListener = (kubelet: KubeletState): ProbeListener => ({
  changed: run => {
    judgeContainers(kubelet, run, probeListener(kubelet))
    writeStatus(kubelet, run)
  },
  failedProbe: run => syncPod(kubelet, run),
})

/** Schedules the relist at which the kubelet notices containerd's changes. */
export function relist(kubelet: KubeletState, run: PodRun): void {
  if (run.relisting) return
  run.relisting = true
  later(kubelet, untilTick(kubelet, delays.relist), () => {
    run.relisting = false
    syncPod(kubelet, run)
  })
}

/** Compares the pod with its spec and takes the next step. */
export function syncPod(kubelet: KubeletState, run: PodRun): void {
  if (kubelet.phase !== 'up' || run.unknown || run.done || run.ending !== undefined || run.busy)
    return
  for (const container of containersOf(run))
    if (container.state.kind === 'running') container.seen = true
  judgeContainers(kubelet, run, probeListener(kubelet))
  if (finished(run)) {
    finishPod(kubelet, run)
    return
  }
  writeStatus(kubelet, run)
  const failedProbe = containersOf(run).find(
    each => each.failedProbe !== undefined && each.state.kind === 'running',
  )
  if (failedProbe !== undefined) restartFailed(kubelet, run, failedProbe)
  else if (run.sandbox === undefined) startSandbox(kubelet, run)
  else startNext(kubelet, run)
}

/**
 * Ends a pod that has succeeded or failed or was evicted: stops the remaining containers, removes
 * the sandbox and keeps the status.
 */
function finishPod(kubelet: KubeletState, run: PodRun): void {
  run.done = true
  for (const container of containersOf(run))
    for (const probe of container.probes) probe.stopped = true
  const runs = containersOf(run).some(each => each.state.kind === 'running')
  writeStatus(kubelet, run, !runs)
  stopRunning(kubelet, run, run.evicted === undefined ? graceOf(run.pod) : 0, () => {
    run.sandbox = undefined
    writeStatus(kubelet, run, true)
  })
}

/** Restarts a container that failed its startup or liveness probe. */
function restartFailed(kubelet: KubeletState, run: PodRun, container: ContainerRun): void {
  const kind = container.failedProbe
  podEvent(
    kubelet,
    run,
    'Normal',
    'Killing',
    `Container ${container.spec.name} failed ${kind} probe, will be restarted`,
    container,
  )
  run.busy = true
  const diedBefore = container.last?.finishedAt
  stop(kubelet, run, container, graceOf(run.pod), () => {
    if (!operationDone(kubelet, run)) return
    startAll(kubelet, run, [container], () => diedBefore)
  })
}

/** Ends the current operation. If the pod is being stopped, continues that and returns false. */
function operationDone(kubelet: KubeletState, run: PodRun): boolean {
  run.busy = false
  if (run.ending === undefined) return true
  stopContainers(kubelet, run)
  return false
}

/** Retries the failed sync at the first tick after `ms`. */
function retry(kubelet: KubeletState, run: PodRun, ms: number): void {
  const wait = ms + untilTick(kubelet, delays.syncTick, nowOf(kubelet) + ms)
  run.retryAt = nowOf(kubelet) + wait
  later(kubelet, wait, () => syncPod(kubelet, run))
}

function startSandbox(kubelet: KubeletState, run: PodRun): void {
  if (nowOf(kubelet) < run.retryAt) return
  const problem = sandboxProblem(kubelet, run)
  if (problem !== undefined) {
    podEvent(kubelet, run, 'Warning', problem.reason, problem.message)
    retry(kubelet, run, draw(kubelet, problem.retryAfter))
    return
  }
  if (run.hadSandbox)
    podEvent(
      kubelet,
      run,
      'Normal',
      'SandboxChanged',
      'Pod sandbox changed, it will be killed and re-created.',
    )
  run.busy = true
  const mayFail = hasOwnNetwork(run) && !kubelet.machine.files.has('/run/flannel/subnet.env')
  later(kubelet, draw(kubelet, mayFail ? delays.sandboxFails : delays.sandboxMade), () => {
    if (!operationDone(kubelet, run)) return
    const failure = hasOwnNetwork(run) ? sandboxFails(kubelet) : undefined
    if (failure !== undefined) {
      retrySandbox(kubelet, run, failure)
      return
    }
    createSandbox(kubelet, run)
    startNext(kubelet, run)
  })
}

function retrySandbox(kubelet: KubeletState, run: PodRun, failure: string): void {
  podEvent(kubelet, run, 'Warning', 'FailedCreatePodSandBox', failure)
  if (run.quickRetry) {
    run.quickRetry = false
    relist(kubelet, run)
  } else retry(kubelet, run, draw(kubelet, delays.syncRetries))
}

/** Starts the next init container, or the main containers. */
function startNext(kubelet: KubeletState, run: PodRun): void {
  const sandbox = run.sandbox?.id
  for (const init of run.inits) {
    const here = init.sandboxId === sandbox
    if (here && (isSidecar(init) ? init.started : succeeded(init))) continue
    if (init.state.kind !== 'running') startAll(kubelet, run, [init])
    return
  }
  startAll(
    kubelet,
    run,
    [...run.inits.filter(isSidecar), ...run.mains].filter(
      each => each.state.kind !== 'running' && restarts(run, each),
    ),
  )
}

const diedAt = (container: ContainerRun): number | undefined =>
  container.state.kind === 'exited' ? container.state.exit.finishedAt : undefined

/** Starts containers one after the other; skips those in a back-off. */
function startAll(
  kubelet: KubeletState,
  run: PodRun,
  containers: readonly ContainerRun[],
  died: (container: ContainerRun) => number | undefined = diedAt,
): void {
  const due = containers.filter(each => nowOf(kubelet) >= each.retryAt)
  if (due.length === 0) return
  run.busy = true
  const next = (index: number): void => {
    const container = due[index]
    if (container === undefined) {
      if (operationDone(kubelet, run))
        later(kubelet, draw(kubelet, delays.containerSeen), () => syncPod(kubelet, run))
      return
    }
    const rerun = container.kind === 'init' && succeeded(container)
    const left = rerun ? 0 : crashLoopWait(kubelet, run, container, died(container))
    if (left > 0) {
      delayStart(kubelet, run, container, left)
      next(index + 1)
      return
    }
    startContainer(
      kubelet,
      run,
      container,
      () => run.ending === undefined,
      how => {
        if (how.kind === 'dropped') {
          operationDone(kubelet, run)
          return
        }
        if (how.kind === 'failed') retryStart(kubelet, run, container)
        next(index + 1)
      },
    )
  }
  next(0)
}

/**
 * Retries a container that did not start, or is in a back-off for its image, after the retry of a
 * sync, however long the back-off still lasts. The relist that first sees a new sandbox retries all
 * of its containers once more.
 * @source measured on a v1.35 node: BackOff 0.3 to 0.7 s after the first failure, then a try each
 * 11 to 15 s
 */
function retryStart(kubelet: KubeletState, run: PodRun, container: ContainerRun): void {
  if (!run.newSandbox) return delayStart(kubelet, run, container, draw(kubelet, delays.syncRetries))
  run.newSandbox = false
  relist(kubelet, run)
}

/** Delays the container's next start to the first tick after `ms`. */
function delayStart(kubelet: KubeletState, run: PodRun, container: ContainerRun, ms: number): void {
  const wait = ms + untilTick(kubelet, delays.syncTick, nowOf(kubelet) + ms)
  container.retryAt = nowOf(kubelet) + wait
  later(kubelet, wait, () => syncPod(kubelet, run))
}
