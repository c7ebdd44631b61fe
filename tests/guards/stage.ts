// A lab that enforces the stored roles, used through one of holdfast's own accounts.
import { parseAllDocuments } from 'yaml'
import type { Dispatcher } from 'undici'
import { ownNamespace } from '#src/engine/cluster-state/names.ts'
import { signals } from '#helpers/kubernetes/signals.ts'
import { accountName, rbacYaml } from '#src/engine/guards/roles.ts'
import { type Account } from '#src/engine/guards/account-permissions.ts'
import type { Drill, Policy, Runtime } from '#src/model/index.ts'
import { rbac } from '#lab/kube/api/rbac.ts'
import type { Lab } from '#lab/lab.ts'
import { invariants } from '#specs/invariants/index.ts'

/** The stored objects of the kinds that make up roles. */
const plurals: Readonly<Record<string, string>> = {
  Namespace: '/api/v1/namespaces',
  ServiceAccount: '/api/v1/namespaces/NAMESPACE/serviceaccounts',
  ClusterRole: '/apis/rbac.authorization.k8s.io/v1/clusterroles',
  ClusterRoleBinding: '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
  Role: '/apis/rbac.authorization.k8s.io/v1/namespaces/NAMESPACE/roles',
  RoleBinding: '/apis/rbac.authorization.k8s.io/v1/namespaces/NAMESPACE/rolebindings',
}

/**
 * Applies what `holdfast rbac` prints for these drills, and enforces the roles from now on. Throws
 * if the API refuses something.
 */
export function applyRoles(lab: Lab, policy: Policy, drills: readonly Drill[]): void {
  for (const document of parseAllDocuments(rbacYaml(policy, { invariants, drills, signals }))) {
    const object = document.toJS() as {
      kind: string
      metadata: { name: string; namespace?: string }
    }
    const path = plurals[object.kind]?.replace('NAMESPACE', object.metadata.namespace ?? '')
    if (path === undefined) throw new Error(`the stage knows no path for ${object.kind}`)
    const answer = lab.api.handle({
      method: 'POST',
      path,
      query: new URLSearchParams('fieldValidation=Strict'),
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(object),
    })
    if (answer.kind !== 'whole' || answer.status !== 201)
      throw new Error(`${object.kind} ${object.metadata.name}: ${JSON.stringify(answer)}`)
  }
  lab.api.restrict(rbac(lab.context.store))
}

export const userOf = (account: Account): string =>
  `system:serviceaccount:${ownNamespace}:${accountName(account)}`

/** The same runtime, but its requests come from an account. Records what the API refuses. */
export function actingAs(runtime: Runtime, account: Account): Runtime {
  const pools = new WeakMap<Dispatcher, Dispatcher>()
  return {
    ...runtime,
    dispatcher(tls) {
      const open = runtime.dispatcher(tls)
      const known =
        pools.get(open) ??
        open.compose(dispatch => (options, handler) => {
          const headers: unknown = options.headers
          const given =
            typeof headers === 'object' &&
            headers !== null &&
            !Array.isArray(headers) &&
            !(Symbol.iterator in headers)
              ? Object.entries(headers)
              : pairs(headers)
          return dispatch(
            {
              ...options,
              headers: Object.fromEntries([...given, ['impersonate-user', userOf(account)]]),
            },
            handler,
          )
        })
      pools.set(open, known)
      return known
    },
  }
}

/** Headers as fetch passes them: flat, or as pairs. */
function pairs(headers: unknown): readonly (readonly [string, unknown])[] {
  if (headers === null || headers === undefined) return []
  if (!Array.isArray(headers)) return [...(headers as Iterable<readonly [string, unknown]>)]
  return headers.flatMap((name, index) =>
    index % 2 === 0 && typeof name === 'string'
      ? [[name, headers[index + 1] as unknown] as const]
      : [],
  )
}
