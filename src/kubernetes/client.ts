// The Kubernetes API of the cluster that a kubeconfig's context names: typed reads, writes and
// watches.
import type { KubeObject } from '#src/model/kube.ts'
import type { Permission } from '#src/model/guards/permission.ts'
import type { Call } from '#src/commands/call.ts'
import { KubeError, statusError } from './errors.ts'
import { ask, send, type Connection } from './exchange.ts'
import type { Kube, RawAnswer, RemoveOptions } from './kube-api.ts'
import { apiVersionOf, pathOf, type Resource } from './kinds.ts'
import { listObjects } from './list.ts'
import { completed, isObject, member } from './object.ts'
import { orAborted } from './request.ts'
import { sessionOf } from './session.ts'
import { watchResource } from './watch.ts'

export { KubeError, KubeUnreachable } from './errors.ts'
export { chooseContext, readKubeconfig } from './kubeconfig.ts'
export { resources, type Resource } from './kinds.ts'
export type { Kube } from './kube-api.ts'

/**
 * Reviews of what the asking user may do. @source Kubernetes v1.35, authorization.k8s.io: the role
 * system:basic-user opens them to every authenticated user
 */
const accessReviews = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'
const isReview = (value: unknown): value is { status: { allowed: boolean } } =>
  typeof member(member(value, 'status'), 'allowed') === 'boolean'

const patchTypes = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
} as const

async function get<T extends KubeObject>(
  connection: Connection,
  resource: Resource<T>,
  path: string,
): Promise<T | undefined> {
  try {
    return completed(resource, await ask(connection, { method: 'GET', path }, isObject))
  } catch (error) {
    if (error instanceof KubeError && error.status === 404) return undefined
    throw error
  }
}

async function create<T extends KubeObject>(
  connection: Connection,
  resource: Resource<T>,
  object: T,
): Promise<T> {
  const path = pathOf(resource, { namespace: object.metadata.namespace })
  const body = { ...object, apiVersion: apiVersionOf(resource), kind: resource.kind }
  return completed(resource, await ask(connection, { method: 'POST', path, body }, isObject))
}

async function remove(
  connection: Connection,
  path: string,
  { gracePeriodSeconds, uid, propagation }: RemoveOptions,
): Promise<'deleted' | 'not found'> {
  const body = {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    gracePeriodSeconds,
    propagationPolicy: propagation,
    preconditions: uid === undefined ? undefined : { uid },
  }
  const answer = await send(connection, { method: 'DELETE', path, body })
  if (answer.status === 404) return 'not found'
  if (answer.status >= 400) throw statusError(`DELETE ${path}`, path, answer.status, answer.body)
  return 'deleted'
}

async function may(
  connection: Connection,
  { verb, group, resource, namespace, name }: Permission,
): Promise<boolean> {
  const [plural, subresource] = resource.split('/')
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes: { verb, group, resource: plural, subresource, namespace, name } },
  }
  const review = await ask(connection, { method: 'POST', path: accessReviews, body }, isReview)
  return review.status.allowed
}

const apply = (
  connection: Connection,
  path: string,
  object: unknown,
  query: Readonly<Record<string, string>> = {},
): Promise<RawAnswer> =>
  send(connection, {
    method: 'PATCH',
    path,
    query: { ...query, fieldManager: 'holdfast', force: 'true' },
    body: object,
    contentType: 'application/apply-patch+yaml',
  })

/**
 * Opens the cluster of the best of the wanted contexts, without asking the cluster anything yet.
 * Rejects when the kubeconfig is missing, is not one, or has none of the contexts.
 */
export async function openKube(
  call: Call,
  target: { kubeconfig: string; contexts: readonly string[] },
): Promise<Kube> {
  const session = await orAborted(call.signal, sessionOf(call, target.kubeconfig, target.contexts))
  const connection: Connection = { call, session }
  return {
    server: session.server,
    context: session.context,
    list: async (resource, options) => (await listObjects(connection, resource, options)).items,
    listed: (resource, options) => listObjects(connection, resource, options),
    get: (resource, name, namespace) =>
      get(connection, resource, pathOf(resource, { namespace, name })),
    create: (resource, object) => create(connection, resource, object),
    async patch(resource, name, namespace, type, body, options) {
      const path = pathOf(resource, { namespace, name, ...options })
      const sending = { method: 'PATCH', path, body, contentType: patchTypes[type] } as const
      return completed(resource, await ask(connection, sending, isObject))
    },
    remove: (resource, name, namespace, options = {}) =>
      remove(connection, pathOf(resource, { namespace, name }), options),
    may: permission => may(connection, permission),
    raw: path => send(connection, { method: 'GET', path }),
    preview: (path, object) => apply(connection, path, object, { dryRun: 'All' }),
    apply: (path, object) => apply(connection, path, object),
    watch: (resource, options) => watchResource(call, session, resource, options),
  }
}
