// Who may do what: the 403s, and the reviews that ask beforehand.
import type { JsonObject } from '#lab/kube/patch/json.ts'
import { objectAt, textAt } from '#lab/kube/patch/json.ts'
import type { Kind } from './kinds.ts'
import { apiVersionOf } from './kinds.ts'
import type { ApiRequest, ResourceRequest } from '#lab/kube/request.ts'
import type { Attributes, Server } from '#lab/kube/server.ts'
import { Refusal } from '#lab/kube/messages/status.ts'

/**
 * Whom requests come from that do not say. @source kubeadm and Talos default, administrator's
 * certificate
 */
const administrator = 'kubernetes-admin'

export const userOf = (request: ApiRequest): string =>
  request.headers['impersonate-user'] ?? administrator

const verbs: Readonly<Record<string, string>> = {
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
  GET: 'get',
  HEAD: 'get',
}

export const isWatch = (request: ApiRequest): boolean =>
  ['true', '1'].includes(request.query.get('watch') ?? '')

/** The verb that a request is, as upstream's authorizers see it. */
export function verbOf(request: ApiRequest, resource: ResourceRequest | undefined): string {
  const verb = verbs[request.method] ?? request.method.toLowerCase()
  if (resource === undefined) return request.method.toLowerCase()
  if (verb === 'get' && resource.subresource === undefined && isWatch(request)) return 'watch'
  if (resource.name !== undefined) return verb
  if (verb === 'get') return 'list'
  return verb === 'delete' ? 'deletecollection' : verb
}

export const attributesOf = (
  request: ApiRequest,
  resource: ResourceRequest | undefined,
): Attributes => ({
  user: userOf(request),
  verb: verbOf(request, resource),
  group: resource?.group ?? '',
  resource: resource?.plural ?? '',
  subresource: resource?.subresource ?? '',
  namespace: resource?.namespace ?? '',
  name: resource?.name ?? '',
  path: request.path,
})

/** 403 with upstream's text. */
export function forbidden(who: Attributes): Refusal {
  if (who.resource === '')
    return new Refusal(
      403,
      'Forbidden',
      `forbidden: User "${who.user}" cannot ${who.verb} path "${who.path}"`,
      {},
    )
  const what = who.subresource === '' ? who.resource : `${who.resource}/${who.subresource}`
  const qualified = who.group === '' ? who.resource : `${who.resource}.${who.group}`
  const where =
    who.namespace === '' ? 'at the cluster scope' : `in the namespace "${who.namespace}"`
  return new Refusal(
    403,
    'Forbidden',
    `${qualified}${who.name === '' ? '' : ` "${who.name}"`} is forbidden: User "${who.user}" cannot ${who.verb} resource "${what}" in API group "${who.group}" ${where}`,
    {
      ...(who.name === '' ? {} : { name: who.name }),
      ...(who.group === '' ? {} : { group: who.group }),
      kind: who.resource,
    },
  )
}

/** Kinds that are asked and never stored. */
export const isReview = ({ group }: Pick<Kind, 'group'>): boolean =>
  group === 'authorization.k8s.io' || group === 'authentication.k8s.io'

/**
 * Groups of whom requests come from. @source kubeadm and Talos default, administrator's certificate
 */
const groupsOf = (user: string): string[] => [
  ...(user === administrator ? ['system:masters'] : []),
  'system:authenticated',
]

/**
 * What a user may do, rule by rule; the administrator everything. Other users' rules are asked one
 * by one (can-i).
 */
function rules(server: Server, user: string): JsonObject {
  const everything = server.allows({
    user,
    verb: '*',
    group: '*',
    resource: '*',
    subresource: '',
    namespace: '',
    name: '',
    path: '*',
  })
  return {
    resourceRules: everything ? [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }] : [],
    nonResourceRules: everything ? [{ verbs: ['*'], nonResourceURLs: ['*'] }] : [],
    incomplete: !everything,
  }
}

/**
 * Answers a review of access, rules or identity. Access reviews are about `spec.user` where that is
 * set.
 */
export function review(
  server: Server,
  kind: Kind,
  request: ApiRequest,
  body: JsonObject,
): JsonObject {
  const said: JsonObject = {
    kind: kind.kind,
    apiVersion: apiVersionOf(kind),
    metadata: { creationTimestamp: null },
  }
  const user = userOf(request)
  if (kind.kind === 'SelfSubjectReview')
    return { ...said, status: { userInfo: { username: user, groups: groupsOf(user) } } }
  if (kind.kind === 'SelfSubjectRulesReview')
    return { ...said, spec: objectAt(body, 'spec'), status: rules(server, user) }
  // The lab gives no tokens to pods, so it knows none.
  if (kind.kind === 'TokenReview')
    return {
      ...said,
      spec: objectAt(body, 'spec'),
      status: { user: {}, error: '[invalid bearer token]' },
    }
  const asked = objectAt(body, 'spec', 'resourceAttributes')
  const path = objectAt(body, 'spec', 'nonResourceAttributes')
  const allowed = server.allows({
    user: textAt(body, 'spec', 'user') ?? user,
    verb: textAt(asked, 'verb') ?? textAt(path, 'verb') ?? '',
    group: textAt(asked, 'group') ?? '',
    resource: textAt(asked, 'resource') ?? '',
    subresource: textAt(asked, 'subresource') ?? '',
    namespace: textAt(asked, 'namespace') ?? '',
    name: textAt(asked, 'name') ?? '',
    path: textAt(path, 'path') ?? '',
  })
  return { ...said, spec: objectAt(body, 'spec'), status: { allowed } }
}
