// The identity of a cluster, compared with the policy's.

/** The cluster behind a context, and the policy that it was compared with. */
interface Asked {
  readonly cluster: string
  readonly context: string
  readonly server: string
  /** The uid of its namespace kube-system. */
  readonly uid: string
}

/** Why a cluster does not count as the policy's. */
export type Unidentified =
  | { readonly kind: 'silent'; readonly why: string }
  | ({ readonly kind: 'not-stated' } & Asked)
  | ({ readonly kind: 'another'; readonly wanted: string } & Asked)

export type Identification = { readonly kind: 'confirmed' } | Unidentified
