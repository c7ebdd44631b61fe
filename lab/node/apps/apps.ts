// Applications as the outside meets them: what listens on which port, how it warms up, hangs,
// breaks and stops.
import type { AppAnswer, AppRequest } from '#lab/kernel/world.ts'
import type { Range } from '#lab/node/delays.ts'

/**
 * A running application. Drills and tests change it in place; a new container starts with a new
 * one.
 */
export interface AppState {
  /** Warmed up. Before that the application's handler decides the answers. */
  ready: boolean
  /** Accepts connections and never answers; deaf to SIGTERM too. */
  hung: boolean
  /** Its health path answers 200; everything else hangs. */
  dataPathStuck: boolean
  /** HTTP is answered with 503. */
  answers503: boolean
  /** ms since the epoch. */
  startedAt: number
}

export type Handler = (request: AppRequest, state: AppState) => AppAnswer

export interface AppEntry {
  /** Name of the process, as `pgrep -x` sees it. */
  comm: string
  /** From the start of the process until it is ready. */
  warmUp: Range
  /** What it takes when warm; more than the container's limit: OOMKilled. */
  memoryMiB?: number
  ports: Readonly<Record<number, Handler>>
  /** For applications whose ports are their arguments. */
  anyPort?: Handler
  /**
   * Time to stop after SIGTERM and exit code, or `killed`: it ignores SIGTERM. Default: at once,
   * code 0.
   */
  stops?: { ms: Range; code: number } | 'killed'
  /** Exits without a signal. */
  exits?: { afterMs: number; code: number; output?: string }
  /** What it does stands in its command (`sleep 5; exit 1`). */
  shell?: boolean
  /** An image that holds many programs: what it is when it runs this command. */
  running?: (argv: readonly string[]) => AppEntry | undefined
  /** What can be run in it by name; absent: anything, which then succeeds. */
  programs?: readonly string[]
  /** Part of the node's network, with effects of its own. */
  role?: 'flannel' | 'kube-proxy'
  /** Body of a 503. */
  unavailable?: string
  /** Under hostNetwork, probes reach it through 127.0.0.1 only. */
  loopbackProbes?: boolean
}

/** By image repository, without tag and without `docker.io/library/`. */
export type AppCatalogue = Readonly<Record<string, AppEntry>>

export const http = (status: number, body: string, ms = 2): AppAnswer => ({
  kind: 'answer',
  status,
  body,
  ms,
})
export const refused: AppAnswer = { kind: 'refused', ms: 1 }
export const silent: AppAnswer = { kind: 'silent' }

/** A port that is not open before the application is ready. */
export const whenReady =
  (answer: Handler): Handler =>
  (request, state) =>
    state.ready ? answer(request, state) : refused

/** `docker.io/library/redis:7-alpine@sha256:…` → `redis`; `ghcr.io/a/b:1` → `ghcr.io/a/b`. */
export function repository(image: string): string {
  const bare = image.split('@')[0] ?? image
  const slash = bare.lastIndexOf('/')
  const colon = bare.indexOf(':', slash + 1)
  const named = colon === -1 ? bare : bare.slice(0, colon)
  return named.replace(/^(?:index\.)?docker\.io\//, '').replace(/^library\//, '')
}

/** The image as containerd names it: with its registry and tag. */
export function fullImage(image: string): string {
  const name = repository(image)
  const first = name.split('/')[0] ?? ''
  const host =
    name.includes('/') && /[.:]|^localhost$/.test(first)
      ? ''
      : name.includes('/')
        ? 'docker.io/'
        : 'docker.io/library/'
  return `${host}${name}${tagOf(image)}`
}

function tagOf(image: string): string {
  if (image.includes('@')) return `@${image.split('@')[1]}`
  const colon = image.indexOf(':', image.lastIndexOf('/') + 1)
  return colon === -1 ? ':latest' : image.slice(colon)
}

/** The registry that an image comes from. */
export const registryOf = (image: string): string => fullImage(image).split('/')[0] ?? ''

const answersOk: Handler = whenReady(request =>
  request.kind === 'http' ? http(200, '{"ok":true}') : http(0, ''),
)

/**
 * An entry for an image that the catalogue does not know: a service that answers 200 on every port
 * soon after its start.
 */
export function unknownApp(image: string): AppEntry {
  const comm = (repository(image).split('/').pop() ?? 'app').slice(0, 15)
  return { comm, warmUp: [300, 900], ports: {}, anyPort: answersOk }
}

export function entryFor(
  apps: AppCatalogue,
  image: string,
  argv: readonly string[] = [],
): AppEntry {
  const entry = apps[repository(image)] ?? unknownApp(image)
  return entry.running?.(argv) ?? entry
}

const isHealth = (request: AppRequest): boolean =>
  request.kind === 'tcp'
    ? /^(?:PING)?\s*$/i.test(request.send ?? '')
    : /health|ready|live|ping/i.test(request.path ?? '/')

/**
 * What a running application makes of a connection to one of its ports. `frozen`: its process is
 * stopped.
 */
export function ask(
  entry: AppEntry,
  state: AppState,
  frozen: boolean,
  port: number,
  request: AppRequest,
): AppAnswer {
  const handler = entry.ports[port] ?? entry.anyPort
  if (handler === undefined) return refused
  if (frozen || state.hung) return silent
  const answer = handler(request, state)
  if (answer.kind !== 'answer') return answer
  if (state.dataPathStuck && !isHealth(request)) return silent
  if (state.answers503 && request.kind === 'http')
    return http(503, entry.unavailable ?? 'Service Unavailable', answer.ms)
  return answer
}
