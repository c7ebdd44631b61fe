// Probes of containers: what they ask, and how long a start may take.
import { isJsonObject } from '#src/model/json.ts'
import type { Container, Probe } from '#src/model/index.ts'

/** Members of a container that hold its probes. */
export const probeKeys = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const
export type ProbeKey = (typeof probeKeys)[number]

/**
 * Times of a probe, s. @source Kubernetes, configure probes: defaults of periodSeconds and
 * failureThreshold
 */
export function timesOf(probe: Probe): { delay: number; period: number; failures: number } {
  const { initialDelaySeconds = 0, periodSeconds = 0, failureThreshold = 0 } = probe
  // 0 is as good as absent: the API server sets the default then.
  return {
    delay: initialDelaySeconds,
    period: periodSeconds === 0 ? 10 : periodSeconds,
    failures: failureThreshold === 0 ? 3 : failureThreshold,
  }
}

/** ms from the start of a container until its startup probe gives up. */
export function startAllowance(probe: Probe): number {
  const { delay, period, failures } = timesOf(probe)
  return (delay + period * failures) * 1000
}

/** A port's number, by whichever of its names a probe uses. */
const numberOf = ({ ports }: Container, port: number | string): number | string =>
  (Array.isArray(ports) ? ports : []).find(({ name }) => name === port)?.containerPort ?? port

/** What a probe asks, whatever its times are; equal for two that ask the same. */
export function askedBy(probe: Probe, container: Container): string {
  const { httpGet, tcpSocket, exec } = probe
  // A file can hold anything there, null as well.
  if (isJsonObject(httpGet)) {
    const { scheme = 'HTTP', host = '', port, path = '/' } = httpGet
    return JSON.stringify(['http', scheme, host, numberOf(container, port), path])
  }
  if (isJsonObject(tcpSocket))
    return JSON.stringify(['tcp', tcpSocket.host ?? '', numberOf(container, tcpSocket.port)])
  return JSON.stringify(['exec', exec?.command ?? probe])
}

/** The path that a probe asks by HTTP, without its query. */
export function pathAskedBy({ httpGet }: Probe): string | undefined {
  const path: unknown = httpGet?.path
  return typeof path === 'string' ? path.split('?')[0] : undefined
}
