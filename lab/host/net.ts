// Connections from the host: one GET or one TCP exchange along a route, with a deadline in virtual
// time.
import type { Net, NetAnswer } from '#src/model/runtime.ts'
import { exchange, type End, type Target } from './exchange.ts'
import { now, type Mac } from './mac.ts'

/** @source Runtime: bodies are bounded to 64 KiB */
const bodyLimit = 65_536

function defaultPort(tls: boolean): number {
  return tls ? 443 : 80
}

function httpTarget(url: string): Target {
  const { protocol, pathname, search, hostname, port } = new URL(url)
  const tls = protocol === 'https:'
  return {
    kind: 'http',
    path: `${pathname}${search}`,
    host: hostname,
    port: port === '' ? defaultPort(tls) : Number(port),
    tls,
  }
}

/**
 * Connections of the simulated host. Applications have no TLS here: a NodePort gives the same
 * answer to https as to http.
 */
export const createNet = (mac: Mac): Net => ({
  http: async (url, options) => connect(mac, httpTarget(url), options),
  async tcp({ host, port, send }, options) {
    const target: Target = { kind: 'tcp', host, port, tls: false }
    if (send !== undefined) target.send = send
    return connect(mac, target, options)
  },
})

function connect(
  mac: Mac,
  target: Target,
  { deadline, signal }: { deadline: number; signal?: AbortSignal },
): Promise<NetAnswer> {
  const { clock } = mac.context
  const startedAt = now(mac)
  return clock.wait<NetAnswer>((done, fail) => {
    signal?.throwIfAborted()
    const found = exchange(mac, target)
    const wait = found.kind === 'silent' ? deadline : Math.min(found.ms, deadline)
    const cancel = clock.after(wait, () =>
      done(answerOf(found, { deadline, tookMs: now(mac) - startedAt })),
    )
    signal?.addEventListener(
      'abort',
      () => {
        cancel()
        fail(signal.reason)
      },
      { once: true },
    )
  })
}

/** If the connection ends only after the deadline, the client sees silence. */
function answerOf(
  found: End,
  { deadline, tookMs }: { deadline: number; tookMs: number },
): NetAnswer {
  if (found.kind === 'silent') return { kind: 'silent', why: found.why, tookMs }
  if (found.ms > deadline) return { kind: 'silent', why: `no answer within ${deadline} ms`, tookMs }
  if (found.kind !== 'answered') return { kind: found.kind, why: found.why, tookMs }
  const { status, body } = found
  return { kind: 'answered', status, body: body.slice(0, bodyLimit), tookMs }
}
