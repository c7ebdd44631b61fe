// The fewest permissions that each account needs to check, heal and drill: derived from what the
// definitions declare.
import { watchedInvariants } from '#src/engine/drill/steady-state.ts'
import { possibleFaults } from '#src/engine/drill/subject.ts'
import { permission } from '#src/kubernetes/permission.ts'
import { resources } from '#src/kubernetes/kinds.ts'
import { ownNamespace } from '#src/engine/cluster-state/names.ts'
import { nodeLeases } from '#src/engine/cluster-state/node-leases.ts'
import { clusterLease } from '#src/engine/cluster-state/lease-object.ts'
import {
  questionsOfSignal,
  type Drill,
  type Fix,
  type Invariant,
  type Permission,
  type Policy,
  type Signal,
} from '#src/model/index.ts'
import { least } from './access.ts'
import { fixesOfDrill } from './ask.ts'

/**
 * The accounts. Each has the permissions of the ones before it, and more. The exception is
 * `switch`, the account of dead-man's switches: it may only undo.
 */
export const accounts = ['check', 'heal', 'drill', 'switch'] as const
export type Account = (typeof accounts)[number]

/** For every run: to find the journals of killed drills, and the holder of the cluster. */
const toRead: readonly Permission[] = [
  permission('list', resources.configmaps, { namespace: ownNamespace }),
  permission('get', resources.leases, clusterLease),
]

/** To lock the cluster and to keep the journal in it, in the namespace of the accounts. */
const toLock: readonly Permission[] = [
  permission('create', resources.leases, { namespace: ownNamespace }),
  permission('patch', resources.leases, clusterLease),
  ...(['get', 'create', 'patch', 'delete'] as const).map(verb =>
    permission(verb, resources.configmaps, { namespace: ownNamespace }),
  ),
  permission('get', resources.namespaces, { name: nodeLeases }),
]

/** Permissions for the questions of invariants. */
const asked = (list: readonly Invariant[], policy: Policy): readonly Permission[] =>
  list
    .flatMap(invariant => invariant.observe(policy))
    .flatMap(({ permissions = [] }) => permissions)

/** Every fix that an invariant or a drill can call for, once. */
const fixesOf = (invariants: readonly Invariant[], drills: readonly Drill[]): readonly Fix[] => [
  ...new Set([
    ...invariants.flatMap(({ healedBy = [] }) => healedBy),
    ...drills.flatMap(drill => fixesOfDrill(drill)),
  ]),
]

/** Permissions for the questions and the acts of a fix. */
const toFix = (fix: Fix, policy: Policy): readonly Permission[] => [
  ...fix.observe(policy).flatMap(({ permissions = [] }) => permissions),
  ...(fix.permissions?.(policy) ?? []),
]

/** Permissions to observe a drill, without those of its faults. */
const toDrill = (
  drill: Drill,
  policy: Policy,
  signals: readonly Signal[],
): readonly Permission[] => [
  ...asked(watchedInvariants(drill), policy),
  ...toWatch(policy, drill, signals),
]

/** The definitions that the accounts run. */
export interface Definitions {
  readonly invariants: readonly Invariant[]
  readonly drills: readonly Drill[]
  /** Signals that a drill watches. */
  readonly signals: readonly Signal[]
}

/** The permissions of each account, without those of the accounts before it. */
export function permissionsOf(
  policy: Policy,
  { invariants, drills, signals }: Definitions,
): Readonly<Record<Account, readonly Permission[]>> {
  const faults = drills
    .flatMap(drill => possibleFaults(drill, policy))
    .map(fault => fault.permissions?.(policy) ?? { inject: [], undo: [] })
  const identity = permission('get', resources.namespaces, { name: 'kube-system' })
  const check = least([identity, ...asked(invariants, policy), ...toRead], [])
  const fixing = fixesOf(invariants, drills).flatMap(fix => toFix(fix, policy))
  const heal = least([...fixing, ...toLock], check)
  const drill = least(
    [
      ...drills.flatMap(one => toDrill(one, policy, signals)),
      ...lossPermissions,
      ...faults.flatMap(({ inject, undo }) => [...inject, ...undo]),
    ],
    [...check, ...heal],
  )
  // A switch runs the undo of a fault, and has no other account's permissions.
  const forSwitch =
    policy.switches === undefined
      ? []
      : least(
          faults.flatMap(({ undo }) => undo).filter(({ namespace }) => namespace !== ownNamespace),
          [],
        )
  return { check, heal, drill, switch: forSwitch }
}

/** Permissions to watch the signals of a drill: to list objects and to follow their changes. */
const toWatch = (policy: Policy, drill: Drill, signals: readonly Signal[]): readonly Permission[] =>
  signals
    .flatMap(signal => questionsOfSignal(signal, policy, drill))
    .flatMap(({ permissions = [], follow }) =>
      follow === undefined
        ? permissions
        : permissions.flatMap(permission => [
            permission,
            { ...permission, verb: 'watch' as const },
          ]),
    )

/** Permissions for the questions of the guards. */
const lossPermissions: readonly Permission[] = [
  resources.nodes,
  resources.pods,
  resources.services,
  resources.persistentvolumes,
  resources.deployments,
  resources.statefulsets,
  resources.daemonsets,
].map(resource => permission('list', resource))
