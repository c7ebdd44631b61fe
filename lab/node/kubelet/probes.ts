// Probes with their real timing: startup gates the others, thresholds decide, failures are reported
// in the kubelet's words.
import type { Probe } from '#src/model/kube.ts'
import type { AppAnswer, AppRequest } from '#lab/kernel/world.ts'
import type { KubeletState, ContainerRun, PodRun, ProbeRun } from './state.ts'
import { draw, later, nowOf } from './state.ts'
import { delays } from '#lab/node/delays.ts'
import { connectInside, execInside } from '#lab/node/containers/exec.ts'
import { podEvent } from './status-reporter.ts'

/** @source Kubernetes documentation, Configure Liveness, Readiness and Startup Probes: defaults */
const defaults = { period: 10, delay: 0, timeout: 1, failures: 3, successes: 1 }

/** What the kubelet does when a probe has decided. */
export interface ProbeListener {
  /** `started` or `ready` of a container changed: tell the API at once. */
  changed: (run: PodRun) => void
  /** A container is to be killed. */
  failedProbe: (run: PodRun) => void
}

type Outcome = { ok: true } | { ok: false; message: string; afterMs: number }

/** The probes of a container, ready to be run. */
export function probesOf(spec: {
  startupProbe?: Probe
  livenessProbe?: Probe
  readinessProbe?: Probe
}): ProbeRun[] {
  const made = (kind: ProbeRun['kind'], probe: Probe | undefined): ProbeRun[] =>
    probe === undefined
      ? []
      : [
          {
            kind,
            spec: probe,
            containerId: '',
            triggered: '',
            result: 'unknown',
            lastOutcome: undefined,
            count: 0,
            suspended: false,
            stopped: false,
          },
        ]
  return [
    ...made('startup', spec.startupProbe),
    ...made('readiness', spec.readinessProbe),
    ...made('liveness', spec.livenessProbe),
  ]
}

const seconds = (value: number | undefined, fallback: number): number =>
  value === undefined || value === 0 ? fallback : value

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

/** One run of a probe, where it is due. */
function runProbe(
  kubelet: KubeletState,
  run: PodRun,
  container: ContainerRun,
  probe: ProbeRun,
  listener: ProbeListener,
): void {
  const { state } = container
  if (state.kind !== 'running') {
    // A container that stops under a deletion is still asked whether it is ready, and refuses.
    if (probe.kind === 'readiness' && run.ending?.write === true && run.sandbox !== undefined)
      reportFailure(kubelet, run, container, probe, attempt(kubelet, run, container, probe.spec))
    return
  }
  if (!container.seen) return
  if (probe.containerId !== state.id) {
    probe.containerId = state.id
    reset(probe)
  }
  if (probe.suspended) return
  if (run.ending !== undefined && probe.kind !== 'readiness') return
  if (
    Math.floor((nowOf(kubelet) - state.startedAt) / 1000) <
    (probe.spec.initialDelaySeconds ?? defaults.delay)
  )
    return
  if (probe.kind === 'startup' ? container.started : !container.started) return
  const outcome = attempt(kubelet, run, container, probe.spec)
  const { id } = state
  if (outcome.ok) settle(run, container, probe, true, listener)
  else {
    later(kubelet, outcome.afterMs, () => {
      if (
        container.state.kind !== 'running' ||
        container.state.id !== id ||
        probe.containerId !== id
      )
        return
      reportFailure(kubelet, run, container, probe, outcome)
      settle(run, container, probe, false, listener)
    })
  }
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

/** Counts an outcome; acts once a series of equal outcomes reaches the threshold. */
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

function portOf(container: ContainerRun, port: number | string): number {
  if (typeof port === 'number') return port
  return container.spec.ports?.find(each => each.name === port)?.containerPort ?? Number(port)
}

const loopback = /^(?:127\.|localhost$|::1$)/

/** Runs the check once. A failure carries the time after which it is known, in ms. */
function attempt(
  kubelet: KubeletState,
  run: PodRun,
  container: ContainerRun,
  spec: Probe,
): Outcome {
  const timeoutMs = seconds(spec.timeoutSeconds, defaults.timeout) * 1000
  if (spec.exec !== undefined) return attemptExec(container, spec.exec.command ?? [], timeoutMs)
  const network = spec.httpGet ?? spec.tcpSocket
  if (network === undefined) return { ok: true }
  const podIp = run.pod.spec.hostNetwork === true ? kubelet.address : (run.sandbox?.ip ?? '')
  const host = network.host ?? podIp
  const port = portOf(container, network.port)
  const request: AppRequest =
    spec.httpGet === undefined ? { kind: 'tcp' } : { kind: 'http', path: spec.httpGet.path ?? '/' }
  const answer = connectProbe(run, container, host, podIp, port, request)
  const dial = `dial tcp ${host}:${port}: connect: connection refused`
  if (spec.httpGet === undefined) {
    // An open port is all that is asked: a hung application's kernel still accepts.
    return answer.kind === 'refused' ? { ok: false, message: dial, afterMs: 1 } : { ok: true }
  }
  const path = spec.httpGet.path ?? '/'
  const get = `Get "${(spec.httpGet.scheme ?? 'HTTP').toLowerCase()}://${host}:${port}${path.startsWith('/') ? path : `/${path}`}": `
  if (answer.kind === 'refused') return { ok: false, message: get + dial, afterMs: answer.ms }
  if (answer.kind === 'reset')
    return { ok: false, message: `${get}read: connection reset by peer`, afterMs: answer.ms }
  if (answer.kind === 'silent' || answer.ms >= timeoutMs) {
    return {
      ok: false,
      message: `${get}context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
      afterMs: timeoutMs,
    }
  }
  return answer.status >= 200 && answer.status < 400
    ? { ok: true }
    : {
        ok: false,
        message: `HTTP probe failed with statuscode: ${answer.status}`,
        afterMs: answer.ms,
      }
}

/** A probe's connection: to the pod's own address, to the node's loopback, or to nowhere. */
function connectProbe(
  run: PodRun,
  container: ContainerRun,
  host: string,
  podIp: string,
  port: number,
  request: AppRequest,
): AppAnswer {
  const hostNetwork = run.pod.spec.hostNetwork === true
  const refusedHere: AppAnswer = { kind: 'refused', ms: 1 }
  if (loopback.test(host))
    return hostNetwork ? connectInside(container, port, request) : refusedHere
  if (host !== podIp || (hostNetwork && container.entry.loopbackProbes === true)) return refusedHere
  return connectInside(container, port, request)
}

function attemptExec(
  container: ContainerRun,
  command: readonly string[],
  timeoutMs: number,
): Outcome {
  const ran = execInside(container, command)
  if (ran.kind === 'hangs') {
    return {
      ok: false,
      message: `command timed out: "${command.join(' ')}" timed out after ${timeoutMs / 1000}s`,
      afterMs: timeoutMs,
    }
  }
  if (ran.kind === 'missing') return { ok: false, message: ran.message, afterMs: 20 }
  return ran.code === 0
    ? { ok: true }
    : { ok: false, message: (ran.stdout + ran.stderr).trim(), afterMs: 20 }
}
