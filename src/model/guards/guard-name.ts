// The guards by name, and who may let which of them through.

/** Every guard by its name, in the order in which they are told. */
export const guardNames = [
  'identity',
  'one-at-a-time',
  'steady-state',
  'window',
  'replica-share',
  'last-replica',
  'last-control-plane',
  'last-volume-copy',
  'unbacked-claim',
  'own-node',
  'capabilities',
  'permissions',
  'undo-permissions',
  'evidence-disk',
] as const
export type GuardName = (typeof guardNames)[number]

/**
 * Those that nobody can let through: the wrong cluster, somebody else at work on it, and harm that
 * could not be undone.
 */
export const neverAllowed = [
  'identity',
  'one-at-a-time',
  'undo-permissions',
] as const satisfies readonly GuardName[]

/**
 * Those that a policy may let through as data, each with its reason. The others are about a moment,
 * not about a cluster.
 */
export const policyAllows = [
  'replica-share',
  'last-replica',
  'last-control-plane',
  'last-volume-copy',
  'unbacked-claim',
  'own-node',
] as const satisfies readonly GuardName[]
