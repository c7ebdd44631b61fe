// Requests and responses of the API server, and the objects that a path addresses.
import type { Store } from '#lab/kernel/store.ts'
import type { Kind } from './api/kinds.ts'
import { kindAt } from './api/kinds.ts'

export interface ApiRequest {
  method: string
  /** Without the query. */
  path: string
  query: URLSearchParams
  /** Names in lower case. */
  headers: Record<string, string>
  body?: string | undefined
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
   * Starts to emit lines, each with its newline. Stops when `end` has been called or when the
   * caller calls the returned function.
   */
  start(emit: (line: string) => void, end: () => void): () => void
}

/** `hang`: the server took the request and will never answer. */
export type ApiResponse = WholeResponse | StreamResponse | { kind: 'hang' }

/** The objects that a path addresses. */
export interface ResourceRequest {
  group: string
  version: string
  plural: string
  namespace: string | undefined
  name: string | undefined
  subresource: string | undefined
  /** Undefined if the API serves no such kind. */
  kind: Kind | undefined
}

const namespaceSubresources = new Set(['status', 'finalize'])

/** Splits the steps after the version into the namespace and the rest. */
function namespaceOf(
  steps: readonly string[],
  core: boolean,
): { namespace: string | undefined; rest: readonly string[] } {
  const [first, namespace, third] = steps
  const ofNamespace = core && steps.length === 3 && namespaceSubresources.has(third ?? '')
  return first === 'namespaces' && steps.length > 2 && !ofNamespace
    ? { namespace, rest: steps.slice(2) }
    : { namespace: undefined, rest: steps }
}

/**
 * Parses `/api/v1/…` and `/apis/<group>/<version>/…`. Undefined for all other paths, such as
 * those of discovery.
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
  const { namespace, rest } = namespaceOf(steps.slice(core ? 2 : 3), core)
  const [plural, name, ...below] = rest
  if (plural === undefined) return undefined
  const kind = kindAt(store, group, version, plural)
  const subresource = below.length === 0 ? undefined : below.join('/')
  const served = kind !== undefined && isPlaced(kind, namespace, name)
  return { group, version, plural, namespace, name, subresource, kind: served ? kind : undefined }
}

/** Namespaced objects need a namespace in the path; cluster-wide objects must not have one. */
const isPlaced = (kind: Kind, namespace: string | undefined, name: string | undefined): boolean =>
  namespace === undefined ? !kind.namespaced || name === undefined : kind.namespaced

function decoded(step: string): string {
  try {
    return decodeURIComponent(step)
  } catch {
    return step
  }
}
