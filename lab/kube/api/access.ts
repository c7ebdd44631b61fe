// Requests as an authorizer sees them, and the refusal of a request that is not allowed.
import { Refusal } from '#lab/kube/messages/status.ts'
import { present } from '#lab/kube/patch/json.ts'
import type { ApiRequest, ResourceRequest } from '#lab/kube/request.ts'
import type { Attributes } from '#lab/kube/server.ts'

/**
 * The user of requests without impersonation. @source kubeadm and Talos default, certificate of the
 * administrator
 */
export const administrator = 'kubernetes-admin'

/** The user of a request, or the user that it impersonates. */
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

/** Whether a request asks for a watch. */
export const isWatch = (request: ApiRequest): boolean =>
  ['true', '1'].includes(request.query.get('watch') ?? '')

/** The verb of a request for authorizers. */
export function verbOf(request: ApiRequest, resource: ResourceRequest | undefined): string {
  const verb = verbs[request.method] ?? request.method.toLowerCase()
  if (resource === undefined) return request.method.toLowerCase()
  if (verb === 'get' && resource.subresource === undefined && isWatch(request)) return 'watch'
  if (resource.name !== undefined) return verb
  if (verb === 'get') return 'list'
  return verb === 'delete' ? 'deletecollection' : verb
}

/** A request as an authorizer sees it. */
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

/** The 403 for a request, with the text of Kubernetes. */
export function forbidden(asked: Attributes): Refusal {
  const { user, verb, group, resource, subresource, namespace, name } = asked
  const cannot = `forbidden: User "${user}" cannot ${verb}`
  if (resource === '') return new Refusal(403, 'Forbidden', `${cannot} path "${asked.path}"`, {})
  const whole = subresource === '' ? resource : `${resource}/${subresource}`
  const qualified = group === '' ? resource : `${resource}.${group}`
  const named = name === '' ? qualified : `${qualified} "${name}"`
  const place = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`
  return new Refusal(
    403,
    'Forbidden',
    `${named} is ${cannot} resource "${whole}" in API group "${group}" ${place}`,
    present({ name: name || undefined, group: group || undefined, kind: resource }),
  )
}
