// The kinds that people declare in files. A set of manifests answers their list questions.
import { builtinKinds, type Kind } from '#src/model/kinds.ts'

export type DeclaredKind = Pick<Kind, 'kind' | 'namespaced'>

/**
 * By the plural of the API, which ends the key of a list question. Events, leases, nodes and
 * endpoint slices are missing: the cluster creates them, so files cannot answer for them.
 */
export const declared: Readonly<Record<string, DeclaredKind>> = Object.fromEntries(
  builtinKinds
    .filter(kind => kind.declared)
    .map(({ plural, kind, namespaced }) => [plural, { kind, namespaced }]),
)

/**
 * More cluster-wide kinds: those of common operators, and of API versions that are off by default.
 * @source Kubernetes API reference, v1.35
 */
const others = [
  'ClusterIssuer',
  'ClusterPolicy',
  'ClusterReport',
  'MutatingAdmissionPolicy',
  'MutatingAdmissionPolicyBinding',
  'ClusterTrustBundle',
  'ResourceClass',
  'DeviceTaintRule',
  'ResourcePoolStatusRequest',
  'StorageVersion',
  'StorageVersionMigration',
] as const

const clusterKinds: ReadonlySet<string> = new Set([
  ...builtinKinds.filter(({ namespaced }) => !namespaced).map(({ kind }) => kind),
  ...others,
])

/** Whether a kind is cluster-wide. A custom kind of unknown scope counts as namespaced. */
export const isClusterWide = (kind: string): boolean => clusterKinds.has(kind)
