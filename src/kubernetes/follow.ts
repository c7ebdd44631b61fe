// Following a kind through any trouble of its API: one list, then watches of limited length, each
// of which proves at its end that nothing was missed.
import type { KubeObject } from '#src/model/kube.ts'
import type { FollowContext } from '#src/model/question.ts'
import { errorMessage } from '#src/model/error-message.ts'
import type { Call } from '#src/commands/call.ts'
import { KubeError, KubeUnreachable, type Kube } from './client.ts'
import type { Resource } from './kinds.ts'

/**
 * The first pause after two failures in a row, ms. Each further pause is twice as long, up to the
 * length of a watch.
 */
const firstPause = 100

const keyOf = ({ metadata: { namespace = '', name } }: KubeObject): string => `${namespace}/${name}`

const isSilence = (error: unknown): boolean =>
  error instanceof KubeUnreachable && error.code === 'SILENT'

/** The kind to follow, and the part of each object to keep. */
interface Followed<T extends KubeObject, K extends KubeObject> {
  resource: Resource<T>
  keep(object: T): K
}

/** The objects as of a version of their collection. */
interface State<K> {
  objects: Map<string, K>
  /** The same objects. A change makes a new list. */
  value: K[]
  version: string
  since: number
}

/** Lists the kind and passes the list on. After a failure, states may be missing before it. */
async function listOnce<T extends KubeObject, K extends KubeObject>(
  api: Kube,
  { resource, keep }: Followed<T, K>,
  following: FollowContext<K[]>,
  watchGap: boolean,
): Promise<State<K>> {
  const since = following.runtime.clock.now()
  const { items, resourceVersion } = await api.listed(resource)
  const kept = items.map(keep)
  following.onValue({ value: kept, since, watchGap })
  return {
    objects: new Map(kept.map(item => [keyOf(item), item])),
    value: kept,
    version: resourceVersion,
    since,
  }
}

/** Watches until the stream ends, and updates the state with each event. */
async function watchOnce<T extends KubeObject, K extends KubeObject>(
  api: Kube,
  { resource, keep }: Followed<T, K>,
  following: FollowContext<K[]>,
  state: State<K>,
): Promise<void> {
  const { runtime, signal } = following
  const since = runtime.clock.now()
  const shorten = following.shortenWatch()
  try {
    await api.watch(resource, {
      resourceVersion: state.version,
      seconds: Math.ceil(following.longestWatchMs() / 1000),
      signal: AbortSignal.any([signal, shorten]),
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
    if (shorten.aborted && !signal.aborted) return
    throw error
  }
  state.since = since
  following.onValue({ value: state.value, since, watchGap: false })
}

/** Reports the loss if nothing is known any more, and pauses before a second attempt or later. */
async function afterFailure<K>(
  error: unknown,
  following: FollowContext<K[]>,
  { failures, listing }: { failures: number; listing: boolean },
): Promise<void> {
  const answered = error instanceof KubeError
  // A broken connection is opened again before anybody hears of it. A silent one was lost long ago.
  if (listing || (!answered && (failures > 1 || isSilence(error))))
    following.onLost(errorMessage(error))
  if (failures > 1)
    await following.runtime.clock
      .sleep(
        Math.min(following.longestWatchMs(), firstPause * 2 ** (failures - 2)),
        following.signal,
      )
      .catch(() => {})
}

/**
 * Passes on every state of a kind, in order, while the server remembers its versions: a connection
 * that drops, hangs or is refused costs time and no state. After 410 it lists the kind again, and
 * reports a gap. A watch proves the state at its beginning: every event before then has arrived by
 * its end, which the server sends on request. Resolves when the signal aborts.
 */
export async function followKind<T extends KubeObject, K extends KubeObject>(
  open: (call: Call) => Promise<Kube>,
  followed: Followed<T, K>,
  following: FollowContext<K[]>,
): Promise<void> {
  const { runtime, signal, deadline } = following
  let state: State<K> | undefined
  /** In a row. */
  let failures = 0
  while (!signal.aborted) {
    let listing = state === undefined
    try {
      const api = await open({ runtime, deadline, signal })
      state ??= await listOnce(api, followed, following, failures > 0)
      listing = false
      await watchOnce(api, followed, following, state)
      failures = 0
    } catch (error) {
      if (signal.aborted) return
      failures += 1
      // The server answers but cannot continue from this version. It can still list the kind.
      if (error instanceof KubeError && (error.status === 410 || failures > 1)) state = undefined
      await afterFailure(error, following, { failures, listing })
    }
  }
}
