// The names of the guards, and who may allow their objections.

/** All guards, in the order in which reports list them. */
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
 * Guards that nobody can override: the wrong cluster, another run on it, and harm that cannot be
 * undone.
 */
export const neverAllowed = [
  'identity',
  'one-at-a-time',
  'undo-permissions',
] as const satisfies readonly GuardName[]

/**
 * Guards whose objections a policy may allow, each with its reason. The others concern a moment and
 * not a cluster.
 */
export const policyAllows = [
  'replica-share',
  'last-replica',
  'last-control-plane',
  'last-volume-copy',
  'unbacked-claim',
  'own-node',
] as const satisfies readonly GuardName[]
