// The accounts of holdfast as Kubernetes objects: service accounts, roles and bindings.
import { stringify } from 'yaml'
import { switchAccount } from '#src/kubernetes/cluster-switch.ts'
import { ownNamespace } from '#src/engine/cluster-state/names.ts'
import { nodeLeases } from '#src/engine/cluster-state/node-leases.ts'
import type { Permission, Policy } from '#src/model/index.ts'
import { accounts, permissionsOf, type Account, type Definitions } from './account-permissions.ts'
import { rulesOf } from './rules.ts'

interface RbacObject {
  apiVersion: string
  kind: string
  metadata: { name: string; namespace?: string; labels: Record<string, string> }
  [member: string]: unknown
}

const labels = { 'app.kubernetes.io/name': 'holdfast' }
/** The label of all these objects, as a selector of kubectl. */
export const rbacLabel = Object.entries(labels)
  .map(([name, value]) => `${name}=${value}`)
  .join(',')
const rbacGroup = 'rbac.authorization.k8s.io'
export const accountName = (account: Account): string =>
  account === 'switch' ? switchAccount : `holdfast-${account}`

/** The accounts that inherit the permissions of an account. */
const heirs = (account: Account): readonly Account[] =>
  account === 'switch'
    ? ['switch']
    : accounts.slice(accounts.indexOf(account), accounts.indexOf('switch'))

const objectsFor = (account: Account, permissions: readonly Permission[]): readonly RbacObject[] =>
  rolesFor(accountName(account), permissions, heirs(account).map(accountName))

/**
 * Roles and bindings of one name, one pair for each namespace and one for the cluster, that give
 * permissions to service accounts of holdfast's namespace.
 */
export function rolesFor(
  name: string,
  permissions: readonly Permission[],
  serviceAccounts: readonly string[],
): readonly RbacObject[] {
  const subjects = serviceAccounts.map(account => ({
    kind: 'ServiceAccount',
    name: account,
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

/** The comment above the objects: who may do what, and what the roles leave out. */
function headOf(policy: Policy, { drills }: Definitions): readonly string[] {
  const [check, heal, drill] = (['check', 'heal', 'drill'] as const).map(accountName)
  return [
    `# What holdfast needs on ${policy.cluster}, and no more: derived from its definitions.`,
    `# ${check} only reads, ${heal} may also fix, ${drill} may also inject and undo the faults of:`,
    `# ${drills.map(({ name }) => name).join(', ') || 'no drill'}.`,
    ...(policy.switches === undefined
      ? []
      : [`# The Jobs of dead-man's switches run as ${switchAccount}; it may only undo.`]),
    '# Whatever does not go through the API needs no permission here.',
    `# In a cluster with a namespace ${nodeLeases}, holdfast takes the leases of nodes:`,
    `# give ${heal} get, create and patch on leases there.`,
  ]
}

/** The objects as input of `kubectl apply -f -`, below a comment that explains them. */
export function rbacYaml(policy: Policy, definitions: Definitions): string {
  const documents = rbacObjects(permissionsOf(policy, definitions)).map(
    object => `---\n${stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })}`,
  )
  return `${headOf(policy, definitions).join('\n')}\n${documents.join('')}`
}
