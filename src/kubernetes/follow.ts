// A kind followed through whatever happens to its API: listed once, then watched in short
// stretches, each of which proves that nothing was missed.
import type { KubeObject } from '#src/model/kube.ts'
import type { FollowContext } from '#src/model/question.ts'
import { errorMessage } from '#src/model/error-message.ts'
import { KubeError, KubeUnreachable, type Kube } from './client.ts'
import type { Resource } from './kinds.ts'
import type { Call } from '#src/commands/call.ts'

/**
 * The first pause after two failures in a row, ms; each further one is twice as long, up to a
 * stretch.
 */
const firstPause = 100

const keyOf = ({ metadata: { namespace = '', name } }: KubeObject): string => `${namespace}/${name}`

const isSilence = (error: unknown): boolean =>
  error instanceof KubeUnreachable && error.code === 'SILENT'

interface Known<K> {
  objects: Map<string, K>
  /** The same objects; another list whenever one of them is another. */
  value: K[]
  version: string
  since: number
}

/**
 * Hands on every state of a kind, in order, for as long as its versions are not forgotten: a
 * connection that drops, hangs
 * or is refused costs time and no state. After 410 it is listed anew, which is told as a gap. What
 * a stretch says is
 * certain of its beginning: whatever had happened by then has come by its end, which the server
 * makes on request.
 * Resolves when the signal aborts.
 */
export async function followKind<T extends KubeObject, K extends KubeObject>(
  open: (call: Call) => Promise<Kube>,
  { resource, keep }: { resource: Resource<T>; keep(object: T): K },
  following: FollowContext<K[]>,
): Promise<void> {
  const { runtime, signal } = following
  const { clock } = runtime
  let known: Known<K> | undefined
  /** In a row: what was before a list that comes after one is not known. */
  let failures = 0

  async function list(api: Kube): Promise<Known<K>> {
    const since = clock.now()
    const { items, resourceVersion } = await api.listed(resource)
    const kept = items.map(keep)
    following.onValue({ value: kept, since, watchGap: failures > 0 })
    return {
      objects: new Map(kept.map(item => [keyOf(item), item])),
      value: kept,
      version: resourceVersion,
      since,
    }
  }

  async function watch(api: Kube, state: Known<K>): Promise<void> {
    const since = clock.now()
    const hurry = following.shortenWatch()
    try {
      await api.watch(resource, {
        resourceVersion: state.version,
        seconds: Math.ceil(following.longestWatchMs() / 1000),
        signal: AbortSignal.any([signal, hurry]),
        onEvent(type, object) {
          state.version = object.metadata.resourceVersion ?? state.version
          if (type === 'BOOKMARK') return
          if (type === 'DELETED') state.objects.delete(keyOf(object))
          else state.objects.set(keyOf(object), keep(object))
          state.value = [...state.objects.values()]
          following.onValue({ value: state.value, since: state.since, watchGap: false })
        },
      })
    } catch (error) {
      if (hurry.aborted && !signal.aborted) return
      throw error
    }
    state.since = since
    following.onValue({ value: state.value, since, watchGap: false })
  }

  while (!signal.aborted) {
    let listing = known === undefined
    try {
      const api = await open({ runtime, deadline: following.deadline, signal })
      known ??= await list(api)
      listing = false
      await watch(api, known)
      failures = 0
    } catch (error) {
      if (signal.aborted) return
      failures += 1
      const answered = error instanceof KubeError
      // It answers, and does not go on from there: what is there now can still be listed.
      if (answered && (error.status === 410 || failures > 1)) known = undefined
      // A connection that breaks is opened again before anybody hears of it; one that fell silent
      // has been so for long.
      if (listing || (!answered && (failures > 1 || isSilence(error))))
        following.onLost(errorMessage(error))
      if (failures > 1)
        await clock
          .sleep(Math.min(following.longestWatchMs(), firstPause * 2 ** (failures - 2)), signal)
          .catch(() => {})
    }
  }
}
