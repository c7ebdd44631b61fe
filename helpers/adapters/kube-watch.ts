// One watch of the Kubernetes API, by client-node's Watch over the reach's connections, ended for sure by its signal.
import type { KubeConfig } from '@kubernetes/client-node'
import type { Dispatcher } from 'undici'
import type { KubeObject } from '../words/kube.ts'
import { clientNode } from './client.ts'
import { connectionError, garbage, KubeError, statusError } from './kube-errors.ts'
import { apiVersionOf, pathOf, type Resource } from './resources.ts'
import type { Tools } from './tools.ts'

export type WatchType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'
const types: readonly string[] = ['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK'] satisfies WatchType[]
const isType = (type: string): type is WatchType => types.includes(type)

export interface WatchOptions<T extends KubeObject> {
  namespace?: string | undefined
  labelSelector?: string
  fieldSelector?: string
  /** Where to go on. Absent: everything that is there comes first, as ADDED. */
  resourceVersion?: string
  onEvent(type: WatchType, object: T): void
  signal: AbortSignal
}

/**
 * A dispatcher whose requests end with the signal. client-node hands out the means to end a watch only after the
 * server has answered; a server that never does would keep the request open.
 */
function ending(dispatcher: Dispatcher, signal: AbortSignal): Dispatcher {
  return dispatcher.compose(dispatch => (options, handler) => dispatch(options, {
    onRequestStart(controller, context) {
      const abort = (): void => controller.abort(new Error('the watch was called off', { cause: signal.reason }))
      if (signal.aborted) abort()
      else signal.addEventListener('abort', abort, { once: true })
      handler.onRequestStart?.(controller, context)
    },
    onRequestUpgrade: (...given) => handler.onRequestUpgrade?.(...given),
    onResponseStarted: () => handler.onResponseStarted?.(),
    onResponseStart: (...given) => handler.onResponseStart?.(...given),
    onResponseData: (...given) => handler.onResponseData?.(...given),
    onResponseEnd: (...given) => handler.onResponseEnd?.(...given),
    onResponseError: (...given) => handler.onResponseError?.(...given),
    onBodySent: (...given) => handler.onBodySent?.(...given),
    onRequestSent: () => handler.onRequestSent?.(),
  }))
}

/** What the end of a stream means: undefined for an end as such. */
function reasonOf(server: string, path: string, error: unknown): Error | undefined {
  if (error === null || error === undefined) return undefined
  // Silence for 30 s: client-node ends the stream, and who still wants to know opens the next.
  if (error instanceof DOMException && error.name === 'TimeoutError') return undefined
  const what = `GET ${path} (watch)`
  const status: unknown = error instanceof Error ? Reflect.get(error, 'statusCode') : undefined
  if (typeof status === 'number') return statusError(what, path, status, error instanceof Error ? error.message : '')
  return connectionError(server, error)
}

/** Watches until the stream ends (resolves), it breaks (rejects) or one of the signals aborts (rejects with its reason). */
export async function watchResource<T extends KubeObject>(
  tools: Tools, api: { config: KubeConfig; server: string }, resource: Resource<T>, options: WatchOptions<T>,
): Promise<void> {
  const signal = AbortSignal.any([tools.signal, options.signal])
  signal.throwIfAborted()
  const { Watch } = clientNode()
  const path = pathOf(resource, { namespace: options.namespace })
  const { labelSelector, fieldSelector, resourceVersion } = options
  // The same configuration, but that its connections end with the signal.
  const config: KubeConfig = Object.create(api.config)
  const make: unknown = Reflect.get(api.config, 'createDispatcher')
  Reflect.set(config, 'createDispatcher', (...given: unknown[]) => ending((make as (...given: unknown[]) => Dispatcher)(...given), signal))

  await new Promise<void>((resolve, reject) => {
    let ended = false
    let stop: AbortController | undefined
    const end = (error: Error | undefined): void => {
      if (ended) return
      ended = true
      signal.removeEventListener('abort', abort)
      stop?.abort()
      if (signal.aborted) reject(signal.reason)
      else if (error === undefined) resolve()
      else reject(error)
    }
    const abort = (): void => end(undefined)
    signal.addEventListener('abort', abort, { once: true })

    const receive = (type: string, object: unknown): void => {
      if (ended) return
      if (type === 'ERROR') {
        const status: unknown = typeof object === 'object' && object !== null ? Reflect.get(object, 'code') : undefined
        end(statusError(`GET ${path} (watch)`, path, typeof status === 'number' ? status : 500, JSON.stringify(object)))
      } else if (isType(type) && typeof object === 'object' && object !== null) {
        Reflect.deleteProperty(Reflect.get(object, 'metadata') ?? {}, 'managedFields')
        try {
          // What is watched under this path has the type of this resource.
          options.onEvent(type, Object.assign(object, { apiVersion: apiVersionOf(resource), kind: resource.kind }) as unknown as T)
        } catch (error) {
          end(error instanceof Error ? error : new Error(String(error)))
        }
      } else end(garbage(api.server, `GET ${path} (watch)`, path, 200, `${type} ${JSON.stringify(object)}`))
    }
    const query = { labelSelector, fieldSelector, resourceVersion, allowWatchBookmarks: true }
    new Watch(config).watch(path, query, receive, error => end(reasonOf(api.server, path, error))).then(
      controller => {
        stop = controller
        if (ended) controller.abort()
      },
      error => end(error instanceof KubeError ? error : connectionError(api.server, error)),
    )
  })
}
