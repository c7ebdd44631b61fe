// Every invariant, by section: what `check` judges and `list` shows, and those that a drill holds
// as its steady state.
import type { Invariant, NamesIn } from '#helpers/index.ts'
import * as claims from './claims.spec.ts'
import * as endpoints from './endpoints.spec.ts'
import * as exposure from './exposure.spec.ts'
import * as host from './host.spec.ts'
import * as images from './images.spec.ts'
import * as network from './network.spec.ts'
import * as nodePorts from './node-ports.spec.ts'
import * as nodes from './nodes.spec.ts'
import * as placement from './placement.spec.ts'
import * as probes from './probes.spec.ts'
import * as references from './references.spec.ts'
import * as security from './security.spec.ts'
import * as services from './services.spec.ts'
import * as storage from './storage.spec.ts'
import * as workloads from './workloads.spec.ts'

const sections = {
  'node-ports': nodePorts,
  exposure,
  probes,
  endpoints,
  nodes,
  network,
  workloads,
  storage,
  claims,
  host,
  services,
  images,
  placement,
  security,
  references,
}
export type Section = keyof typeof sections
export type InvariantName = NamesIn<(typeof sections)[Section], 'invariant'>

const isInvariant = (value: unknown): value is Invariant =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'invariant'

/** A module's exports, sorted by name: Node and vite list them in different orders. */
const inOrder = (module: object): readonly unknown[] =>
  Object.entries(module)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, value]) => value)

/** Invariants with the section, which is the name of their file. */
export const bySection: readonly { section: Section; invariant: Invariant }[] = (
  Object.keys(sections) as Section[]
).flatMap(section =>
  inOrder(sections[section])
    .filter(isInvariant)
    .map(invariant => ({ section, invariant })),
)

export const invariants: readonly Invariant[] = bySection.map(({ invariant }) => invariant)

/**
 * The steady state of every drill, judged at each evaluation: what must run and answer. A finding
 * about a manifest refuses no drill.
 */
export const steadyState: readonly Invariant[] = invariants.filter(
  ({ about }) => about === 'runtime',
)
