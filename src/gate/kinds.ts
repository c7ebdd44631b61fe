// Which kinds people declare in files: their list questions are answered from a set of manifests.
import { builtinKinds, type Kind } from '#src/model/kinds.ts'

export type DeclaredKind = Pick<Kind, 'kind' | 'namespaced'>

/**
 * By the plural of the API, which is the end of a list question's key. What the cluster itself
 * makes is not here: events, leases, nodes and endpoint slices are not known before a deploy,
 * whatever the files say.
 */
export const declared: Readonly<Record<string, DeclaredKind>> = Object.fromEntries(
  builtinKinds
    .filter(kind => kind.declared)
    .map(({ plural, kind, namespaced }) => [plural, { kind, namespaced }]),
)

/**
 * Cluster-wide kinds beyond those of the table: of common operators, and of API versions that are
 * off by default. @source Kubernetes API reference, v1.35
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

/**
 * Whether a kind lives outside of namespaces. A custom kind whose scope is not known counts as
 * living in one.
 */
export const isClusterWide = (kind: string): boolean => clusterKinds.has(kind)
