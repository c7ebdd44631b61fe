// Watches: what is there, then what changes, with bookmarks, resumption and the end of history.
import type { StoreEvent } from '#lab/kernel/store.ts'
import { presented } from './messages/events-form.ts'
import type { Json, JsonObject } from './patch/json.ts'
import { asJson } from './patch/json.ts'
import type { Kind } from './api/kinds.ts'
import { apiVersionOf } from './api/kinds.ts'
import type { Wanted } from './read.ts'
import { versionOf, wantedBy } from './read.ts'
import type { StreamResponse } from './request.ts'
import type { Server } from './server.ts'
import { expired } from './messages/status.ts'

/**
 * How often a watch that wants bookmarks gets one, in ms. @source Kubernetes v1.35, watch cache:
 * defaultBookmarkFrequency 1 min
 */
const bookmarkEvery = 60_000

/**
 * Shortest life of a watch without `timeoutSeconds`, in seconds; it ends up to as much later.
 * @source kube-apiserver --min-request-timeout default
 */
const shortestLife = 1800

const lineOf = (type: string, object: Json): string => `${JSON.stringify({ type, object })}\n`

/** How a change of the store looks to a watch with selectors: objects may enter and leave. */
function seen(
  event: StoreEvent,
  wanted: Wanted,
): { type: StoreEvent['type']; object: JsonObject } | undefined {
  const now = asJson(event.object)
  const is = event.type !== 'DELETED' && wanted(now)
  const was = event.before !== undefined && wanted(asJson(event.before))
  if (is) return { type: was ? 'MODIFIED' : 'ADDED', object: now }
  if (!was) return undefined
  if (event.type === 'DELETED') return { type: 'DELETED', object: now }
  // It left the selection: as it last was in it, at the version of leaving.
  const before = asJson(event.before!)
  return {
    type: 'DELETED',
    object: {
      ...before,
      metadata: {
        ...(before['metadata'] as JsonObject),
        resourceVersion: String(event.resourceVersion),
      },
    },
  }
}

const emptyAt = (kind: Kind, version: number, annotations?: JsonObject): JsonObject => ({
  kind: kind.kind,
  apiVersion: apiVersionOf(kind),
  metadata: {
    resourceVersion: String(version),
    creationTimestamp: null,
    ...(annotations === undefined ? {} : { annotations }),
  },
})

/**
 * Opens a watch. Without a version, or at 0, it begins with what is there; at a version, with what
 * changed since; at one
 * that is forgotten, it says 410 in an ERROR event and ends. Throws only for queries that are none.
 */
export function watchObjects(
  server: Server,
  kind: Kind,
  namespace: string | undefined,
  name: string | undefined,
  query: URLSearchParams,
  show: (object: JsonObject) => JsonObject = object => object,
): StreamResponse {
  const { store, clock } = server.context
  const wanted = wantedBy(kind, namespace, name, query)
  const from = versionOf(query) ?? 0
  const bookmarks =
    query.get('allowWatchBookmarks') === 'true' || query.get('allowWatchBookmarks') === '1'
  const initial = from === 0 || query.get('sendInitialEvents') === 'true'
  const asked = Number(query.get('timeoutSeconds') ?? 0)
  const life =
    (asked > 0 ? asked : server.watchRandom.between(shortestLife, 2 * shortestLife)) * 1000

  return {
    kind: 'stream',
    status: 200,
    headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked' },
    start(emit, end) {
      const stops: (() => void)[] = []
      let open = true
      const stop = () => {
        open = false
        for (const each of stops) each()
      }
      const hand = (event: StoreEvent) => {
        if (!open || event.object.kind !== kind.kind) return
        const shown = seen(event, wanted)
        if (shown !== undefined) emit(lineOf(shown.type, show(presented(kind, shown.object))))
      }
      const bookmark = (annotations?: JsonObject) =>
        emit(lineOf('BOOKMARK', show(emptyAt(kind, store.version, annotations))))

      if (initial) {
        for (const object of store.list(kind.kind).map(asJson).filter(wanted))
          emit(lineOf('ADDED', show(presented(kind, object))))
        if (query.get('sendInitialEvents') === 'true' && bookmarks)
          bookmark({ 'k8s.io/initial-events-end': 'true' })
      } else {
        const missed = store.since(from)
        if (missed === 'gone') {
          emit(
            lineOf('ERROR', expired(`too old resource version: ${from} (${store.version})`).status),
          )
          end()
          return stop
        }
        for (const event of missed) hand(event)
      }
      stops.push(store.subscribe(hand))
      if (bookmarks) {
        const again = () => {
          stops.push(
            clock.after(bookmarkEvery, () => {
              if (!open) return
              bookmark()
              again()
            }),
          )
        }
        again()
      }
      stops.push(
        clock.after(life, () => {
          if (!open) return
          stop()
          end()
        }),
      )
      return stop
    },
  }
}
