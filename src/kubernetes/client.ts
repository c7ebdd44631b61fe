// The Kubernetes API of the cluster that a kubeconfig's context names: typed reads, writes and
// watches.
import type { KubeObject } from '#src/model/kube.ts'
import type { Permission } from '#src/model/guards/permission.ts'
import { connectionError, garbage, KubeError, silence, statusError } from './errors.ts'
import { completed, isObject, member } from './object.ts'
import { orAborted, request, type Sending } from './request.ts'
import { sessionOf, type Session } from './session.ts'
import { watchResource, type WatchOptions } from './watch.ts'
import { apiVersionOf, pathOf, type Resource } from './kinds.ts'
import type { Call } from '#src/commands/call.ts'

export { KubeError, KubeUnreachable } from './errors.ts'
export { chooseContext, readKubeconfig } from './kubeconfig.ts'
export { resources, type Resource } from './kinds.ts'
export type { WatchOptions, WatchType } from './watch.ts'

/** One reason for all: making an error for each request costs more than sending it. */
const inTime = new Error('answered in time')

/** Objects in one page of a list. @source Kubernetes default: kubectl --chunk-size */
const pageSize = 500

export interface ListOptions {
  namespace?: string | undefined
  labelSelector?: string
  fieldSelector?: string
}

export interface RawAnswer {
  status: number
  body: string
  headers: Readonly<Record<string, string | string[] | undefined>>
}

/** All objects of a kind, and the version of the collection from which a watch goes on. */
export interface Listed<T> {
  items: T[]
  resourceVersion: string
}

/**
 * An open cluster. Every method rejects with KubeError (it answered), KubeUnreachable (it did not)
 * or the signal's reason.
 */
export interface Kube {
  readonly server: string
  readonly context: string
  /** All objects, however many pages that takes, without managedFields. */
  list<T extends KubeObject>(resource: Resource<T>, options?: ListOptions): Promise<T[]>
  /** The same with the version to watch on from. */
  listed<T extends KubeObject>(resource: Resource<T>, options?: ListOptions): Promise<Listed<T>>
  /** One object, or undefined where there is none. */
  get<T extends KubeObject>(
    resource: Resource<T>,
    name: string,
    namespace?: string,
  ): Promise<T | undefined>
  /** Creates in the object's own namespace. */
  create<T extends KubeObject>(resource: Resource<T>, object: T): Promise<T>
  patch<T extends KubeObject>(
    resource: Resource<T>,
    name: string,
    namespace: string | undefined,
    type: 'json' | 'merge' | 'strategic',
    body: unknown,
    options?: { subresource?: string },
  ): Promise<T>
  /**
   * Deletes; that it was not there is an answer too. A `uid` that is not the object's own is a
   * Conflict.
   */
  remove(
    resource: Resource,
    name: string,
    namespace: string | undefined,
    options?: {
      gracePeriodSeconds?: number
      uid?: string
      propagation?: 'Background' | 'Foreground'
    },
  ): Promise<'deleted' | 'not found'>
  /** Whether the API lets us do something: asked by a review, which stores nothing. */
  may(permission: Permission): Promise<boolean>
  /** A GET of any path, its status left to the caller. */
  raw(path: string): Promise<RawAnswer>
  /**
   * What the server would make of an object that is applied at a path: a dry run, which stores
   * nothing. Its status is left to the caller.
   */
  preview(path: string, object: unknown): Promise<RawAnswer>
  /**
   * Resolves when the server ends the stream, as it does after a while or when it was asked to;
   * rejects with the reason otherwise, silence included.
   */
  watch<T extends KubeObject>(resource: Resource<T>, options: WatchOptions<T>): Promise<void>
}

async function send(call: Call, session: Session, sending: Sending): Promise<RawAnswer> {
  const { server } = session
  const late = new AbortController()
  const answered = new AbortController()
  const signal = AbortSignal.any([call.signal, late.signal])
  call.runtime.clock.sleep(call.deadline, answered.signal).then(
    () => late.abort(silence(server, call.deadline)),
    () => undefined,
  )
  try {
    const response = await request(session, sending, signal)
    return {
      status: response.statusCode,
      body: await response.body.text(),
      headers: response.headers,
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason
    throw connectionError(server, error)
  } finally {
    answered.abort(inTime)
  }
}

interface ListBody {
  items: KubeObject[]
  metadata?: { continue?: string; resourceVersion?: string }
}

/**
 * Reviews of what the asking user may do. @source Kubernetes v1.35, authorization.k8s.io: open to
 * every user who is known, by the role system:basic-user
 */
const accessReviews = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'
const isReview = (value: unknown): value is { status: { allowed: boolean } } =>
  typeof member(member(value, 'status'), 'allowed') === 'boolean'
const isList = (value: unknown): value is ListBody => {
  const items = member(value, 'items')
  return Array.isArray(items) && items.every(isObject)
}

/** The version of a list whose items nobody has to read: it stands before them. */
const versionIn = (body: string): string =>
  /"resourceVersion":\s*"([^"]*)"/.exec(body.slice(0, body.indexOf('"items":')))?.[1] ?? ''

/**
 * Opens the cluster of the best of the wanted contexts. Asks nothing of it yet. Rejects when the
 * kubeconfig is missing,
 * is not one, or has none of the contexts.
 */
export async function openKube(
  call: Call,
  target: { kubeconfig: string; contexts: readonly string[] },
): Promise<Kube> {
  const session = await orAborted(call.signal, sessionOf(call, target.kubeconfig, target.contexts))
  const { server, context } = session

  async function ask<T>(sending: Sending, is: (value: unknown) => value is T): Promise<T> {
    return read(sending, await told(sending), is)
  }

  /** The text of a successful answer. */
  async function told(sending: Sending): Promise<{ status: number; body: string }> {
    const { status, body } = await send(call, session, sending)
    if (status >= 400)
      throw statusError(`${sending.method} ${sending.path}`, sending.path, status, body)
    return { status, body }
  }

  function read<T>(
    sending: Sending,
    { status, body }: { status: number; body: string },
    is: (value: unknown) => value is T,
  ): T {
    const what = `${sending.method} ${sending.path}`
    let value: unknown
    try {
      value = JSON.parse(body)
    } catch {
      value = undefined
    }
    if (!is(value)) throw garbage(server, what, sending.path, status, body)
    return value
  }

  async function pages<T extends KubeObject>(
    resource: Resource<T>,
    options: ListOptions,
    limit: number | undefined,
  ): Promise<Listed<T>> {
    const found: T[] = []
    let next: string | undefined
    let resourceVersion = ''
    do {
      const { labelSelector, fieldSelector, namespace } = options
      const isFirst = next === undefined
      const query = { limit: limit?.toString(), continue: next, labelSelector, fieldSelector }
      const sending: Sending = { method: 'GET', path: pathOf(resource, { namespace }), query }
      const answer = await told(sending)
      const key = JSON.stringify([sending.path, query])
      // What was made of a path's answer before has the type that this path has now.
      const same = isFirst
        ? (session.unchanged.same(key, answer.body) as readonly T[] | undefined)
        : undefined
      if (same !== undefined) return { items: [...same], resourceVersion: versionIn(answer.body) }
      const page = read(sending, answer, isList)
      const objects = page.items.map(item => completed(resource, item))
      // The last of several pages is not the whole, and no other list ever has its place again.
      if (isFirst) session.unchanged.remember(key, answer.body, objects)
      found.push(...objects)
      next = page.metadata?.continue || undefined
      resourceVersion = page.metadata?.resourceVersion ?? ''
    } while (next !== undefined)
    return { items: found, resourceVersion }
  }

  async function listed<T extends KubeObject>(
    resource: Resource<T>,
    options: ListOptions = {},
  ): Promise<Listed<T>> {
    try {
      return await pages(resource, options, pageSize)
    } catch (error) {
      // The state that the pages belonged to is gone: one page of everything cannot lose it.
      if (error instanceof KubeError && error.status === 410)
        return pages(resource, options, undefined)
      throw error
    }
  }

  return {
    server,
    context,
    list: async (resource, options) => (await listed(resource, options)).items,
    listed,
    async get(resource, name, namespace) {
      try {
        return completed(
          resource,
          await ask({ method: 'GET', path: pathOf(resource, { namespace, name }) }, isObject),
        )
      } catch (error) {
        if (error instanceof KubeError && error.status === 404) return undefined
        throw error
      }
    },
    async create(resource, object) {
      const body = { ...object, apiVersion: apiVersionOf(resource), kind: resource.kind }
      return completed(
        resource,
        await ask(
          {
            method: 'POST',
            path: pathOf(resource, { namespace: object.metadata.namespace }),
            body,
          },
          isObject,
        ),
      )
    },
    async patch(resource, name, namespace, type, body, options = {}) {
      const contentType =
        type === 'strategic'
          ? 'application/strategic-merge-patch+json'
          : `application/${type === 'json' ? 'json' : 'merge'}-patch+json`
      return completed(
        resource,
        await ask(
          {
            method: 'PATCH',
            path: pathOf(resource, { namespace, name, ...options }),
            body,
            contentType,
          },
          isObject,
        ),
      )
    },
    async remove(resource, name, namespace, { gracePeriodSeconds, uid, propagation } = {}) {
      const preconditions = uid === undefined ? {} : { preconditions: { uid } }
      const body = {
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
        ...(propagation === undefined ? {} : { propagationPolicy: propagation }),
        ...preconditions,
      }
      const path = pathOf(resource, { namespace, name })
      const { status, body: answer } = await send(call, session, { method: 'DELETE', path, body })
      if (status === 404) return 'not found'
      if (status >= 400) throw statusError(`DELETE ${path}`, path, status, answer)
      return 'deleted'
    },
    async may({ verb, group, resource, namespace, name }) {
      const [plural, subresource] = resource.split('/')
      const body = {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: {
          resourceAttributes: { verb, group, resource: plural, subresource, namespace, name },
        },
      }
      return (await ask({ method: 'POST', path: accessReviews, body }, isReview)).status.allowed
    },
    raw: path => send(call, session, { method: 'GET', path }),
    preview: (path, object) =>
      send(call, session, {
        method: 'PATCH',
        path,
        query: { dryRun: 'All', fieldManager: 'holdfast', force: 'true' },
        body: object,
        contentType: 'application/apply-patch+yaml',
      }),
    watch: (resource, options) => watchResource(call, session, resource, options),
  }
}
