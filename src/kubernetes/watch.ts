// One watch of the Kubernetes API over the runtime's connections: every change since a version,
// until the stream ends.
import type { KubeObject } from '#src/model/kube.ts'
import type { Call } from '#src/commands/call.ts'
import { connectionError, garbage, KubeError, silence, statusError } from './errors.ts'
import { completed, member } from './object.ts'
import { request, type Sending } from './request.ts'
import type { Session } from './session.ts'
import { pathOf, type Resource } from './kinds.ts'

export type WatchType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'
const types: readonly unknown[] = ['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK'] satisfies WatchType[]
const isType = (type: unknown): type is WatchType => types.includes(type)

export interface WatchOptions<T extends KubeObject> {
  namespace?: string | undefined
  labelSelector?: string
  fieldSelector?: string
  /** The version after which the watch begins. Absent: every object comes first, as ADDED. */
  resourceVersion?: string
  /** Seconds after which the server should end the stream. Absent: the server decides. */
  seconds?: number
  onEvent(type: WatchType, object: T): void
  signal: AbortSignal
}

/**
 * A stream that is silent for this long is dead, ms. @source Kubernetes default: bookmarks come
 * every minute at the latest, events of a cluster at work more often
 */
const longestSilence = 30_000
/**
 * How much later than requested the end of a stream may come, ms: the server's timer fires on time,
 * and the network takes the rest. @source measured on a v1.35 node with two busy cores: below 200
 * ms
 */
const lateness = 1_000

/** The lines of a stream. Text after the last line break is not a line. */
async function* linesOf(stream: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let held = ''
  for await (const chunk of stream) {
    held += decoder.decode(chunk, { stream: true })
    const lines = held.split('\n')
    held = lines.pop() ?? ''
    yield* lines
  }
}

/** Every event has a version; a bookmark has nothing else, not even a name. */
const isVersioned = (value: unknown): value is KubeObject =>
  typeof member(member(value, 'metadata'), 'resourceVersion') === 'string'

interface WatchEvent {
  type: WatchType
  object: KubeObject
}

/** One watch: where it goes, and how its errors name it. */
interface Stream {
  readonly server: string
  readonly path: string
  readonly what: string
}

/** The event of a line. Throws for an ERROR event, and for a line that is none. */
function eventIn(line: string, { server, path, what }: Stream): WatchEvent {
  let event: unknown
  try {
    event = JSON.parse(line)
  } catch {
    throw garbage(server, what, path, 200, line)
  }
  const [type, object] = [member(event, 'type'), member(event, 'object')]
  if (type === 'ERROR' && typeof object === 'object' && object !== null) {
    const status = member(object, 'code')
    const code = typeof status === 'number' ? status : 500
    throw statusError(what, path, code, JSON.stringify(object))
  }
  if (isType(type) && isVersioned(object)) return { type, object }
  throw garbage(server, what, path, 200, line)
}

function sendingOf<T extends KubeObject>(path: string, options: WatchOptions<T>): Sending {
  const { labelSelector, fieldSelector, resourceVersion, seconds } = options
  const query = {
    watch: 'true',
    labelSelector,
    fieldSelector,
    resourceVersion,
    timeoutSeconds: seconds?.toString(),
    allowWatchBookmarks: 'true',
  }
  return { method: 'GET', path, query, silence: longestSilence }
}

/** Aborts when the server has not ended the stream in the time that it was asked to. */
function lateSignal(
  { runtime }: Call,
  server: string,
  seconds: number | undefined,
  ended: AbortSignal,
): AbortSignal {
  const late = new AbortController()
  if (seconds !== undefined) {
    const patience = seconds * 1000 + lateness
    runtime.clock.sleep(patience, ended).then(
      () => late.abort(silence(server, patience)),
      () => {},
    )
  }
  return late.signal
}

/** An error of the listener, as its cause. It does not concern the connection. */
class ListenerError extends Error {}

/** Passes each event of a stream on. Resolves at the end of the stream. */
async function receive(
  session: Pick<Session, 'authorise' | 'server'>,
  stream: Stream,
  sending: Sending,
  signal: AbortSignal,
  pass: (event: WatchEvent) => void,
): Promise<void> {
  const response = await request(session, sending, signal)
  if (response.statusCode >= 400)
    throw statusError(stream.what, stream.path, response.statusCode, await response.body.text())
  for await (const line of linesOf(response.body)) {
    signal.throwIfAborted()
    if (line === '') continue
    const event = eventIn(line, stream)
    try {
      pass(event)
    } catch (error) {
      throw new ListenerError('the listener threw', { cause: error })
    }
  }
  // A stream that was aborted at its very end has not ended by itself.
  signal.throwIfAborted()
}

/**
 * Watches until the server ends the stream (resolves), the stream breaks or falls silent (rejects),
 * or one of the signals aborts (rejects with its reason).
 */
export async function watchResource<T extends KubeObject>(
  call: Call,
  session: Pick<Session, 'authorise' | 'server'>,
  resource: Resource<T>,
  options: WatchOptions<T>,
): Promise<void> {
  const { server } = session
  const path = pathOf(resource, { namespace: options.namespace })
  const stream: Stream = { server, path, what: `GET ${path} (watch)` }
  const ended = new AbortController()
  const late = lateSignal(call, server, options.seconds, ended.signal)
  const signal = AbortSignal.any([call.signal, options.signal, late])
  signal.throwIfAborted()
  try {
    await receive(session, stream, sendingOf(path, options), signal, ({ type, object }) =>
      options.onEvent(type, completed(resource, object)),
    )
  } catch (error) {
    if (error instanceof ListenerError) throw error.cause
    if (signal.aborted) throw signal.reason
    throw error instanceof KubeError ? error : connectionError(server, error)
  } finally {
    ended.abort(new Error('the stream has ended'))
  }
}
