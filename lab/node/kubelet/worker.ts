// One pod's worker: looks at what should run and at what does, and takes the next step. As
// upstream's syncPod decides.
import { nextAddress, hasNetwork, noNetwork, sandboxFails } from '#lab/node/flannel.ts'
import type { Box, ContainerRun, PodRun } from '#lab/node/containers/box.ts'
import { containersOf, draw, later, nowOf, untilTick } from '#lab/node/containers/box.ts'
import { stop } from '#lab/node/containers/containers.ts'
import { delays } from '#lab/node/delays.ts'
import { carryOut, graceOf } from './ending.ts'
import { isSidecar, succeeded } from './pod-status.ts'
import type { ProbeListener } from './probes.ts'
import { judgeContainers } from './probes.ts'
import { crashLoopWait, startContainer } from './start.ts'
import { podEvent, writeStatus } from '#lab/node/voice.ts'
import { volumesLack } from './volumes.ts'

/** What a probe's decision leads to. */
export const probeListener = (box: Box): ProbeListener => ({
  changed: run => {
    judgeContainers(box, run, probeListener(box))
    writeStatus(box, run)
  },
  condemned: run => look(box, run),
})

/** The kubelet hears at its next relist of what containerd has done. */
export function relist(box: Box, run: PodRun): void {
  if (run.relisting) return
  run.relisting = true
  later(box, untilTick(box, delays.relist), () => {
    run.relisting = false
    look(box, run)
  })
}

const restarts = (run: PodRun, container: ContainerRun): boolean => {
  const policy = isSidecar(container) ? 'Always' : (run.pod.spec.restartPolicy ?? 'Always')
  if (container.state.kind !== 'exited') return true
  if (container.kind === 'init' && !isSidecar(container))
    return container.state.exit.code === 0 || policy !== 'Never'
  return policy === 'Always' || (policy === 'OnFailure' && container.state.exit.code !== 0)
}

/** Whether nothing of the pod will run again. */
function finished(run: PodRun): boolean {
  if (run.evicted !== undefined) return true
  if (run.inits.some(each => each.state.kind === 'exited' && !restarts(run, each))) return true
  return run.mains.every(each => each.state.kind === 'exited' && !restarts(run, each))
}

/** Looks at the pod and does what is next. */
export function look(box: Box, run: PodRun): void {
  if (box.kubelet !== 'up' || run.unknown || run.done || run.ending !== undefined || run.busy)
    return
  for (const container of containersOf(run))
    if (container.state.kind === 'running') container.seen = true
  judgeContainers(box, run, probeListener(box))
  if (finished(run)) {
    conclude(box, run)
    return
  }
  writeStatus(box, run)
  const condemned = containersOf(run).find(
    each => each.condemned !== undefined && each.state.kind === 'running',
  )
  if (condemned !== undefined) restartCondemned(box, run, condemned)
  else if (run.sandbox === undefined) makeSandbox(box, run)
  else startNext(box, run)
}

/** Succeeded, Failed or evicted: what still runs is stopped, the sandbox goes, the status stays. */
function conclude(box: Box, run: PodRun): void {
  run.done = true
  for (const container of containersOf(run))
    for (const probe of container.probes) probe.stopped = true
  const running = containersOf(run).filter(each => each.state.kind === 'running')
  writeStatus(box, run, running.length === 0)
  let left = running.length
  const gone = (): void => {
    left -= 1
    if (left > 0) return
    run.sandbox = undefined
    writeStatus(box, run, true)
  }
  for (const container of running) {
    podEvent(box, run, 'Normal', 'Killing', `Stopping container ${container.spec.name}`, container)
    stop(box, run, container, run.evicted === undefined ? graceOf(run.pod) : 0, gone)
  }
  if (running.length === 0) later(box, draw(box, delays.containerKilled), gone)
}

/** Kills what a probe condemned, and starts it anew. */
function restartCondemned(box: Box, run: PodRun, container: ContainerRun): void {
  const kind = container.condemned
  podEvent(
    box,
    run,
    'Normal',
    'Killing',
    `Container ${container.spec.name} failed ${kind} probe, will be restarted`,
    container,
  )
  run.busy = true
  const diedBefore = container.last?.finishedAt
  stop(box, run, container, graceOf(run.pod), () => {
    if (!free(box, run)) return
    startAll(box, run, [container], () => diedBefore)
  })
}

/** Operations are over: whoever waited for that goes on. False where the pod is now ending. */
function free(box: Box, run: PodRun): boolean {
  run.busy = false
  if (run.ending === undefined) return true
  carryOut(box, run)
  return false
}

/** The failed sync is tried again at a tick after `ms`. */
function retry(box: Box, run: PodRun, ms: number): void {
  const wait = ms + untilTick(box, delays.syncTick, nowOf(box) + ms)
  run.retryAt = nowOf(box) + wait
  later(box, wait, () => look(box, run))
}

function makeSandbox(box: Box, run: PodRun): void {
  if (nowOf(box) < run.retryAt) return
  const ownNetwork = run.pod.spec.hostNetwork !== true
  if (ownNetwork && !hasNetwork(box)) {
    podEvent(box, run, 'Warning', 'NetworkNotReady', `network is not ready: ${noNetwork}`)
    retry(box, run, draw(box, delays.syncRetriesTransient))
    return
  }
  const lacks = volumesLack(box, run)
  if (lacks !== undefined) {
    podEvent(box, run, 'Warning', 'FailedMount', lacks)
    retry(box, run, draw(box, delays.syncRetries))
    return
  }
  if (run.hadSandbox)
    podEvent(
      box,
      run,
      'Normal',
      'SandboxChanged',
      'Pod sandbox changed, it will be killed and re-created.',
    )
  run.busy = true
  const mayFail = ownNetwork && !box.machine.files.has('/run/flannel/subnet.env')
  later(box, draw(box, mayFail ? delays.sandboxFails : delays.sandboxMade), () => {
    if (!free(box, run)) return
    const failure = ownNetwork ? sandboxFails(box) : undefined
    if (failure !== undefined) {
      podEvent(box, run, 'Warning', 'FailedCreatePodSandBox', failure)
      if (run.quickRetry) {
        run.quickRetry = false
        relist(box, run)
      } else retry(box, run, draw(box, delays.syncRetries))
      return
    }
    run.quickRetry = false
    run.sandbox = { id: box.random.hex(64), ip: ownNetwork ? nextAddress(box) : box.address }
    run.hadSandbox = true
    run.newSandbox = true
    startNext(box, run)
  })
}

/** The next init container, or the containers themselves. */
function startNext(box: Box, run: PodRun): void {
  const sandbox = run.sandbox?.id
  for (const init of run.inits) {
    const here = init.sandboxId === sandbox
    if (here && (isSidecar(init) ? init.started : succeeded(init))) continue
    if (init.state.kind !== 'running') startAll(box, run, [init])
    return
  }
  startAll(
    box,
    run,
    [...run.inits.filter(isSidecar), ...run.mains].filter(
      each => each.state.kind !== 'running' && restarts(run, each),
    ),
  )
}

const diedAt = (container: ContainerRun): number | undefined =>
  container.state.kind === 'exited' ? container.state.exit.finishedAt : undefined

/** Starts containers one after the other; those in a back-off are passed over until it is over. */
function startAll(
  box: Box,
  run: PodRun,
  containers: readonly ContainerRun[],
  died: (container: ContainerRun) => number | undefined = diedAt,
): void {
  const due = containers.filter(each => nowOf(box) >= each.retryAt)
  if (due.length === 0) return
  run.busy = true
  const next = (index: number): void => {
    const container = due[index]
    if (container === undefined) {
      if (free(box, run)) later(box, draw(box, delays.containerSeen), () => look(box, run))
      return
    }
    const rerun = container.kind === 'init' && succeeded(container)
    const left = rerun ? 0 : crashLoopWait(box, run, container, died(container))
    if (left > 0) {
      again(box, run, container, left)
      next(index + 1)
      return
    }
    startContainer(
      box,
      run,
      container,
      () => run.ending === undefined,
      how => {
        if (how.kind === 'dropped') {
          free(box, run)
          return
        }
        if (how.kind === 'failed') tryLater(box, run, container)
        next(index + 1)
      },
    )
  }
  next(0)
}

/**
 * What does not start, and what is in a back-off for its image, is tried again after the retry of a
 * sync, whatever is left of the
 * back-off. The relist that first sees a sandbox has all of its containers looked at once more.
 * @source measured on a v1.35 node: BackOff 0.3 to 0.7 s after the first failure, then a try each
 * 11 to 15 s
 */
function tryLater(box: Box, run: PodRun, container: ContainerRun): void {
  if (!run.newSandbox) return again(box, run, container, draw(box, delays.syncRetries))
  run.newSandbox = false
  relist(box, run)
}

/** The container is not tried before `ms` are over, at the tick after. */
function again(box: Box, run: PodRun, container: ContainerRun, ms: number): void {
  const wait = ms + untilTick(box, delays.syncTick, nowOf(box) + ms)
  container.retryAt = nowOf(box) + wait
  later(box, wait, () => look(box, run))
}
