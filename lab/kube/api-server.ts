// The lab's Kubernetes API server: requests over the store, and the ways to disturb and observe it.
import type { LabContext } from '#lab/kernel/world.ts'
import type { ApiRequest, ApiResponse } from './request.ts'
import { answered } from './routes/routes.ts'
import type { Attributes, Kubelets, Server } from './server.ts'

export type { ApiRequest, ApiResponse } from './request.ts'
export type { Attributes } from './server.ts'

export interface ApiOptions {
  /** Default `v1.35.0`. */
  version?: string
  /** Includes both ends. Default 30000-32767. */
  nodePorts?: { from: number; to: number }
  /** The first 16 bits of the addresses of Services. Default `10.96`. */
  servicePrefix?: string
  /** Whether a user may send a request. By default every user may send every request. */
  allows?: (attributes: Attributes) => boolean
}

/** A request in the log. */
export interface Logged {
  /** ms since the epoch. */
  at: number
  method: string
  path: string
  /** Without the question mark; empty if the request has none. */
  query: string
}

/**
 * Answers instead of the server: a response, `hang` for no answer ever, or undefined to let the
 * server answer.
 */
export type Disturbance = (request: ApiRequest) => ApiResponse | 'hang' | undefined

export interface ApiServer {
  /** Answers at once, in virtual time. A mistake in the request is a response, not an error. */
  handle(request: ApiRequest): ApiResponse
  /**
   * Asks `fn` before the server, and before all earlier disturbances. Returns a function that
   * removes it.
   */
  disturb(fn: Disturbance): () => void
  /**
   * Replaces the authorizer, for example by the one of the stored roles (`rbac`). Returns a
   * function that restores the previous one.
   */
  restrict(allows: (attributes: Attributes) => boolean): () => void
  /** Connects the kubelets. Without them, logs and commands in containers are refused. */
  connectKubelets(kubelets: Kubelets): void
  /** The latest requests, oldest first. */
  readonly log: readonly Logged[]
}

/** Number of requests in the log. */
const logLength = 5000

function serverOf(context: LabContext, options: ApiOptions): Server {
  return {
    context,
    version: options.version ?? 'v1.35.0',
    // @source Kubernetes default, --service-node-port-range
    network: {
      nodePorts: options.nodePorts ?? { from: 30_000, to: 32_767 },
      prefix: options.servicePrefix ?? '10.96',
    },
    random: context.random.fork('api-server'),
    dryRandom: context.random.fork('api-server-dry-run'),
    watchRandom: context.random.fork('api-server-watches'),
    allows: options.allows ?? (() => true),
  }
}

/** Adds the date to a response. */
function dated(server: Server, response: ApiResponse): ApiResponse {
  if (response.kind === 'hang') return response
  const date = new Date(server.context.clock.now()).toUTCString()
  return { ...response, headers: { date, ...response.headers } }
}

/** The response of the latest disturbance that answers, or of the server. */
function respond(
  server: Server,
  disturbances: readonly Disturbance[],
  request: ApiRequest,
): ApiResponse {
  for (const disturbance of disturbances.toReversed()) {
    const instead = disturbance(request)
    if (instead === 'hang') return { kind: 'hang' }
    if (instead !== undefined) return dated(server, instead)
  }
  return dated(server, answered(server, request))
}

/** An API server over the context's store. Several servers may share one store. */
export function createApiServer(context: LabContext, options: ApiOptions = {}): ApiServer {
  const server = serverOf(context, options)
  const disturbances: Disturbance[] = []
  const log: Logged[] = []

  return {
    log,
    restrict(allows) {
      const before = server.allows
      server.allows = allows
      return () => {
        server.allows = before
      }
    },
    connectKubelets(kubelets) {
      server.kubelets = kubelets
    },
    disturb(fn) {
      disturbances.push(fn)
      return () => {
        const index = disturbances.indexOf(fn)
        if (index !== -1) disturbances.splice(index, 1)
      }
    },
    handle(request) {
      const { method, path, query } = request
      log.push({ at: context.clock.now(), method, path, query: query.toString() })
      if (log.length > logLength) log.splice(0, log.length - logLength)
      return respond(server, disturbances, request)
    },
  }
}
