// Connections of this host as its users make them: each is new, none verifies a certificate, and
// every one ends at its deadline.
import { connect, type Socket } from 'node:net'
import { Agent, request } from 'undici'
import type { Net, NetAnswer } from '#src/model/runtime.ts'
import { formatDuration } from '#src/model/units.ts'

/** Bytes of a body that are kept. @source src/model/runtime.ts, Net */
const bodyLimit = 64 * 2 ** 10

type Failure = Exclude<NetAnswer['kind'], 'answered'>
/** An answer before its duration is known. */
type Untimed = { kind: 'answered'; status: number; body: string } | { kind: Failure; why: string }

interface Options {
  deadline: number
  signal?: AbortSignal
}

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

/** How a connection failed, with the message of the system. */
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

/** Reads the body up to the limit. After a deadline `into` shows how much arrived. */
async function bounded(stream: AsyncIterable<Uint8Array>, into: Body): Promise<void> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) {
    chunks.push(chunk.subarray(0, bodyLimit - into.bytes))
    into.bytes = Math.min(bodyLimit, into.bytes + chunk.length)
    if (into.bytes >= bodyLimit) break
  }
  into.text = Buffer.concat(chunks).toString('utf8')
}

const silent = (state: string, deadline: number): Untimed => ({
  kind: 'silent',
  why: `${state} within ${formatDuration(deadline)}`,
})

/** A pool for one request: whether a new connection can be made is part of the question. */
const poolForOne = (): Agent =>
  new Agent({
    connections: 1,
    pipelining: 0,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { rejectUnauthorized: false, timeout: 0 },
  })

async function httpUntimed(url: string, { deadline, signal }: Options): Promise<Untimed> {
  signal?.throwIfAborted()
  const clock = alarm(deadline, signal)
  const agent = poolForOne()
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
    return { kind: 'answered', status, body: body.text }
  } catch (error) {
    if (clock.rang()) {
      const state =
        status === undefined
          ? 'no answer'
          : `status ${status} and ${body.bytes} bytes, but no end of the body`
      return silent(state, deadline)
    }
    if (signal?.aborted === true) throw signal.reason
    return classify(error)
  } finally {
    clock.off()
    await agent.destroy()
  }
}

/**
 * How long a connection that nothing is sent on must stay open, ms: a forwarder without a server
 * behind it closes it within a few ms. @source recorded on a real VM: who listens
 */
const greetingTime = 300

interface Listening {
  send: string | undefined
  deadline: number
  answer(value: Untimed): void
}

/** Reports the first thing that happens on a socket; returns whether it has connected. */
function listen(socket: Socket, { send, deadline, answer }: Listening): () => boolean {
  let isConnected = false
  socket.once('connect', () => {
    isConnected = true
    if (send !== undefined) return void socket.write(send)
    const greeting = setTimeout(
      () => answer({ kind: 'answered', status: 0, body: '' }),
      Math.min(greetingTime, deadline / 2),
    )
    socket.once('close', () => clearTimeout(greeting))
  })
  socket.once('data', (chunk: Buffer) => {
    const body = chunk.subarray(0, bodyLimit).toString('utf8')
    answer({ kind: 'answered', status: 0, body })
  })
  socket.once('end', () =>
    answer({ kind: 'reset', why: 'it closed the connection without a byte' }),
  )
  socket.once('error', error => answer(classify(error)))
  return () => isConnected
}

const tcpUntimed = (
  { host, port, send }: { host: string; port: number; send?: string },
  { deadline, signal }: Options,
): Promise<Untimed> =>
  new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(signal.reason)
    const clock = alarm(deadline, signal)
    const socket = connect({ host, port })
    const finish = (end: () => void): void => {
      clock.off()
      socket.destroy()
      end()
    }
    const answer = (value: Untimed): void => finish(() => resolve(value))
    const isConnected = listen(socket, { send, deadline, answer })
    const ring = (): void => {
      if (!clock.rang()) return finish(() => reject(signal?.reason))
      const state = isConnected() ? 'it accepted the connection and sent nothing' : 'no connection'
      answer(silent(state, deadline))
    }
    clock.signal.addEventListener('abort', ring, { once: true })
  })

/** Adds how long an answer took. */
async function timed(ask: () => Promise<Untimed>): Promise<NetAnswer> {
  const began = performance.now()
  const answer = await ask()
  return { ...answer, tookMs: Math.round(performance.now() - began) }
}

/** The network of this host. */
export const liveNet = (): Net => ({
  http: (url, options) => timed(() => httpUntimed(url, options)),
  tcp: (to, options) => timed(() => tcpUntimed(to, options)),
})
