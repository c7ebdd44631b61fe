// The state that all parts of the API server share.
import type { SeededRandom } from '#lab/kernel/random.ts'
import type { LabContext } from '#lab/kernel/world.ts'
import type { ServiceNetwork } from './admission/allocate.ts'
import type { Kind } from './api/kinds.ts'

/** A user and a request, as an authorizer sees them. `resource` is empty for other paths. */
export interface Attributes {
  user: string
  verb: string
  group: string
  resource: string
  subresource: string
  namespace: string
  name: string
  path: string
}

/** The kubelets, as far as the API server asks them. */
export interface Kubelets {
  /** The lines of a container's log, or undefined if no kubelet runs the container. */
  logs(namespace: string, pod: string, container?: string): readonly string[] | undefined
}

export interface Server {
  context: LabContext
  /** Such as `v1.35.0`. */
  version: string
  network: ServiceNetwork
  /** For names, ports and addresses. */
  random: SeededRandom
  /** For the same in dry runs, so that they shift no draw of the others. */
  dryRandom: SeededRandom
  /** For the lifetimes of watches. */
  watchRandom: SeededRandom
  allows(attributes: Attributes): boolean
  kubelets?: Kubelets
}

/** How a request writes. `dryRun`: it stores nothing. */
export interface Writing {
  dryRun: boolean
}

/** The part of an object that a path writes. */
export type Part = 'main' | 'status'

/** The object that a request addresses, and how the request writes it. */
export interface Target {
  kind: Kind
  namespace: string | undefined
  name: string
  part: Part
  writing: Writing
}

/** A time as the API writes it, to the second. */
export const rfc3339 = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`
