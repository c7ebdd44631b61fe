// Get and list: selectors, pages, and lists at an earlier version.
import type { Store } from '#lab/kernel/store.ts'
import type { Kind } from '#lab/kube/api/kinds.ts'
import { apiVersionOf } from '#lab/kube/api/kinds.ts'
import { presented } from '#lab/kube/messages/served-form.ts'
import { badRequest, expired, notFound } from '#lab/kube/messages/status.ts'
import type { JsonObject } from '#lab/kube/patch/json.ts'
import { asJson, mapAt, present, textAt } from '#lab/kube/patch/json.ts'
import { parseFieldSelector } from './field-selector.ts'
import { parseLabelSelector } from './label-selector.ts'
import { decodeToken, encodeToken, tokenTooOld, versionOf, versionTooLarge } from './pages.ts'

/** Whether a list or a watch selects an object. */
export type Wanted = (object: JsonObject) => boolean

/** The selection of a query. `name`: the path names a single object. */
export function wantedBy(
  kind: Kind,
  namespace: string | undefined,
  name: string | undefined,
  query: URLSearchParams,
): Wanted {
  const labels = parseLabelSelector(query.get('labelSelector') ?? '')
  const fields = parseFieldSelector(query.get('fieldSelector') ?? '', kind)
  return object =>
    (namespace === undefined || textAt(object, 'metadata', 'namespace') === namespace) &&
    (name === undefined || textAt(object, 'metadata', 'name') === name) &&
    labels(mapAt(object, 'metadata', 'labels')) &&
    fields(object)
}

/** A stored object. 404 if it does not exist. */
export function getObject(
  store: Store,
  kind: Kind,
  namespace: string | undefined,
  name: string,
): JsonObject {
  const found = store.get(kind.kind, namespace, name)
  if (found === undefined) throw notFound(kind, name)
  return asJson(found)
}

/** The key of an object in etcd, which gives the order of a list. */
const keyOf = (object: JsonObject): string =>
  `${textAt(object, 'metadata', 'namespace') ?? ''}/${textAt(object, 'metadata', 'name') ?? ''}`
const byKey = (a: JsonObject, b: JsonObject): number => (keyOf(a) < keyOf(b) ? -1 : 1)

/** All objects of a kind at an earlier version, or `gone`. It reverts the changes since then. */
function objectsAt(store: Store, kind: Kind, version: number): JsonObject[] | 'gone' {
  const objects = new Map(
    store
      .list(kind.kind)
      .map(asJson)
      .map(object => [keyOf(object), object]),
  )
  if (version === store.version) return [...objects.values()]
  const since = store.since(version)
  if (since === 'gone') return 'gone'
  for (const event of since.toReversed()) {
    if (event.object.kind !== kind.kind) continue
    if (event.before === undefined) objects.delete(keyOf(asJson(event.object)))
    else objects.set(keyOf(asJson(event.before)), asJson(event.before))
  }
  return [...objects.values()]
}

/**
 * All items of a list. The store keeps them until an object of the kind changes, because clients
 * that poll ask for the same list again and again.
 */
const allItems = (store: Store, kind: Kind, namespace: string | undefined): JsonObject[] =>
  store.madeOf(
    kind.kind,
    `list ${kind.group}/${kind.version}/${kind.kind} ${String(kind.custom)} ${namespace ?? ''}`,
    () =>
      store
        .list(kind.kind, namespace)
        .map(asJson)
        .toSorted(byKey)
        .map(object => itemOf(kind, object)),
  )

const narrowing = [
  'continue',
  'resourceVersion',
  'resourceVersionMatch',
  'labelSelector',
  'fieldSelector',
] as const

/** The list of all objects, or undefined if the query asks for a part of them. */
function wholeList(
  store: Store,
  kind: Kind,
  namespace: string | undefined,
  query: URLSearchParams,
): JsonObject | undefined {
  if (narrowing.some(name => (query.get(name) ?? '') !== '')) return undefined
  const items = allItems(store, kind, namespace)
  const limit = Number(query.get('limit') ?? 0)
  if (limit !== 0 && items.length > limit) return undefined
  return { ...listOf(kind, [], { resourceVersion: String(store.version) }), items }
}

/** The version that a list shows, and the key at which its page starts. */
function momentOf(
  store: Store,
  query: URLSearchParams,
): { version: number; start: string | undefined } {
  const token = query.get('continue') ?? ''
  const from = token === '' ? undefined : decodeToken(token)
  const asked = versionOf(query)
  if (from !== undefined && asked !== undefined && asked !== 0)
    throw badRequest('specifying resource version is not allowed when using continue')
  if (asked !== undefined && asked > store.version) throw versionTooLarge(asked, store.version)
  const exact = query.get('resourceVersionMatch') === 'Exact' ? asked : undefined
  return { version: from?.rv ?? exact ?? store.version, start: from?.start }
}

/** The selected objects at one version, from the start of the page on and up to its limit. */
function pageOf(
  store: Store,
  kind: Kind,
  namespace: string | undefined,
  query: URLSearchParams,
): JsonObject {
  const { version, start } = momentOf(store, query)
  const objects = objectsAt(store, kind, version)
  if (objects === 'gone')
    throw expired(start === undefined ? `too old resource version: ${version}` : tokenTooOld)
  const all = objects
    .filter(wantedBy(kind, namespace, undefined, query))
    .toSorted(byKey)
    .filter(object => start === undefined || keyOf(object) >= start)
  const limit = Number(query.get('limit') ?? 0)
  const page = limit > 0 ? all.slice(0, limit) : all
  const next = all[page.length]
  // The API server counts the remaining items only without selectors.
  const counts = !query.has('labelSelector') && !query.has('fieldSelector')
  const remaining = next !== undefined && counts ? all.length - page.length : undefined
  return listOf(
    kind,
    page,
    present({
      resourceVersion: String(version),
      continue: next && encodeToken({ rv: version, start: keyOf(next) }),
      remainingItemCount: remaining,
    }),
  )
}

/**
 * A list as the API answers it. Items of built-in kinds have neither kind nor apiVersion. 410 if
 * the history begins after the version, 504 for a version in the future, 400 for
 * mistakes in the query.
 */
export const listObjects = (
  store: Store,
  kind: Kind,
  namespace: string | undefined,
  query: URLSearchParams,
): JsonObject => wholeList(store, kind, namespace, query) ?? pageOf(store, kind, namespace, query)

/** Stored objects never change, so each item of a list is made once. */
const madeItems = new WeakMap<Kind, WeakMap<JsonObject, JsonObject>>()

function itemOf(kind: Kind, object: JsonObject): JsonObject {
  const known = madeItems.get(kind) ?? new WeakMap<JsonObject, JsonObject>()
  madeItems.set(kind, known)
  const found = known.get(object)
  if (found !== undefined) return found
  const shown = presented(kind, object)
  const { kind: _kind, apiVersion: _version, ...bare } = shown
  const item = kind.custom ? shown : bare
  known.set(object, item)
  return item
}

/** A list of objects with its own metadata. */
export const listOf = (
  kind: Kind,
  objects: readonly JsonObject[],
  metadata: JsonObject,
): JsonObject => ({
  kind: `${kind.kind}List`,
  apiVersion: apiVersionOf(kind),
  metadata,
  items: objects.map(object => itemOf(kind, object)),
})
