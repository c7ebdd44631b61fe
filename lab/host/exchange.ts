// What answers a connection from the host, and after how many virtual ms.
import type { AppAnswer, AppRequest, Machine } from '#lab/kernel/world.ts'
import { net as hop } from './delays.ts'
import type { Mac } from './mac.ts'
import { apiPort, inGuest, route, talosPort, type Route } from './route.ts'

export interface Target extends AppRequest {
  host: string
  port: number
  tls: boolean
}

/** How a connection ends. */
export type End =
  | { kind: 'answered'; status: number; body: string; ms: number }
  | { kind: 'refused' | 'reset' | 'failed'; why: string; ms: number }
  | { kind: 'silent'; why: string }

const loopback = new Set(['127.0.0.1', 'localhost', '::1', '[::1]', '0.0.0.0'])

const silent = (why: string): End => ({ kind: 'silent', why })

export function exchange(mac: Mac, target: Target): End {
  if (loopback.has(target.host)) return follow(mac, route(mac, target.port), target)
  const { ipAddress } = mac.seed.vm
  if (ipAddress !== undefined && target.host === ipAddress) return exchangeWithVm(mac, target)
  return {
    kind: 'failed',
    why: `getaddrinfo ENOTFOUND ${target.host}: the lab connects to the host and its VM only`,
    ms: hop.lookup,
  }
}

/** The client connects to the VM's own address, which bypasses the host's forwarders. */
function exchangeWithVm(mac: Mac, target: Target): End {
  const { host, port } = target
  if (mac.vm.process === 'gone') return silent(`no route to ${host}: the VM is not there`)
  const way = inGuest(mac, port, 'outside')
  const refused: Route = { kind: 'refused', why: `connect ECONNREFUSED ${host}:${port}` }
  return follow(mac, way.kind === 'reset' ? refused : way, target)
}

function follow(mac: Mac, way: Route, target: Target): End {
  switch (way.kind) {
    case 'silent':
      return silent(way.why)
    case 'refused':
    case 'reset':
      return { kind: way.kind, why: way.why, ms: hop.hop }
    case 'process':
      return fromProcess(way, target)
    case 'container':
    case 'port-forward':
      return fromMachine(mac, way, target)
  }
}

/** Status 0: the application answered without HTTP. */
const answered = (target: Target, status: number, body: string, ms: number = hop.process): End => ({
  kind: 'answered',
  status: target.kind === 'tcp' ? 0 : status,
  body,
  ms,
})

function fromProcess(
  { process, answer }: Extract<Route, { kind: 'process' }>,
  target: Target,
): End {
  if (answer !== undefined) return answered(target, answer.status, answer.body)
  return silent(`${process.args.split(' ')[0]} accepted the connection and sends nothing`)
}

function fromMachine(
  mac: Mac,
  way: Extract<Route, { kind: 'container' | 'port-forward' }>,
  target: Target,
): End {
  const { machine, port } = way
  if (machine === undefined) return answered(target, 200, 'hello\n')
  if (way.kind === 'container' && port === apiPort) return askApiServer(mac, machine, target)
  if (way.kind === 'container' && port === talosPort) {
    if (target.kind === 'tcp') return silent('Talos waits for a TLS hello')
    return { kind: 'reset', why: 'Talos speaks gRPC over TLS: connection reset', ms: hop.process }
  }
  return fromApp(mac.cluster.connect(machine, port, requestOf(target)))
}

function requestOf({ kind, path, send }: Target): AppRequest {
  const request: AppRequest = { kind }
  if (path !== undefined) request.path = path
  if (send !== undefined) request.send = send
  return request
}

/**
 * docker-proxy accepts before it connects to the container. If a port in a container refuses, the
 * host therefore sees a connection that closes.
 */
function fromApp(answer: AppAnswer): End {
  if (answer.kind === 'silent') return silent('connected, no answer')
  const ms = answer.ms + hop.hop
  if (answer.kind === 'answer')
    return { kind: 'answered', status: answer.status, body: answer.body, ms }
  const why =
    answer.kind === 'refused'
      ? 'socket hang up: docker accepted, the port inside the container is closed'
      : 'read ECONNRESET'
  return { kind: 'reset', why, ms }
}

/**
 * The API server's answer to a client without a certificate.
 * @source Kubernetes default, system:public-info-viewer
 */
function askApiServer(mac: Mac, machine: Machine, target: Target): End {
  const state = mac.cluster.apiState(machine)
  if (state === 'refused') return fromApp({ kind: 'refused', ms: 0 })
  if (state === 'hanging') return silent('the API server accepted the connection and sends nothing')
  if (target.kind === 'tcp') return silent('the API server waits for a TLS hello')
  if (!target.tls) return answered(target, 400, 'Client sent an HTTP request to an HTTPS server.\n')
  const path = (target.path ?? '/').split('?')[0] ?? '/'
  if (!/^\/(readyz|livez|healthz)\b/.test(path))
    return answered(target, 403, forbidden(path), hop.tls)
  return state === 'serving'
    ? answered(target, 200, 'ok', hop.tls)
    : answered(target, 500, notReady, hop.tls)
}

const notReady =
  '[+]ping ok\n' +
  '[-]poststarthook/rbac/bootstrap-roles failed: reason withheld\n' +
  'readyz check failed\n'

function forbidden(path: string): string {
  const status = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `forbidden: User "system:anonymous" cannot get path "${path}"`,
    reason: 'Forbidden',
    details: {},
    code: 403,
  }
  return `${JSON.stringify(status)}\n`
}
