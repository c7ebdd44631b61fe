// Watches: the present objects, then each change, with bookmarks and resumption.
import type { Store, StoreEvent } from '#lab/kernel/store.ts'
import type { LabContext } from '#lab/kernel/world.ts'
import type { Kind } from '#lab/kube/api/kinds.ts'
import { apiVersionOf } from '#lab/kube/api/kinds.ts'
import { presented } from '#lab/kube/messages/served-form.ts'
import { expired } from '#lab/kube/messages/status.ts'
import type { Json, JsonObject } from '#lab/kube/patch/json.ts'
import { asJson, objectAt, present } from '#lab/kube/patch/json.ts'
import type { StreamResponse } from '#lab/kube/request.ts'
import type { Server } from '#lab/kube/server.ts'
import { versionOf } from './pages.ts'
import type { Wanted } from './read.ts'
import { wantedBy } from './read.ts'

/**
 * ms between the bookmarks of a watch. @source Kubernetes v1.35, watch cache:
 * defaultBookmarkFrequency 1 min
 */
const bookmarkEvery = 60_000

/**
 * The shortest life of a watch without `timeoutSeconds`, in seconds. It lives up to twice as long.
 * @source kube-apiserver --min-request-timeout default
 */
const shortestLife = 1800

const lineOf = (type: string, object: Json): string => `${JSON.stringify({ type, object })}\n`

/**
 * A change in the store as a watch with selectors sees it: objects can enter and leave the
 * selection.
 */
function selected(
  event: StoreEvent,
  wanted: Wanted,
): { type: StoreEvent['type']; object: JsonObject } | undefined {
  const now = asJson(event.object)
  const isWanted = event.type !== 'DELETED' && wanted(now)
  const wasWanted = event.before !== undefined && wanted(asJson(event.before))
  if (isWanted) return { type: wasWanted ? 'MODIFIED' : 'ADDED', object: now }
  if (!wasWanted) return undefined
  if (event.type === 'DELETED') return { type: 'DELETED', object: now }
  // The object left the selection. The watch sends its last selected state with the version at
  // which it left.
  const before = asJson(event.before!)
  const resourceVersion = String(event.resourceVersion)
  const object = { ...before, metadata: { ...objectAt(before, 'metadata'), resourceVersion } }
  return { type: 'DELETED', object }
}

/** The object of a bookmark: no more than a version. */
const emptyAt = (kind: Kind, version: number, annotations?: JsonObject): JsonObject => ({
  kind: kind.kind,
  apiVersion: apiVersionOf(kind),
  metadata: present({ resourceVersion: String(version), creationTimestamp: null, annotations }),
})

/** The options in the query of a watch. */
interface WatchOptions {
  /** The version after which it starts; 0 for any. */
  from: number
  bookmarks: boolean
  /** Start with the present objects and end them with a bookmark. */
  sendInitialEvents: boolean
  /** Virtual ms until the server ends it. */
  life: number
}

function optionsOf(server: Server, query: URLSearchParams): WatchOptions {
  const from = versionOf(query) ?? 0
  const timeout = Number(query.get('timeoutSeconds') ?? 0)
  const seconds = timeout > 0 ? timeout : server.watchRandom.between(shortestLife, 2 * shortestLife)
  return {
    from,
    bookmarks: ['true', '1'].includes(query.get('allowWatchBookmarks') ?? ''),
    sendInitialEvents: query.get('sendInitialEvents') === 'true',
    life: seconds * 1000,
  }
}

/** A watch: the objects that it selects and the form in which it shows them. */
interface Watch {
  kind: Kind
  wanted: Wanted
  options: WatchOptions
  show(object: JsonObject): JsonObject
}

const shownLine = ({ kind, show }: Watch, type: string, object: JsonObject): string =>
  lineOf(type, show(presented(kind, object)))

const bookmarkLine = ({ kind, show }: Watch, store: Store, annotations?: JsonObject): string =>
  lineOf('BOOKMARK', show(emptyAt(kind, store.version, annotations)))

/** The line for a change of the store, or undefined if the watch does not select it. */
function eventLine(watch: Watch, event: StoreEvent): string | undefined {
  if (event.object.kind !== watch.kind.kind) return undefined
  const found = selected(event, watch.wanted)
  return found && shownLine(watch, found.type, found.object)
}

/**
 * The first lines of a watch: the present objects, or the changes since its version. `gone` if the
 * history begins after that version.
 */
function firstLines(watch: Watch, store: Store): readonly string[] | 'gone' {
  const { from, bookmarks, sendInitialEvents } = watch.options
  if (from === 0 || sendInitialEvents) {
    const objects = store.list(watch.kind.kind).map(asJson).filter(watch.wanted)
    const lines = objects.map(object => shownLine(watch, 'ADDED', object))
    return sendInitialEvents && bookmarks
      ? [...lines, bookmarkLine(watch, store, { 'k8s.io/initial-events-end': 'true' })]
      : lines
  }
  const missed = store.since(from)
  return missed === 'gone' ? 'gone' : missed.flatMap(event => eventLine(watch, event) ?? [])
}

/** Emits the first lines, or a 410 in an ERROR event. Returns whether the watch goes on. */
function emitFirst(watch: Watch, store: Store, emit: (line: string) => void): boolean {
  const first = firstLines(watch, store)
  if (first === 'gone') {
    const why = `too old resource version: ${watch.options.from} (${store.version})`
    emit(lineOf('ERROR', expired(why).status))
    return false
  }
  for (const line of first) emit(line)
  return true
}

/** Starts to emit the lines of a watch. Returns a function that stops it. */
function startWatch(
  { store, clock }: LabContext,
  watch: Watch,
  emit: (line: string) => void,
  end: () => void,
): () => void {
  const { bookmarks, life } = watch.options
  const stops: (() => void)[] = []
  let open = true
  const stop = (): void => {
    open = false
    for (const each of stops) each()
  }
  if (!emitFirst(watch, store, emit)) {
    end()
    return stop
  }
  const hear = (event: StoreEvent): void => {
    const line = open ? eventLine(watch, event) : undefined
    if (line !== undefined) emit(line)
  }
  stops.push(store.subscribe(hear))
  const whileOpen = (ms: number, run: () => void): void => {
    const runIfOpen = (): void => {
      if (open) run()
    }
    stops.push(clock.after(ms, runIfOpen))
  }
  const bookmark = (): void => {
    emit(bookmarkLine(watch, store))
    whileOpen(bookmarkEvery, bookmark)
  }
  if (bookmarks) whileOpen(bookmarkEvery, bookmark)
  whileOpen(life, () => {
    stop()
    end()
  })
  return stop
}

/**
 * Opens a watch. Without a version, or at 0, it starts with the present objects; at a version, with
 * the changes since then. If the history begins later, it sends 410 in an ERROR event and ends.
 * Throws a Refusal for mistakes in the query.
 */
export function watchObjects(
  server: Server,
  kind: Kind,
  namespace: string | undefined,
  name: string | undefined,
  query: URLSearchParams,
  show: (object: JsonObject) => JsonObject = object => object,
): StreamResponse {
  const wanted = wantedBy(kind, namespace, name, query)
  const watch: Watch = { kind, wanted, options: optionsOf(server, query), show }
  return {
    kind: 'stream',
    status: 200,
    headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked' },
    start: (emit, end) => startWatch(server.context, watch, emit, end),
  }
}
