// Applications as their clients see them: the ports that they listen on, and how they warm up,
// hang, break and stop.
import type { AppAnswer, AppRequest } from '#lab/kernel/world.ts'
import type { Range } from '#lab/node/delays.ts'

/**
 * A running application. Drills and tests change it in place. Each container starts with a new one.
 */
export interface AppState {
  /** Whether it has warmed up. Until then its handlers decide the answers. */
  ready: boolean
  /** Accepts connections but never answers, and ignores SIGTERM. */
  hung: boolean
  /** Its health path answers 200; everything else hangs. */
  dataPathStuck: boolean
  /** Answers HTTP with 503. */
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
  /** What it needs when warm. More than the container's limit means OOMKilled. */
  memoryMiB?: number
  ports: Readonly<Record<number, Handler>>
  /** For applications that take their ports as arguments. */
  anyPort?: Handler
  /**
   * How long it takes to stop after SIGTERM, and its exit code. `killed`: it ignores SIGTERM.
   * Default: at once, with code 0.
   */
  stops?: { ms: Range; code: number } | 'killed'
  /** Exits without a signal. */
  exits?: { afterMs: number; code: number; output?: string }
  /** A shell: its command decides what it does (`sleep 5; exit 1`). */
  shell?: boolean
  /** For an image with many programs: the application that a command starts. */
  running?: (argv: readonly string[]) => AppEntry | undefined
  /** The programs that can be run in it. Absent: any program, and it succeeds. */
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

/** A port that opens only when the application is ready. */
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
  return `${registryPrefix(name)}${name}${tagOf(image)}`
}

/** What containerd puts before a repository that names no registry. */
function registryPrefix(name: string): string {
  if (!name.includes('/')) return 'docker.io/library/'
  return /[.:]|^localhost$/.test(name.split('/')[0] ?? '') ? '' : 'docker.io/'
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
 * The entry of an image that is not in the catalogue: a service that soon after its start answers
 * 200 on every port.
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

/** The answer of a running application on one of its ports. `frozen`: its process is stopped. */
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
