// One watch of the Kubernetes API over the reach's connections: what has changed since a version, until the stream ends.
import type { KubeObject } from '../words/kube.ts'
import { undici } from './client.ts'
import { connectionError, garbage, KubeError, silence, statusError } from './kube-errors.ts'
import type { Session } from './kube-session.ts'
import { apiVersionOf, pathOf, type Resource } from './resources.ts'
import type { Tools } from './tools.ts'

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

/** A stream on which nothing comes for so long is not believed any more, ms. @source Kubernetes default: bookmarks come every minute at the latest, events of a cluster at work more often */
const longestSilence = 30_000
/** How much later than asked for the end of a stream may come, ms: the server looks at its timer at once, and the way takes its time. @source measured on a v1.35 node with two busy cores: below 200 ms */
const lateness = 1_000

const member = (value: unknown, name: string): unknown => (typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined)

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

function eventIn(line: string, otherwise: () => Error): { type: WatchType | 'ERROR'; object: object } {
  let event: unknown
  try {
    event = JSON.parse(line)
  } catch {
    throw otherwise()
  }
  const [type, object] = [member(event, 'type'), member(event, 'object')]
  if ((type !== 'ERROR' && !isType(type)) || typeof object !== 'object' || object === null) throw otherwise()
  return { type, object }
}

/** Watches until the server ends the stream (resolves), it breaks or falls silent (rejects) or one of the signals aborts (rejects with its reason). */
export async function watchResource<T extends KubeObject>(
  tools: Tools, { authorise, server }: Pick<Session, 'authorise' | 'server'>, resource: Resource<T>, options: WatchOptions<T>,
): Promise<void> {
  const path = pathOf(resource, { namespace: options.namespace })
  const what = `GET ${path} (watch)`
  const url = new URL(server + path)
  const { labelSelector, fieldSelector, resourceVersion, seconds } = options
  const query = { watch: 'true', labelSelector, fieldSelector, resourceVersion, timeoutSeconds: seconds?.toString(), allowWatchBookmarks: 'true' }
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value)

  const ended = new AbortController()
  const late = new AbortController()
  const patience = seconds === undefined ? undefined : seconds * 1000 + lateness
  if (patience !== undefined) tools.reach.clock.sleep(patience, ended.signal).then(() => late.abort(silence(server, patience)), () => {})
  const signal = AbortSignal.any([tools.signal, options.signal, late.signal])
  signal.throwIfAborted()

  /** What the listener throws is its own, and no fault of the connection. */
  let own: { error: unknown } | undefined
  function hear(line: string): void {
    const { type, object } = eventIn(line, () => garbage(server, what, path, 200, line))
    if (type === 'ERROR') {
      const status = member(object, 'code')
      throw statusError(what, path, typeof status === 'number' ? status : 500, JSON.stringify(object))
    }
    Reflect.deleteProperty(Object(member(object, 'metadata')), 'managedFields')
    try {
      // What is watched under this path has the type of this resource.
      options.onEvent(type, Object.assign(object, { apiVersion: apiVersionOf(resource), kind: resource.kind }) as unknown as T)
    } catch (error) {
      own = { error }
      throw error
    }
  }

  try {
    const { headers, dispatcher } = await authorise(url.href)
    signal.throwIfAborted()
    const response = await undici().request(url, {
      method: 'GET', headers: { accept: 'application/json', 'user-agent': 'holdfast', ...headers }, signal, bodyTimeout: longestSilence, ...(dispatcher === undefined ? {} : { dispatcher }),
    })
    if (response.statusCode >= 400) throw statusError(what, path, response.statusCode, await response.body.text())
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
