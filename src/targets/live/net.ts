// Connections of this host as its users make them: each new, none verified by certificate, all
// ended by their deadline.
import { connect } from 'node:net'
import { Agent, request } from 'undici'
import type { Net, NetAnswer } from '#src/model/runtime.ts'
import { formatDuration } from '#src/model/units.ts'

/** Bytes of a body that are kept. @source src/model/reach.ts, Net */
const bodyLimit = 64 * 2 ** 10

type Failure = Exclude<NetAnswer['kind'], 'answered'>

const kinds: Readonly<Record<string, Failure>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  UND_ERR_SOCKET: 'reset',
  ETIMEDOUT: 'silent',
  UND_ERR_CONNECT_TIMEOUT: 'silent',
}

/** An error and what caused it; an attempt at several addresses has one cause for each. */
function causes(error: unknown): readonly Error[] {
  if (!(error instanceof Error)) return []
  const inner = error instanceof AggregateError ? error.errors.flatMap(causes) : causes(error.cause)
  return [error, ...inner]
}

/** How a connection failed, and the system's words for it. */
export function classify(error: unknown): { kind: Failure; why: string } {
  const all = causes(error)
  const coded =
    all.findLast(one => typeof Reflect.get(one, 'code') === 'string' && one.message !== '') ??
    all.at(-1)
  const code = String((coded && Reflect.get(coded, 'code')) ?? '')
  const known = kinds[code] ?? 'failed'
  const message = coded?.message ?? String(error)
  return {
    kind: known,
    why: code === '' || message.includes(code) ? message : `${code}: ${message}`,
  }
}

/** An alarm at the deadline that the caller's signal can ring earlier. */
function alarm(
  deadline: number,
  signal: AbortSignal | undefined,
): { signal: AbortSignal; rang(): boolean; off(): void } {
  const late = new AbortController()
  let rang = false
  const timer = setTimeout(
    () => {
      rang = true
      late.abort(new Error('deadline'))
    },
    Math.max(0, deadline),
  )
  return {
    signal: signal === undefined ? late.signal : AbortSignal.any([late.signal, signal]),
    rang: () => rang,
    off: () => clearTimeout(timer),
  }
}

interface Body {
  text: string
  bytes: number
}

/**
 * The body up to the limit, gathered into `into`, so that a deadline in the middle can tell how far
 * it came.
 */
async function bounded(stream: AsyncIterable<Uint8Array>, into: Body): Promise<void> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) {
    chunks.push(chunk.subarray(0, bodyLimit - into.bytes))
    into.bytes = Math.min(bodyLimit, into.bytes + chunk.length)
    if (into.bytes >= bodyLimit) break
  }
  into.text = Buffer.concat(chunks).toString('utf8')
}

async function http(
  url: string,
  options: { deadline: number; signal?: AbortSignal },
): Promise<NetAnswer> {
  options.signal?.throwIfAborted()
  const began = performance.now()
  const tookMs = (): number => Math.round(performance.now() - began)
  const clock = alarm(options.deadline, options.signal)
  // A pool of its own for one request: whether a new connection can be made is part of the
  // question.
  const agent = new Agent({
    connections: 1,
    pipelining: 0,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { rejectUnauthorized: false, timeout: 0 },
  })
  const body: Body = { text: '', bytes: 0 }
  let status: number | undefined
  try {
    const answer = await request(url, {
      dispatcher: agent,
      signal: clock.signal,
      headers: { 'user-agent': 'holdfast', connection: 'close' },
    })
    status = answer.statusCode
    await bounded(answer.body, body)
    return { kind: 'answered', status, body: body.text, tookMs: tookMs() }
  } catch (error) {
    if (clock.rang()) {
      const began =
        status === undefined
          ? 'no answer'
          : `status ${status} and ${body.bytes} bytes, but no end of the body`
      return {
        kind: 'silent',
        why: `${began} within ${formatDuration(options.deadline)}`,
        tookMs: tookMs(),
      }
    }
    if (options.signal?.aborted === true) throw options.signal.reason
    return { ...classify(error), tookMs: tookMs() }
  } finally {
    clock.off()
    await agent.destroy()
  }
}

/**
 * How long a connection that nothing is sent on must stay open, ms: a forwarder without a server
 * behind it closes within a few. @source recorded on a real VM: who listens
 */
const greetingTime = 300

function tcp(
  to: { host: string; port: number; send?: string },
  options: { deadline: number; signal?: AbortSignal },
): Promise<NetAnswer> {
  const began = performance.now()
  const tookMs = (): number => Math.round(performance.now() - began)
  return new Promise((resolve, reject) => {
    if (options.signal?.aborted === true) return reject(options.signal.reason)
    const clock = alarm(options.deadline, options.signal)
    const socket = connect({ host: to.host, port: to.port })
    let connected = false
    let greeting: NodeJS.Timeout | undefined
    const finish = (end: () => void): void => {
      clock.off()
      clearTimeout(greeting)
      socket.destroy()
      end()
    }
    const answer = (value: NetAnswer): void => finish(() => resolve(value))
    clock.signal.addEventListener(
      'abort',
      () => {
        if (!clock.rang()) return finish(() => reject(options.signal?.reason))
        const state = connected ? 'it accepted the connection and sent nothing' : 'no connection'
        answer({
          kind: 'silent',
          why: `${state} within ${formatDuration(options.deadline)}`,
          tookMs: tookMs(),
        })
      },
      { once: true },
    )
    socket.once('connect', () => {
      connected = true
      if (to.send !== undefined) socket.write(to.send)
      else
        greeting = setTimeout(
          () => answer({ kind: 'answered', status: 0, body: '', tookMs: tookMs() }),
          Math.min(greetingTime, options.deadline / 2),
        )
    })
    socket.once('data', (chunk: Buffer) =>
      answer({
        kind: 'answered',
        status: 0,
        body: chunk.subarray(0, bodyLimit).toString('utf8'),
        tookMs: tookMs(),
      }),
    )
    socket.once('end', () =>
      answer({ kind: 'reset', why: 'it closed the connection without a byte', tookMs: tookMs() }),
    )
    socket.once('error', error => answer({ ...classify(error), tookMs: tookMs() }))
  })
}

/** The network of this host. */
export const liveNet = (): Net => ({ http, tcp })
