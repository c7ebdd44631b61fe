// One watch of the Kubernetes API over the reach's connections: what has changed since a version,
// until the stream ends.
import type { KubeObject } from '#src/model/kube.ts'
import { connectionError, garbage, KubeError, silence, statusError } from './errors.ts'
import { completed, member } from './object.ts'
import { request } from './request.ts'
import type { Session } from './session.ts'
import { pathOf, type Resource } from './kinds.ts'
import type { Call } from '#src/commands/call.ts'

export type WatchType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'
const types: readonly unknown[] = ['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK'] satisfies WatchType[]
const isType = (type: unknown): type is WatchType => types.includes(type)

export interface WatchOptions<T extends KubeObject> {
  namespace?: string | undefined
  labelSelector?: string
  fieldSelector?: string
  /** Where to go on. Absent: everything that is there comes first, as ADDED. */
  resourceVersion?: string
  /** After how many s the server is to end the stream. Absent: when it likes to. */
  seconds?: number
  onEvent(type: WatchType, object: T): void
  signal: AbortSignal
}

/**
 * A stream on which nothing comes for so long is not believed any more, ms. @source Kubernetes
 * default: bookmarks come every minute at the latest, events of a cluster at work more often
 */
const longestSilence = 30_000
/**
 * How much later than asked for the end of a stream may come, ms: the server looks at its timer at
 * once, and the way takes its time. @source measured on a v1.35 node with two busy cores: below 200
 * ms
 */
const lateness = 1_000

/** The lines of a stream. What follows the last end of a line is none. */
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

/** All that is told of an object, and all that there is of a bookmark, which has no name. */
const isVersioned = (value: unknown): value is KubeObject =>
  typeof member(member(value, 'metadata'), 'resourceVersion') === 'string'

function eventIn(
  line: string,
  otherwise: () => Error,
): { type: 'ERROR'; object: object } | { type: WatchType; object: KubeObject } {
  let event: unknown
  try {
    event = JSON.parse(line)
  } catch {
    throw otherwise()
  }
  const [type, object] = [member(event, 'type'), member(event, 'object')]
  if (type === 'ERROR' && typeof object === 'object' && object !== null) return { type, object }
  if (isType(type) && isVersioned(object)) return { type, object }
  throw otherwise()
}

/**
 * Watches until the server ends the stream (resolves), it breaks or falls silent (rejects) or one
 * of the signals aborts (rejects with its reason).
 */
export async function watchResource<T extends KubeObject>(
  call: Call,
  session: Pick<Session, 'authorise' | 'server'>,
  resource: Resource<T>,
  options: WatchOptions<T>,
): Promise<void> {
  const { server } = session
  const path = pathOf(resource, { namespace: options.namespace })
  const what = `GET ${path} (watch)`
  const { labelSelector, fieldSelector, resourceVersion, seconds } = options
  const query = {
    watch: 'true',
    labelSelector,
    fieldSelector,
    resourceVersion,
    timeoutSeconds: seconds?.toString(),
    allowWatchBookmarks: 'true',
  }

  const ended = new AbortController()
  const late = new AbortController()
  const patience = seconds === undefined ? undefined : seconds * 1000 + lateness
  if (patience !== undefined)
    call.runtime.clock.sleep(patience, ended.signal).then(
      () => late.abort(silence(server, patience)),
      () => {},
    )
  const signal = AbortSignal.any([call.signal, options.signal, late.signal])
  signal.throwIfAborted()

  /** What the listener throws is its own, and no fault of the connection. */
  let own: { error: unknown } | undefined
  function hear(line: string): void {
    const event = eventIn(line, () => garbage(server, what, path, 200, line))
    if (event.type === 'ERROR') {
      const status = member(event.object, 'code')
      throw statusError(
        what,
        path,
        typeof status === 'number' ? status : 500,
        JSON.stringify(event.object),
      )
    }
    try {
      options.onEvent(event.type, completed(resource, event.object))
    } catch (error) {
      own = { error }
      throw error
    }
  }

  try {
    const response = await request(
      session,
      { method: 'GET', path, query, silence: longestSilence },
      signal,
    )
    if (response.statusCode >= 400)
      throw statusError(what, path, response.statusCode, await response.body.text())
    for await (const line of linesOf(response.body)) {
      signal.throwIfAborted()
      if (line !== '') hear(line)
    }
    // One that broke at its very end is no end.
    signal.throwIfAborted()
  } catch (error) {
    if (own !== undefined) throw own.error
    if (signal.aborted) throw signal.reason
    throw error instanceof KubeError ? error : connectionError(server, error)
  } finally {
    ended.abort(new Error('the stream has ended'))
  }
}
