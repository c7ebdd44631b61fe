// Logs of containers: the lines that a kubelet has, from one moment or followed.
import { badRequest } from '#lab/kube/messages/status.ts'
import type { JsonObject } from '#lab/kube/patch/json.ts'
import { listAt, textAt } from '#lab/kube/patch/json.ts'
import type { ApiResponse } from '#lab/kube/request.ts'
import type { Kubelets, Server } from '#lab/kube/server.ts'
import type { LabContext } from '#lab/kernel/world.ts'

/** How often a followed log is read for new lines, in virtual ms. */
const followEvery = 500

const statusOf = (pod: JsonObject, container: string): JsonObject | undefined =>
  [
    ...listAt(pod, 'status', 'containerStatuses'),
    ...listAt(pod, 'status', 'initContainerStatuses'),
  ].find(each => each['name'] === container)

/**
 * The error of a kubelet that has no log of a container. @source Kubernetes v1.35, kubelet:
 * validateContainerLogStatus
 */
function logError(pod: JsonObject, container: string, previous: boolean): string | undefined {
  const place = `container "${container}" in pod "${textAt(pod, 'metadata', 'name') ?? ''}"`
  const status = statusOf(pod, container)
  if (status === undefined) return `${place} is not available`
  const terminated = textAt(status, 'lastState', 'terminated', 'finishedAt') !== undefined
  if (previous) return terminated ? undefined : `previous terminated ${place} not found`
  const waiting = textAt(status, 'state', 'waiting', 'reason')
  if (waiting === undefined || terminated) return undefined
  return `${place} is waiting to start: ${waitingText[waiting] ?? waiting}`
}

const waitingText: Readonly<Record<string, string>> = {
  ErrImagePull: "image can't be pulled",
  ImagePullBackOff: 'trying and failing to pull image',
}

function countOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name)
  if (text === null || text === '') return undefined
  if (!/^\d+$/.test(text))
    throw badRequest(`${name}: Invalid value: "${text}": must be a non-negative integer`)
  return Number(text)
}

function lastLines(lines: readonly string[], count: number | undefined): readonly string[] {
  if (count === undefined) return lines
  return count === 0 ? [] : lines.slice(-count)
}

/** The log of one container. */
interface Log {
  namespace: string
  pod: string
  read(): readonly string[]
  /** Lines as the client sees them. */
  shown(lines: readonly string[]): string
}

/**
 * Answers `log` of a pod. The lab keeps both runs of a container in one log, so the log of the
 * previous run also contains the lines of the present one.
 */
export function podLogs(
  server: Server,
  kubelets: Kubelets,
  pod: JsonObject,
  container: string,
  query: URLSearchParams,
): ApiResponse {
  const { context } = server
  const previous = query.get('previous') === 'true'
  const error = logError(pod, container, previous)
  if (error !== undefined) throw badRequest(error)
  const tail = countOf(query, 'tailLines')
  const limit = countOf(query, 'limitBytes')
  const log = logOf(context, kubelets, pod, container, query.get('timestamps') === 'true')
  const first = log.read()
  const text = log.shown(lastLines(first, tail))
  const response = { status: 200, headers: { 'content-type': 'text/plain' } }
  if (query.get('follow') !== 'true' || previous)
    return { ...response, kind: 'whole', body: limit === undefined ? text : text.slice(0, limit) }
  return {
    ...response,
    kind: 'stream',
    start(emit, end) {
      if (text !== '') emit(text)
      return follow(context, log, first, emit, end)
    },
  }
}

function logOf(
  { store }: LabContext,
  kubelets: Kubelets,
  pod: JsonObject,
  container: string,
  timestamps: boolean,
): Log {
  const namespace = textAt(pod, 'metadata', 'namespace') ?? ''
  const name = textAt(pod, 'metadata', 'name') ?? ''
  // The lab knows the order of lines, not their times: each has the start time of its container.
  const startedAt =
    textAt(statusOf(pod, container), 'state', 'running', 'startedAt') ?? store.timestamp()
  const prefix = timestamps ? `${startedAt} ` : ''
  return {
    namespace,
    pod: name,
    read: () => kubelets.logs(namespace, name, container) ?? [],
    shown: lines => lines.map(line => `${prefix}${line}\n`).join(''),
  }
}

/** The index of the first new line. The log is bounded, so old lines may be missing in `now`. */
function firstNew(seen: readonly string[], now: readonly string[]): number {
  if (now.length >= seen.length && seen.every((line, index) => now[index] === line))
    return seen.length
  const last = seen.at(-1)
  return last === undefined ? 0 : now.lastIndexOf(last) + 1
}

/** Emits new lines of a log until the pod is gone. Returns a function that stops. */
function follow(
  { clock, store }: LabContext,
  log: Log,
  first: readonly string[],
  emit: (text: string) => void,
  end: () => void,
): () => void {
  let seen = first
  let cancel = (): void => {}
  const again = (): void => {
    cancel = clock.after(followEvery, () => {
      const now = log.read()
      const from = firstNew(seen, now)
      if (from < now.length) emit(log.shown(now.slice(from)))
      seen = [...now]
      if (store.get('Pod', log.namespace, log.pod) === undefined) end()
      else again()
    })
  }
  again()
  return () => cancel()
}
