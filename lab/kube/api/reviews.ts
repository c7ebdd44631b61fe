// Reviews: questions about rights and identity, which the API server answers and never stores.
import type { JsonObject } from '#lab/kube/patch/json.ts'
import { objectAt, textAt } from '#lab/kube/patch/json.ts'
import type { ApiRequest } from '#lab/kube/request.ts'
import type { Server } from '#lab/kube/server.ts'
import { administrator, userOf } from './access.ts'
import type { Kind } from './kinds.ts'
import { apiVersionOf } from './kinds.ts'

/** Whether a kind is a review. */
export const isReview = ({ group }: Pick<Kind, 'group'>): boolean =>
  group === 'authorization.k8s.io' || group === 'authentication.k8s.io'

/** The groups of a user. @source kubeadm and Talos default, certificate of the administrator */
const groupsOf = (user: string): string[] => [
  ...(user === administrator ? ['system:masters'] : []),
  'system:authenticated',
]

/**
 * The rules that apply to a user: all rights for the administrator, and an incomplete list for all
 * other users, whose clients then ask for each right.
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

/** Whether the user of an access review may send the request in its spec. */
function isAllowed(server: Server, user: string, body: JsonObject): boolean {
  const asked = objectAt(body, 'spec', 'resourceAttributes')
  const path = objectAt(body, 'spec', 'nonResourceAttributes')
  return server.allows({
    user: textAt(body, 'spec', 'user') ?? user,
    verb: textAt(asked, 'verb') ?? textAt(path, 'verb') ?? '',
    group: textAt(asked, 'group') ?? '',
    resource: textAt(asked, 'resource') ?? '',
    subresource: textAt(asked, 'subresource') ?? '',
    namespace: textAt(asked, 'namespace') ?? '',
    name: textAt(asked, 'name') ?? '',
    path: textAt(path, 'path') ?? '',
  })
}

/**
 * Answers a review of access, rules or identity. An access review is about `spec.user`, or about
 * the user of the request without one.
 */
export function review(
  server: Server,
  kind: Kind,
  request: ApiRequest,
  body: JsonObject,
): JsonObject {
  const answer: JsonObject = {
    kind: kind.kind,
    apiVersion: apiVersionOf(kind),
    metadata: { creationTimestamp: null },
  }
  const user = userOf(request)
  const spec = objectAt(body, 'spec')
  switch (kind.kind) {
    case 'SelfSubjectReview':
      return { ...answer, status: { userInfo: { username: user, groups: groupsOf(user) } } }
    case 'SelfSubjectRulesReview':
      return { ...answer, spec, status: rules(server, user) }
    // The lab issues no tokens to pods, so each token is invalid.
    case 'TokenReview':
      return { ...answer, spec, status: { user: {}, error: '[invalid bearer token]' } }
    default:
      return { ...answer, spec, status: { allowed: isAllowed(server, user, body) } }
  }
}
