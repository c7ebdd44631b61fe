// Probes with their real timing: the startup probe gates the others, thresholds decide, and Events
// report failures in the kubelet's words.
import type { Probe } from '#src/model/kube.ts'
import { attempt, defaults, seconds, type Outcome } from './probe-attempt.ts'
import type { KubeletState, ContainerRun, PodRun, ProbeRun } from './state.ts'
import { draw, later, nowOf } from './state.ts'
import { delays } from '#lab/node/delays.ts'
import { podEvent } from './status-reporter.ts'

/** What the kubelet does with the decision of a probe. */
export interface ProbeListener {
  /** `started` or `ready` of a container changed: the API must be updated at once. */
  changed: (run: PodRun) => void
  /** A container failed its startup or liveness probe and must be killed. */
  failedProbe: (run: PodRun) => void
}

/** The probes of a container, before their first run. */
export function probesOf(spec: {
  startupProbe?: Probe
  livenessProbe?: Probe
  readinessProbe?: Probe
}): ProbeRun[] {
  return [
    ...probeRuns('startup', spec.startupProbe),
    ...probeRuns('readiness', spec.readinessProbe),
    ...probeRuns('liveness', spec.livenessProbe),
  ]
}

function probeRuns(kind: ProbeRun['kind'], spec: Probe | undefined): ProbeRun[] {
  if (spec === undefined) return []
  return [
    {
      kind,
      spec,
      containerId: '',
      triggered: '',
      result: 'unknown',
      lastOutcome: undefined,
      count: 0,
      suspended: false,
      stopped: false,
    },
  ]
}

/**
 * Starts the probe workers of a pod; they run until it ends. `anew`: the kubelet has just started,
 * so each worker first waits for a random part of its period.
 */
export function startProbes(
  kubelet: KubeletState,
  run: PodRun,
  listener: ProbeListener,
  anew: boolean,
): void {
  for (const container of [...run.inits, ...run.mains]) {
    for (const probe of container.probes) {
      probe.stopped = false
      const period = seconds(probe.spec.periodSeconds, defaults.period) * 1000
      const tick = (): void => {
        if (probe.stopped || !kubelet.pods.has(run.uid)) return
        later(kubelet, period, tick)
        runProbe(kubelet, run, container, probe, listener)
      }
      if (anew) later(kubelet, kubelet.random.next() * period, tick)
      else later(kubelet, 0, tick)
    }
  }
}

/**
 * After a relist: containers without probes count as started and ready at once; a pending readiness
 * probe runs out of turn.
 */
export function judgeContainers(kubelet: KubeletState, run: PodRun, listener: ProbeListener): void {
  for (const container of [...run.inits, ...run.mains]) {
    if (container.state.kind !== 'running' || !container.seen) continue
    const startup = container.probes.find(each => each.kind === 'startup')
    const readiness = container.probes.find(each => each.kind === 'readiness')
    const { id } = container.state
    if (startup === undefined) container.started = true
    if (!container.started) continue
    if (readiness === undefined) container.ready = true
    else if (!container.ready && readiness.triggered !== id) {
      readiness.triggered = id
      later(kubelet, draw(kubelet, delays.probeTrigger), () => {
        if (!readiness.stopped) runProbe(kubelet, run, container, readiness, listener)
      })
    }
  }
}

function reset(probe: ProbeRun): void {
  probe.result = 'unknown'
  probe.lastOutcome = undefined
  probe.count = 0
  probe.suspended = false
}

/** Runs a probe if it is due. */
function runProbe(
  kubelet: KubeletState,
  run: PodRun,
  container: ContainerRun,
  probe: ProbeRun,
  listener: ProbeListener,
): void {
  const { state } = container
  if (state.kind !== 'running') {
    // The kubelet still probes the readiness of a container that a deletion has stopped, and fails.
    if (probe.kind === 'readiness' && run.ending?.write === true && run.sandbox !== undefined)
      reportFailure(kubelet, run, container, probe, attempt(kubelet, run, container, probe.spec))
    return
  }
  const { id } = state
  if (!container.seen) return
  if (probe.containerId !== id) {
    probe.containerId = id
    reset(probe)
  }
  if (!isDue(probe, run, container, nowOf(kubelet) - state.startedAt)) return
  const outcome = attempt(kubelet, run, container, probe.spec)
  if (outcome.ok) {
    settle(run, container, probe, true, listener)
    return
  }
  later(kubelet, outcome.afterMs, () => {
    const current = container.state.kind === 'running' ? container.state.id : undefined
    if (current !== id || probe.containerId !== id) return
    reportFailure(kubelet, run, container, probe, outcome)
    settle(run, container, probe, false, listener)
  })
}

/** Whether a probe of a running container is due. `ageMs`: since the container's start. */
function isDue(probe: ProbeRun, run: PodRun, container: ContainerRun, ageMs: number): boolean {
  if (probe.suspended) return false
  if (run.ending !== undefined && probe.kind !== 'readiness') return false
  if (Math.floor(ageMs / 1000) < (probe.spec.initialDelaySeconds ?? defaults.delay)) return false
  return probe.kind === 'startup' ? !container.started : container.started
}

const titles = { startup: 'Startup', liveness: 'Liveness', readiness: 'Readiness' } as const

function reportFailure(
  kubelet: KubeletState,
  run: PodRun,
  container: ContainerRun,
  probe: ProbeRun,
  outcome: Outcome,
): void {
  if (!outcome.ok)
    podEvent(
      kubelet,
      run,
      'Warning',
      'Unhealthy',
      `${titles[probe.kind]} probe failed: ${outcome.message}`,
      container,
    )
}

/** Counts an outcome, and acts once as many equal outcomes in a row as the threshold came. */
function settle(
  run: PodRun,
  container: ContainerRun,
  probe: ProbeRun,
  ok: boolean,
  listener: ProbeListener,
): void {
  probe.count = probe.lastOutcome === ok ? probe.count + 1 : 1
  probe.lastOutcome = ok
  const threshold = ok
    ? seconds(probe.spec.successThreshold, defaults.successes)
    : seconds(probe.spec.failureThreshold, defaults.failures)
  if (probe.count < threshold) return
  const result = ok ? 'success' : 'failure'
  const changed = probe.result !== result
  probe.result = result
  if (!ok && probe.kind !== 'readiness') {
    probe.suspended = true
    probe.count = 0
    container.failedProbe = probe.kind
    listener.failedProbe(run)
  } else if (changed && probe.kind === 'startup') {
    container.started = true
    listener.changed(run)
  } else if (changed && probe.kind === 'readiness') {
    container.ready = ok
    listener.changed(run)
  }
}
