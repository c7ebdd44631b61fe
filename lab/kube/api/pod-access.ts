// Paths of a pod that the API server passes on to a kubelet: logs, commands and forwarded ports.
import { badRequest, Refusal } from '#lab/kube/messages/status.ts'
import type { JsonObject } from '#lab/kube/patch/json.ts'
import { listAt, textAt } from '#lab/kube/patch/json.ts'
import { getObject } from '#lab/kube/read/read.ts'
import type { ApiRequest, ApiResponse } from '#lab/kube/request.ts'
import type { Server, Target } from '#lab/kube/server.ts'
import { attributesOf, forbidden } from './access.ts'
import { podLogs } from './pod-logs.ts'

const namesOf = (pod: JsonObject, list: string): string[] =>
  listAt(pod, 'spec', list).map(each => textAt(each, 'name') ?? '')

/**
 * The container that a request names, or the only one. @source Kubernetes v1.35, registry/core/pod:
 * texts of the errors
 */
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

/** Refuses streams into a pod's network or terminal, which the lab does not have. */
function refuseStream({ kind, namespace, name }: Target, sub: string, request: ApiRequest): never {
  const { group, version, plural } = kind
  throw forbidden(
    attributesOf(
      { ...request, method: 'POST' },
      { group, version, plural, namespace, name, subresource: sub, kind },
    ),
  )
}

/** Checks an `exec` as the API server does, and refuses it as a server without upgrades does. */
function refuseExec(pod: JsonObject, query: URLSearchParams): never {
  containerOf(pod, query.get('container'))
  const phase = textAt(pod, 'status', 'phase') ?? ''
  if (['Succeeded', 'Failed'].includes(phase))
    throw badRequest(`cannot exec into a container in a completed pod; current phase is ${phase}`)
  if (query.getAll('command').length === 0)
    throw badRequest('you must specify at least 1 command for the container')
  throw badRequest('Upgrade request required')
}

const noKubelet = (sub: string, node: string): Refusal =>
  new Refusal(
    500,
    'InternalError',
    `Internal error occurred: error dialing backend: no kubelet of ${node} answers for ${sub}`,
    { causes: [{ message: 'no route to the kubelet' }] },
  )

/** Answers `log`, `exec`, `attach` and `portforward` of a pod; undefined for all other paths. */
export function podAccess(
  server: Server,
  target: Target,
  sub: string,
  request: ApiRequest,
): ApiResponse | undefined {
  const { kind, namespace, name } = target
  if (kind.kind !== 'Pod' || !['log', 'exec', 'attach', 'portforward'].includes(sub))
    return undefined
  const pod = getObject(server.context.store, kind, namespace, name)
  if (sub === 'attach' || sub === 'portforward') return refuseStream(target, sub, request)
  const node = textAt(pod, 'spec', 'nodeName') ?? ''
  if (node === '') throw badRequest(`pod ${name} does not have a host assigned`)
  if (server.kubelets === undefined) throw noKubelet(sub, node)
  const { query } = request
  if (sub === 'exec') return refuseExec(pod, query)
  const container = containerOf(pod, query.get('container'))
  return podLogs(server, server.kubelets, pod, container, query)
}
