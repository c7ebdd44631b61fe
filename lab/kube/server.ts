// What every part of the API server has in hand.
import type { SeededRandom } from '#lab/kernel/random.ts'
import type { LabContext } from '#lab/kernel/world.ts'
import type { ServiceNetwork } from './admission/allocate.ts'

/** Who wants to do what; `resource` is empty for paths outside of the objects. */
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

/** The kubelets as the API server reaches them. */
export interface Kubelets {
  /** Lines that a container has printed; undefined where no kubelet has it. */
  logs(namespace: string, pod: string, container?: string): readonly string[] | undefined
}

export interface Server {
  context: LabContext
  /** E.g. `v1.35.0`. */
  version: string
  network: ServiceNetwork
  /** Names, ports, addresses. */
  random: SeededRandom
  /** The same for dry runs, which must not move the others. */
  dryRandom: SeededRandom
  /** How long watches live. */
  watchRandom: SeededRandom
  allows(attributes: Attributes): boolean
  kubelets?: Kubelets
}

/** Whether something is stored, from `dryRun=All`. */
export interface Writing {
  dryRun: boolean
}

/** A time as the API writes it, to the second. */
export const rfc3339 = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`
