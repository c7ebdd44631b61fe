// What comes in and goes out of the API server, and how a path is read.
import type { Store } from '#lab/kernel/store.ts'
import type { Kind } from './api/kinds.ts'
import { kindAt } from './api/kinds.ts'

export interface ApiRequest {
  method: string
  /** Without query. */
  path: string
  query: URLSearchParams
  /** Names in lower case. */
  headers: Record<string, string>
  body?: string
}

export interface WholeResponse {
  kind: 'whole'
  status: number
  headers: Record<string, string>
  body: string
}

export interface StreamResponse {
  kind: 'stream'
  status: number
  headers: Record<string, string>
  /**
   * Begins to hand out lines (each with its newline) until the returned function is called or `end`
   * was.
   */
  start(emit: (line: string) => void, end: () => void): () => void
}

/** `hang`: the request was taken and no answer will ever come. */
export type ApiResponse = WholeResponse | StreamResponse | { kind: 'hang' }

/** A request for objects, as the path has it. */
export interface ResourceRequest {
  group: string
  version: string
  plural: string
  namespace?: string
  name?: string
  subresource?: string
  /** Undefined where the API serves no such thing. */
  kind: Kind | undefined
}

const namespaceSubresources = new Set(['status', 'finalize'])

/**
 * Reads `/api/v1/…` and `/apis/<group>/<version>/…`; undefined for every other path, discovery
 * included.
 */
export function readPath(store: Store, path: string): ResourceRequest | undefined {
  const steps = path
    .split('/')
    .filter(step => step !== '')
    .map(decoded)
  const core = steps[0] === 'api'
  if (!core && steps[0] !== 'apis') return undefined
  const group = core ? '' : (steps[1] ?? '')
  const version = (core ? steps[1] : steps[2]) ?? ''
  let rest = steps.slice(core ? 2 : 3)
  if (rest.length === 0) return undefined
  let namespace: string | undefined
  if (
    rest[0] === 'namespaces' &&
    rest.length > 2 &&
    !(core && rest.length === 3 && namespaceSubresources.has(rest[2]!))
  ) {
    namespace = rest[1]!
    rest = rest.slice(2)
  }
  const [plural, name, ...sub] = rest
  const kind = kindAt(store, group, version, plural!)
  // A namespaced object is not to be had without its namespace, nor a cluster's object in one.
  const misplaced =
    kind !== undefined &&
    (namespace === undefined ? kind.namespaced && name !== undefined : !kind.namespaced)
  return {
    group,
    version,
    plural: plural!,
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    ...(sub.length === 0 ? {} : { subresource: sub.join('/') }),
    kind: misplaced ? undefined : kind,
  }
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step)
  } catch {
    return step
  }
}
