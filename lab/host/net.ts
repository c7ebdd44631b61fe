// Connections from the host: one GET or one TCP exchange along the route, with its deadline in
// virtual time.
import type { Net, NetAnswer } from '#src/model/runtime.ts'
import type { AppAnswer, AppRequest, Machine } from '#lab/kernel/world.ts'
import { now, type Mac } from './mac.ts'
import { net as hop } from './delays.ts'
import { apiPort, inGuest, route, talosPort, type Route } from './route.ts'

const loopback = new Set(['127.0.0.1', 'localhost', '::1', '[::1]', '0.0.0.0'])
/** @source Runtime: bodies are bounded to 64 KiB */
const bodyLimit = 65_536

interface Target extends AppRequest {
  host: string
  port: number
  tls: boolean
}

type End =
  | { kind: 'answered'; status: number; body: string; ms: number }
  | { kind: 'refused' | 'reset' | 'failed'; why: string; ms: number }
  | { kind: 'silent'; why: string }

/**
 * Net of the simulated host. TLS is not played for applications: https to a NodePort is asked like
 * http.
 */
export function createNet(mac: Mac): Net {
  return {
    async http(url, options) {
      const parsed = new URL(url)
      const tls = parsed.protocol === 'https:'
      const port = parsed.port === '' ? (tls ? 443 : 80) : Number(parsed.port)
      return connect(
        mac,
        {
          kind: 'http',
          path: `${parsed.pathname}${parsed.search}`,
          host: parsed.hostname,
          port,
          tls,
        },
        options,
      )
    },
    async tcp(to, options) {
      return connect(
        mac,
        {
          kind: 'tcp',
          host: to.host,
          port: to.port,
          tls: false,
          ...(to.send === undefined ? {} : { send: to.send }),
        },
        options,
      )
    },
  }
}

function connect(
  mac: Mac,
  target: Target,
  options: { deadline: number; signal?: AbortSignal },
): Promise<NetAnswer> {
  const { clock } = mac.context
  const startedAt = now(mac)
  return clock.wait<NetAnswer>((done, fail) => {
    options.signal?.throwIfAborted()
    const found = exchange(mac, target)
    const late = found.kind === 'silent' || found.ms > options.deadline
    const cancel = clock.after(late ? options.deadline : found.ms, () => {
      const tookMs = now(mac) - startedAt
      if (found.kind === 'answered' && !late)
        done({
          kind: 'answered',
          status: found.status,
          body: found.body.slice(0, bodyLimit),
          tookMs,
        })
      else if (found.kind === 'silent' || late)
        done({
          kind: 'silent',
          why: found.kind === 'silent' ? found.why : `no answer within ${options.deadline} ms`,
          tookMs,
        })
      else if (found.kind !== 'answered') done({ kind: found.kind, why: found.why, tookMs })
    })
    options.signal?.addEventListener(
      'abort',
      () => {
        cancel()
        fail(options.signal?.reason)
      },
      { once: true },
    )
  })
}

function exchange(mac: Mac, target: Target): End {
  const { vm } = mac.seed
  if (loopback.has(target.host)) return follow(mac, route(mac, target.port), target)
  if (vm.ipAddress !== undefined && target.host === vm.ipAddress) {
    if (mac.vm.process === 'gone')
      return { kind: 'silent', why: `no route to ${target.host}: the VM is not there` }
    const way = inGuest(mac, target.port, 'outside')
    return follow(
      mac,
      way.kind === 'reset'
        ? { kind: 'refused', why: `connect ECONNREFUSED ${target.host}:${target.port}` }
        : way,
      target,
    )
  }
  return {
    kind: 'failed',
    why: `getaddrinfo ENOTFOUND ${target.host}: the simulated host knows itself and its VM only`,
    ms: hop.lookup,
  }
}

function follow(mac: Mac, way: Route, target: Target): End {
  if (way.kind === 'silent') return { kind: 'silent', why: way.why }
  if (way.kind === 'refused' || way.kind === 'reset')
    return { kind: way.kind, why: way.why, ms: hop.hop }
  if (way.kind === 'process') {
    if (way.answer === undefined)
      return {
        kind: 'silent',
        why: `${way.process.args.split(' ')[0]} accepted the connection and sends nothing`,
      }
    return {
      kind: 'answered',
      status: target.kind === 'tcp' ? 0 : way.answer.status,
      body: way.answer.body,
      ms: hop.process,
    }
  }
  if (way.machine === undefined)
    return {
      kind: 'answered',
      status: target.kind === 'tcp' ? 0 : 200,
      body: 'hello\n',
      ms: hop.process,
    }
  if (way.kind === 'container' && way.port === apiPort)
    return askApiServer(mac, way.machine, target)
  if (way.kind === 'container' && way.port === talosPort) {
    if (target.kind === 'tcp') return { kind: 'silent', why: 'Talos waits for a TLS hello' }
    return { kind: 'reset', why: 'Talos speaks gRPC over TLS: connection reset', ms: hop.process }
  }
  return fromApp(mac.cluster.connect(way.machine, way.port, requestOf(target)))
}

const requestOf = (target: Target): AppRequest => ({
  kind: target.kind,
  ...(target.path === undefined ? {} : { path: target.path }),
  ...(target.send === undefined ? {} : { send: target.send }),
})

/**
 * docker-proxy accepts before it knows: a port that refuses inside a container looks like a closed
 * connection from the host.
 */
function fromApp(answer: AppAnswer): End {
  if (answer.kind === 'answer')
    return { kind: 'answered', status: answer.status, body: answer.body, ms: answer.ms + hop.hop }
  if (answer.kind === 'silent') return { kind: 'silent', why: 'connected, no answer' }
  return {
    kind: 'reset',
    why:
      answer.kind === 'refused'
        ? 'socket hang up: docker accepted, the port inside the container is closed'
        : 'read ECONNRESET',
    ms: answer.ms + hop.hop,
  }
}

/**
 * The API server's answer to a client without a certificate. @source Kubernetes default,
 * system:public-info-viewer
 */
function askApiServer(mac: Mac, machine: Machine, target: Target): End {
  const state = mac.cluster.apiState(machine)
  if (state === 'refused') return fromApp({ kind: 'refused', ms: 0 })
  if (state === 'hanging')
    return { kind: 'silent', why: 'the API server accepted the connection and sends nothing' }
  if (target.kind === 'tcp') return { kind: 'silent', why: 'the API server waits for a TLS hello' }
  if (!target.tls)
    return {
      kind: 'answered',
      status: 400,
      body: 'Client sent an HTTP request to an HTTPS server.\n',
      ms: hop.process,
    }
  const path = (target.path ?? '/').split('?')[0] ?? '/'
  if (/^\/(readyz|livez|healthz)\b/.test(path)) {
    if (state === 'serving') return { kind: 'answered', status: 200, body: 'ok', ms: hop.tls }
    const body =
      '[+]ping ok\n[-]poststarthook/rbac/bootstrap-roles failed: reason withheld\nreadyz check failed\n'
    return { kind: 'answered', status: 500, body, ms: hop.tls }
  }
  const message = `forbidden: User "system:anonymous" cannot get path "${path}"`
  return {
    kind: 'answered',
    status: 403,
    body: `${JSON.stringify({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason: 'Forbidden', details: {}, code: 403 })}\n`,
    ms: hop.tls,
  }
}
