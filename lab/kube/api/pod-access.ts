// What goes through the API server to a kubelet: logs, commands in containers, forwarded ports.
import { attributesOf, forbidden } from './access.ts'
import type { JsonObject } from '#lab/kube/patch/json.ts'
import { listAt, textAt } from '#lab/kube/patch/json.ts'
import type { Kind } from './kinds.ts'
import { getObject } from '#lab/kube/read.ts'
import type { ApiRequest, ApiResponse } from '#lab/kube/request.ts'
import type { Kubelets, Server } from '#lab/kube/server.ts'
import { badRequest, Refusal } from '#lab/kube/messages/status.ts'

/** How often somebody who follows a log gets what is new, virtual ms. */
const followEvery = 500

const namesOf = (pod: JsonObject, list: string): string[] =>
  listAt(pod, 'spec', list).map(each => textAt(each, 'name') ?? '')

/** The container that is meant. @source Kubernetes v1.35, registry/core/pod: texts of the errors */
function containerOf(pod: JsonObject, asked: string | null): string {
  const name = textAt(pod, 'metadata', 'name') ?? ''
  const [own, init] = [namesOf(pod, 'containers'), namesOf(pod, 'initContainers')]
  if (asked !== null && asked !== '') {
    if ([...own, ...init, ...namesOf(pod, 'ephemeralContainers')].includes(asked)) return asked
    throw badRequest(`container ${asked} is not valid for pod ${name}`)
  }
  if (own.length === 1) return own[0]!
  const inits = init.length === 0 ? '' : ` or one of the init containers: [${init.join(' ')}]`
  throw badRequest(
    `a container name must be specified for pod ${name}, choose one of: [${own.join(' ')}]${inits}`,
  )
}

const statusOf = (pod: JsonObject, container: string): JsonObject | undefined =>
  [
    ...listAt(pod, 'status', 'containerStatuses'),
    ...listAt(pod, 'status', 'initContainerStatuses'),
  ].find(each => each['name'] === container)

/**
 * What a kubelet says instead of lines. @source Kubernetes v1.35, kubelet:
 * validateContainerLogStatus
 */
function unreadable(pod: JsonObject, container: string, previous: boolean): string | undefined {
  const name = textAt(pod, 'metadata', 'name') ?? ''
  const status = statusOf(pod, container)
  if (status === undefined) return `container "${container}" in pod "${name}" is not available`
  const terminated = textAt(status, 'lastState', 'terminated', 'finishedAt') !== undefined
  if (previous)
    return terminated
      ? undefined
      : `previous terminated container "${container}" in pod "${name}" not found`
  const waiting = textAt(status, 'state', 'waiting', 'reason')
  if (waiting === undefined || terminated) return undefined
  if (waiting === 'ErrImagePull')
    return `container "${container}" in pod "${name}" is waiting to start: image can't be pulled`
  return waiting === 'ImagePullBackOff'
    ? `container "${container}" in pod "${name}" is waiting to start: trying and failing to pull image`
    : `container "${container}" in pod "${name}" is waiting to start: ${waiting}`
}

const plain = { 'content-type': 'text/plain' }

function countOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name)
  if (text === null || text === '') return undefined
  if (!/^\d+$/.test(text))
    throw badRequest(`${name}: Invalid value: "${text}": must be a non-negative integer`)
  return Number(text)
}

function logs(
  server: Server,
  kubelets: Kubelets,
  pod: JsonObject,
  query: URLSearchParams,
): ApiResponse {
  const [namespace, name] = [
    textAt(pod, 'metadata', 'namespace') ?? '',
    textAt(pod, 'metadata', 'name') ?? '',
  ]
  const container = containerOf(pod, query.get('container'))
  const previous = query.get('previous') === 'true'
  const why = unreadable(pod, container, previous)
  if (why !== undefined) throw badRequest(why)
  const tail = countOf(query, 'tailLines')
  const limit = countOf(query, 'limitBytes')
  const read = (): readonly string[] => kubelets.logs(namespace, name, container) ?? []
  const startedAt =
    textAt(statusOf(pod, container), 'state', 'running', 'startedAt') ??
    server.context.store.timestamp()
  // Of a line the lab knows the order, not the moment: all have that of their container's start.
  const shown = (lines: readonly string[]): string =>
    lines
      .map(line => `${query.get('timestamps') === 'true' ? `${startedAt} ` : ''}${line}\n`)
      .join('')
  const first = read()
  // Both runs of a container write into one log here: the earlier half is not told apart from the
  // later.
  const text = shown(tail === undefined ? first : tail === 0 ? [] : first.slice(-tail))
  if (query.get('follow') !== 'true' || previous)
    return {
      kind: 'whole',
      status: 200,
      headers: plain,
      body: limit === undefined ? text : text.slice(0, limit),
    }
  return {
    kind: 'stream',
    status: 200,
    headers: plain,
    start(emit, end) {
      const { clock, store } = server.context
      let seen = first
      let cancel = (): void => {}
      if (text !== '') emit(text)
      const again = (): void => {
        cancel = clock.after(followEvery, () => {
          const now = read()
          // The log is bounded: what was seen last tells where the new begins.
          const last = seen.at(-1)
          const from =
            now.length >= seen.length && seen.every((line, index) => now[index] === line)
              ? seen.length
              : last === undefined
                ? 0
                : now.lastIndexOf(last) + 1
          if (from < now.length) emit(shown(now.slice(from)))
          seen = [...now]
          if (store.get('Pod', namespace, name) === undefined) end()
          else again()
        })
      }
      again()
      return () => cancel()
    },
  }
}

/** Answers `log`, `exec`, `attach` and `portforward` of a pod; undefined for everything else. */
export function podAccess(
  server: Server,
  kind: Kind,
  namespace: string | undefined,
  name: string,
  sub: string,
  request: ApiRequest,
): ApiResponse | undefined {
  if (kind.kind !== 'Pod' || !['log', 'exec', 'attach', 'portforward'].includes(sub))
    return undefined
  const pod = getObject(server.context.store, kind, namespace, name)
  // The lab has no streams into a pod's network or terminal: it refuses them as rights do.
  if (sub === 'attach' || sub === 'portforward') {
    throw forbidden(
      attributesOf(
        { ...request, method: 'POST' },
        {
          group: '',
          version: 'v1',
          plural: 'pods',
          name,
          subresource: sub,
          kind,
          ...(namespace === undefined ? {} : { namespace }),
        },
      ),
    )
  }
  const node = textAt(pod, 'spec', 'nodeName') ?? ''
  if (node === '') throw badRequest(`pod ${name} does not have a host assigned`)
  if (server.kubelets === undefined) throw unreachable(sub, node)
  if (sub === 'log') return logs(server, server.kubelets, pod, request.query)
  containerOf(pod, request.query.get('container'))
  if (['Succeeded', 'Failed'].includes(textAt(pod, 'status', 'phase') ?? '')) {
    throw badRequest(
      `cannot exec into a container in a completed pod; current phase is ${textAt(pod, 'status', 'phase')}`,
    )
  }
  if (request.query.getAll('command').length === 0)
    throw badRequest('you must specify at least 1 command for the container')
  throw badRequest('Upgrade request required')
}

const unreachable = (sub: string, node: string): Refusal =>
  new Refusal(
    500,
    'InternalError',
    `Internal error occurred: error dialing backend: no kubelet of ${node} can be reached for ${sub}`,
    { causes: [{ message: 'no route to the kubelet' }] },
  )
