// One attempt of a probe: its request, and the failure in the kubelet's words.
import type { AppAnswer, AppRequest } from '#lab/kernel/world.ts'
import type { Probe } from '#src/model/kube.ts'
import { connectInside, execInside } from '#lab/node/containers/exec.ts'
import type { KubeletState, ContainerRun, PodRun } from './state.ts'

/** @source Kubernetes documentation, Configure Liveness, Readiness and Startup Probes: defaults */
export const defaults = { period: 10, delay: 0, timeout: 1, failures: 3, successes: 1 }

/** A failure contains the time after which the kubelet knows it, ms. */
export type Outcome = { ok: true } | { ok: false; message: string; afterMs: number }

/** A setting of a probe; 0 means the default. */
export const seconds = (value: number | undefined, fallback: number): number =>
  value === undefined || value === 0 ? fallback : value

function portOf(container: ContainerRun, port: number | string): number {
  if (typeof port === 'number') return port
  return container.spec.ports?.find(each => each.name === port)?.containerPort ?? Number(port)
}

const loopback = /^(?:127\.|localhost$|::1$)/

/** Runs the check once. */
export function attempt(
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
  if (spec.httpGet !== undefined)
    return httpOutcome(spec.httpGet, `${host}:${port}`, answer, timeoutMs)
  // TCP probes need an open port only: the kernel accepts even if the application hangs.
  return answer.kind === 'refused'
    ? { ok: false, message: refusedText(`${host}:${port}`), afterMs: 1 }
    : { ok: true }
}

const refusedText = (address: string): string => `dial tcp ${address}: connect: connection refused`

function httpOutcome(
  { scheme, path = '/' }: NonNullable<Probe['httpGet']>,
  address: string,
  answer: AppAnswer,
  timeoutMs: number,
): Outcome {
  const absolute = path.startsWith('/') ? path : `/${path}`
  const get = `Get "${(scheme ?? 'HTTP').toLowerCase()}://${address}${absolute}": `
  if (answer.kind === 'refused')
    return { ok: false, message: get + refusedText(address), afterMs: answer.ms }
  if (answer.kind === 'reset')
    return { ok: false, message: `${get}read: connection reset by peer`, afterMs: answer.ms }
  if (answer.kind === 'silent' || answer.ms >= timeoutMs) {
    return {
      ok: false,
      message: `${get}context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
      afterMs: timeoutMs,
    }
  }
  const message = `HTTP probe failed with statuscode: ${answer.status}`
  return answer.status >= 200 && answer.status < 400
    ? { ok: true }
    : { ok: false, message, afterMs: answer.ms }
}

/** Connects to the pod's own address or to the node's loopback; any other address refuses. */
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
