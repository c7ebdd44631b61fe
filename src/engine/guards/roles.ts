// The least that accounts need to check, heal and drill, as Kubernetes objects: derived from what
// definitions declare, and from nothing else.
import { watchedInvariants } from '#src/engine/drill/steady-state.ts'
import { possibleFaults } from '#src/engine/drill/subject.ts'
import { stringify } from 'yaml'
import { switchAccount } from '#src/kubernetes/cluster-switch.ts'
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
import { rulesOf } from './rules.ts'

/**
 * Who acts. Each may do what those before it may, and more. `switch` acts when nobody returns, and
 * may do nothing but undo.
 */
export const accounts = ['check', 'heal', 'drill', 'switch'] as const
export type Account = (typeof accounts)[number]

/** What is looked at by everybody: what a killed drill has left, and who is at work. */
const toLook: readonly Permission[] = [
  permission('list', resources.configmaps, { namespace: ownNamespace }),
  permission('get', resources.leases, clusterLease),
]

/**
 * To hold the cluster, and to note the way back in it. The namespace is there: it comes with the
 * accounts.
 */
const toHold: readonly Permission[] = [
  permission('create', resources.leases, { namespace: ownNamespace }),
  permission('patch', resources.leases, clusterLease),
  ...(['get', 'create', 'patch', 'delete'] as const).map(verb =>
    permission(verb, resources.configmaps, { namespace: ownNamespace }),
  ),
  permission('get', resources.namespaces, { name: nodeLeases }),
]

/** What invariants ask for. */
const asked = (list: readonly Invariant[], policy: Policy): readonly Permission[] =>
  list
    .flatMap(invariant => invariant.observe(policy))
    .flatMap(({ permissions = [] }) => permissions)

/** Each fix that an invariant or a drill can call for, once. */
const fixesOf = (invariants: readonly Invariant[], drills: readonly Drill[]): readonly Fix[] => [
  ...new Set([
    ...invariants.flatMap(({ healedBy = [] }) => healedBy),
    ...drills.flatMap(drill => fixesOfDrill(drill)),
  ]),
]

/** What a fix looks at and does. */
const toFix = (fix: Fix, policy: Policy): readonly Permission[] => [
  ...fix.observe(policy).flatMap(({ permissions = [] }) => permissions),
  ...(fix.permissions?.(policy) ?? []),
]

/** What a drill looks at, beyond what its faults do. */
const toDrill = (
  drill: Drill,
  policy: Policy,
  signals: readonly Signal[],
): readonly Permission[] => [
  ...asked(watchedInvariants(drill), policy),
  ...toWatch(policy, drill, signals),
]

/** The definitions that accounts are to run. */
export interface Definitions {
  readonly invariants: readonly Invariant[]
  readonly drills: readonly Drill[]
  /** What a drill watches. */
  readonly signals: readonly Signal[]
}

/** What each account needs beyond those before it. */
export function permissionsOf(
  policy: Policy,
  { invariants, drills, signals }: Definitions,
): Readonly<Record<Account, readonly Permission[]>> {
  const faults = drills
    .flatMap(drill => possibleFaults(drill, policy))
    .map(fault => fault.permissions?.(policy) ?? { inject: [], undo: [] })
  const identity = permission('get', resources.namespaces, { name: 'kube-system' })
  const check = least([identity, ...asked(invariants, policy), ...toLook], [])
  const fixing = fixesOf(invariants, drills).flatMap(fix => toFix(fix, policy))
  const heal = least([...fixing, ...toHold], check)
  const drill = least(
    [
      ...drills.flatMap(one => toDrill(one, policy, signals)),
      ...lossPermissions,
      ...faults.flatMap(({ inject, undo }) => [...inject, ...undo]),
    ],
    [...check, ...heal],
  )
  // What ends a fault needs what its undo needs, and no other account's.
  const forSwitch =
    policy.switches === undefined
      ? []
      : least(
          faults.flatMap(({ undo }) => undo).filter(({ namespace }) => namespace !== ownNamespace),
          [],
        )
  return { check, heal, drill, switch: forSwitch }
}

/** What is watched all through a drill: listed, and followed from there. */
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

/** What guards look at. */
const lossPermissions: readonly Permission[] = [
  resources.nodes,
  resources.pods,
  resources.services,
  resources.persistentvolumes,
  resources.deployments,
  resources.statefulsets,
  resources.daemonsets,
].map(resource => permission('list', resource))

interface RbacObject {
  apiVersion: string
  kind: string
  metadata: { name: string; namespace?: string; labels: Record<string, string> }
  [member: string]: unknown
}

const labels = { 'app.kubernetes.io/name': 'holdfast' }
/** What all of them have, as kubectl selects it. */
export const rbacLabel = Object.entries(labels)
  .map(([name, value]) => `${name}=${value}`)
  .join(',')
const rbacGroup = 'rbac.authorization.k8s.io'
export const accountName = (account: Account): string =>
  account === 'switch' ? switchAccount : `holdfast-${account}`

/** Which accounts get what an account is given. */
const heirs = (account: Account): readonly Account[] =>
  account === 'switch'
    ? ['switch']
    : accounts.slice(accounts.indexOf(account), accounts.indexOf('switch'))

function objectsFor(account: Account, permissions: readonly Permission[]): readonly RbacObject[] {
  const name = accountName(account)
  const subjects = heirs(account).map(heir => ({
    kind: 'ServiceAccount',
    name: accountName(heir),
    namespace: ownNamespace,
  }))
  const places = [...new Set(permissions.map(({ namespace }) => namespace ?? ''))].toSorted()
  return places.flatMap((place): RbacObject[] => {
    const namespace = place === '' ? undefined : place
    const kind = namespace === undefined ? 'ClusterRole' : 'Role'
    const metadata = { name, ...(namespace === undefined ? {} : { namespace }), labels }
    return [
      {
        apiVersion: `${rbacGroup}/v1`,
        kind,
        metadata,
        rules: rulesOf(permissions.filter(permission => permission.namespace === namespace)),
      },
      {
        apiVersion: `${rbacGroup}/v1`,
        kind: `${kind}Binding`,
        metadata,
        roleRef: { apiGroup: rbacGroup, kind, name },
        subjects,
      },
    ]
  })
}

/** The namespace, the accounts, their roles and bindings. */
export function rbacObjects(
  needed: Readonly<Record<Account, readonly Permission[]>>,
): readonly RbacObject[] {
  const used = accounts.filter(account => account !== 'switch' || needed.switch.length > 0)
  return [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: ownNamespace,
        labels: { ...labels, 'pod-security.kubernetes.io/enforce': 'restricted' },
      },
    },
    ...used.map(account => ({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: accountName(account), namespace: ownNamespace, labels },
    })),
    ...used.flatMap(account => objectsFor(account, needed[account])),
  ]
}

/** What `kubectl apply -f -` takes, with a comment that says what it is for. */
export function rbacYaml(policy: Policy, definitions: Definitions): string {
  const objects = rbacObjects(permissionsOf(policy, definitions))
  const head = [
    `# What holdfast needs on ${policy.cluster}, and no more: derived from its definitions.`,
    `# ${accountName('check')} only looks; ${accountName('heal')} may also do what fixes do; ${accountName('drill')} may also inject and undo:`,
    `# ${definitions.drills.map(({ name }) => name).join(', ') || 'no drill'}.`,
    ...(policy.switches === undefined
      ? []
      : [`# ${switchAccount} is whom the Jobs of dead-man's switches act as; it may only undo.`]),
    '# What does not go through the API needs nothing here. Where there is a namespace medik8s-leases, the leases of nodes in it',
    `# are taken, too: give ${accountName('heal')} get, create and patch on leases there.`,
  ]
  return `${head.join('\n')}\n${objects.map(object => `---\n${stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })}`).join('')}`
}
