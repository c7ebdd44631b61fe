// Authorization by the stored roles and bindings, for worlds in which it matters.
import type { Store } from '#lab/kernel/store.ts'
import type { JsonObject } from '#lab/kube/patch/json.ts'
import { asJson, listAt, objectAt, textAt, textsAt } from '#lab/kube/patch/json.ts'
import type { Attributes } from '#lab/kube/server.ts'

/**
 * Members of system:masters, who need no role. @source kubeadm and Talos, certificate of the
 * administrator
 */
const masters = new Set(['kubernetes-admin', 'admin', 'system:admin'])

/** Whether a list of a rule contains a name or the wildcard. */
const has = (list: readonly string[], wanted: string): boolean =>
  list.includes('*') || list.includes(wanted)

function ruleAllows(rule: JsonObject, who: Attributes): boolean {
  if (!has(textsAt(rule, 'verbs'), who.verb)) return false
  if (who.resource === '') {
    return textsAt(rule, 'nonResourceURLs').some(
      url =>
        url === '*' ||
        url === who.path ||
        (url.endsWith('*') && who.path.startsWith(url.slice(0, -1))),
    )
  }
  const resource = who.subresource === '' ? who.resource : `${who.resource}/${who.subresource}`
  const resources = textsAt(rule, 'resources')
  const names = textsAt(rule, 'resourceNames')
  return (
    has(textsAt(rule, 'apiGroups'), who.group) &&
    (has(resources, resource) ||
      (who.subresource !== '' && resources.includes(`*/${who.subresource}`))) &&
    (names.length === 0 || names.includes(who.name))
  )
}

/** Whether a binding has the user as a subject. */
function binds(binding: JsonObject, user: string): boolean {
  const [, , namespace, account] = /^(system:serviceaccount):([^:]+):([^:]+)$/.exec(user) ?? []
  return listAt(binding, 'subjects').some(subject => {
    switch (textAt(subject, 'kind')) {
      case 'User':
        return textAt(subject, 'name') === user
      case 'ServiceAccount':
        return textAt(subject, 'name') === account && textAt(subject, 'namespace') === namespace
      case 'Group':
        return (
          textAt(subject, 'name') === 'system:authenticated' ||
          (account !== undefined && textAt(subject, 'name') === 'system:serviceaccounts')
        )
      case undefined:
      default:
        return false
    }
  })
}

/**
 * Whether each authenticated user may send the request. @source Kubernetes v1.35, bootstrap policy:
 * system:basic-user, system:discovery, system:public-info-viewer
 */
function basics({ verb, group, resource, path }: Attributes): boolean {
  if (resource === '')
    return (
      verb === 'get' && /^\/(?:api|apis|openapi|healthz|livez|readyz|version)(?:\/|$)/.test(path)
    )
  return (
    verb === 'create' &&
    ['selfsubjectaccessreviews', 'selfsubjectrulesreviews', 'selfsubjectreviews'].includes(
      resource,
    ) &&
    ['authorization.k8s.io', 'authentication.k8s.io'].includes(group)
  )
}

/** A function for `ApiOptions.allows` that reads the roles and bindings in the store. */
export function rbac(store: Store): (who: Attributes) => boolean {
  const allowedBy = (binding: JsonObject, who: Attributes): boolean => {
    const role = objectAt(binding, 'roleRef')
    const kind = textAt(role, 'kind') ?? 'ClusterRole'
    const found = store.get(
      kind,
      kind === 'Role' ? textAt(binding, 'metadata', 'namespace') : undefined,
      textAt(role, 'name') ?? '',
    )
    return found !== undefined && listAt(asJson(found), 'rules').some(rule => ruleAllows(rule, who))
  }
  return who => {
    if (masters.has(who.user) || basics(who)) return true
    const everywhere = store.list('ClusterRoleBinding').map(asJson)
    const here = who.namespace === '' ? [] : store.list('RoleBinding', who.namespace).map(asJson)
    return [...everywhere, ...here].some(
      binding => binds(binding, who.user) && allowedBy(binding, who),
    )
  }
}
