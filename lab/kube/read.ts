// Get and list: selectors, pages, and lists of a moment in the past.
import type { Store } from '#lab/kernel/store.ts'
import { presented } from './messages/events-form.ts'
import type { JsonObject } from './patch/json.ts'
import { asJson, isObject, mapAt, textAt } from './patch/json.ts'
import type { Kind } from './api/kinds.ts'
import { apiVersionOf } from './api/kinds.ts'
import { parseFieldSelector, parseLabelSelector } from './selectors.ts'
import { badRequest, expired, notFound, Refusal } from './messages/status.ts'

/** Which objects a list or a watch is about. */
export type Wanted = (object: JsonObject) => boolean

/** Reads the selectors of a query; a single object is one too. */
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

/** Order of etcd's keys. */
const keyOf = (object: JsonObject): string =>
  `${textAt(object, 'metadata', 'namespace') ?? ''}/${textAt(object, 'metadata', 'name') ?? ''}`
const byKey = (a: JsonObject, b: JsonObject): number => (keyOf(a) < keyOf(b) ? -1 : 1)

/** All objects of a kind as they were at a version, or `gone`: the changes since are taken back. */
function at(store: Store, kind: Kind, version: number): JsonObject[] | 'gone' {
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

interface Continue {
  rv: number
  start: string
}

const encode = (token: Continue): string =>
  Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', ...token })).toString('base64url')

function decode(text: string): Continue {
  try {
    const token: unknown = JSON.parse(Buffer.from(text, 'base64url').toString())
    if (isObject(token) && typeof token['rv'] === 'number' && typeof token['start'] === 'string')
      return { rv: token['rv'], start: token['start'] }
  } catch {
    // Told below, like every token that is none.
  }
  throw badRequest('continue key is not valid: encoded continue token is not valid')
}

const tooOld =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.'

/** A version that is still to come: the server would wait for it, and then say this. */
function tooLarge(version: number, current: number): Refusal {
  return new Refusal(
    504,
    'Timeout',
    `Too large resource version: ${version}, current: ${current}`,
    {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      retryAfterSeconds: 1,
    },
    { 'retry-after': '1' },
  )
}

/**
 * Reads a resourceVersion from a query: a number, or undefined where none is asked for. `0` means
 * any.
 */
export function versionOf(query: URLSearchParams): number | undefined {
  const text = query.get('resourceVersion') ?? ''
  if (text === '') return undefined
  if (!/^\d+$/.test(text))
    throw badRequest(
      `resourceVersion: Invalid value: "${text}": strconv.ParseUint: parsing "${text}": invalid syntax`,
    )
  return Number(text)
}

/**
 * A whole list, made anew only when something of its kind has changed: watchers by polling ask for
 * the same again and again.
 */
const wholeList = (store: Store, kind: Kind, namespace: string | undefined): JsonObject[] =>
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

/**
 * A list as the API answers it. Items of built-in kinds carry no kind and apiVersion, as upstream.
 */
export function listObjects(
  store: Store,
  kind: Kind,
  namespace: string | undefined,
  query: URLSearchParams,
): JsonObject {
  if (narrowing.every(name => (query.get(name) ?? '') === '')) {
    const items = wholeList(store, kind, namespace)
    const most = Number(query.get('limit') ?? 0)
    if (most === 0 || items.length <= most)
      return { ...listOf(kind, [], { resourceVersion: String(store.version) }), items }
  }
  const token = query.get('continue') ?? ''
  const limit = Number(query.get('limit') ?? 0)
  const from = token === '' ? undefined : decode(token)
  const asked = versionOf(query)
  if (from !== undefined && asked !== undefined && asked !== 0)
    throw badRequest('specifying resource version is not allowed when using continue')
  if (asked !== undefined && asked > store.version) throw tooLarge(asked, store.version)
  const exact = query.get('resourceVersionMatch') === 'Exact' ? asked : undefined
  const version = from?.rv ?? exact ?? store.version
  const objects = at(store, kind, version)
  if (objects === 'gone')
    throw expired(from === undefined ? `too old resource version: ${version}` : tooOld)
  const wanted = wantedBy(kind, namespace, undefined, query)
  const all = objects
    .filter(wanted)
    .toSorted(byKey)
    .filter(object => from === undefined || keyOf(object) >= from.start)
  const page = limit > 0 ? all.slice(0, limit) : all
  const next = all[page.length]
  const selected = query.has('labelSelector') || query.has('fieldSelector')
  return listOf(kind, page, {
    resourceVersion: String(version),
    ...(next === undefined ? {} : { continue: encode({ rv: version, start: keyOf(next) }) }),
    // Upstream counts the rest only where no selector has to be asked.
    ...(next === undefined || selected ? {} : { remainingItemCount: all.length - page.length }),
  })
}

/** Objects in the store never change, so how one looks in a list is worked out once. */
const shownItems = new WeakMap<Kind, WeakMap<JsonObject, JsonObject>>()

function itemOf(kind: Kind, object: JsonObject): JsonObject {
  const known = shownItems.get(kind) ?? new WeakMap<JsonObject, JsonObject>()
  shownItems.set(kind, known)
  const found = known.get(object)
  if (found !== undefined) return found
  const shown = presented(kind, object)
  const { kind: _kind, apiVersion: _version, ...bare } = shown
  const item = kind.custom ? shown : bare
  known.set(object, item)
  return item
}

export function listOf(
  kind: Kind,
  objects: readonly JsonObject[],
  metadata: JsonObject,
): JsonObject {
  return {
    kind: `${kind.kind}List`,
    apiVersion: apiVersionOf(kind),
    metadata,
    items: objects.map(object => itemOf(kind, object)),
  }
}
