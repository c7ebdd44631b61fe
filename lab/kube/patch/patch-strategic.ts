// Strategic merge patches: like merge patches, but lists with a merge key are merged entry by
// entry.
import type { Json, JsonObject } from './json.ts'
import { isObject, textAt } from './json.ts'
import { listRule } from './merge-keys.ts'
import { badRequest } from '#lab/kube/messages/status.ts'

const directive = '$patch'
const deleteFrom = '$deleteFromPrimitiveList/'
const order = '$setElementOrder/'
const retain = '$retainKeys'

const directiveOf = (patch: JsonObject): string | undefined =>
  patch[directive] === undefined
    ? undefined
    : (textAt(patch, directive) ?? JSON.stringify(patch[directive]))

/**
 * What a strategic merge patch makes of a document, which stays as it is. Understands `$patch:
 * merge|replace|delete`,
 * `$deleteFromPrimitiveList`, `$setElementOrder` and `$retainKeys`. An unknown directive or an
 * entry without its
 * merge key is a 400.
 */
export function applyStrategicPatch(document: JsonObject, patch: JsonObject): JsonObject {
  return mergeObject(document, patch, [])
}

function mergeObject(document: JsonObject, patch: JsonObject, of: readonly string[]): JsonObject {
  switch (directiveOf(patch)) {
    case undefined:
    case 'merge':
      break
    case 'replace':
      return stripped(patch)
    case 'delete':
      return {}
    default:
      throw badRequest(`unknown patch type: ${directiveOf(patch) ?? ''}`)
  }
  const kept = patch[retain]
  const made: JsonObject = Array.isArray(kept)
    ? Object.fromEntries(Object.entries(document).filter(([key]) => kept.includes(key)))
    : { ...document }
  for (const [key, value] of Object.entries(patch)) {
    if (key === directive || key === retain || key.startsWith(order)) continue
    if (key.startsWith(deleteFrom)) {
      const field = key.slice(deleteFrom.length)
      const list = made[field]
      if (Array.isArray(list) && Array.isArray(value))
        made[field] = list.filter(entry => !value.includes(entry))
      continue
    }
    if (value === null) delete made[key]
    else if (isObject(value)) mergeInto(made, key, value, of)
    else if (Array.isArray(value)) mergeListInto(made, key, value, of, patch[order + key])
    else made[key] = value
  }
  // An order may come without a change of the list itself, as kubectl sends it for deletions.
  for (const [key, wanted] of Object.entries(patch)) {
    const field = key.startsWith(order) ? key.slice(order.length) : undefined
    if (field === undefined || patch[field] !== undefined) continue
    if (Array.isArray(made[field])) made[field] = mergeList(made[field], [], field, of, wanted)
  }
  return made
}

function mergeInto(made: JsonObject, key: string, value: JsonObject, of: readonly string[]): void {
  if (value[directive] === 'delete') {
    delete made[key]
    return
  }
  const before = made[key]
  const merged = mergeObject(isObject(before) ? before : {}, value, [...of, key])
  // Directives alone make nothing of nothing: an empty map is no field. @source measured on a v1.35
  // node
  if (before === undefined && value[directive] !== undefined && Object.keys(merged).length === 0)
    return
  made[key] = merged
}

function mergeListInto(
  made: JsonObject,
  key: string,
  value: readonly Json[],
  of: readonly string[],
  wanted: Json | undefined,
): void {
  const merged = mergeList(made[key], value, key, of, wanted)
  if (made[key] === undefined && merged.length === 0 && value.length > 0) return
  made[key] = merged
}

function mergeList(
  before: Json | undefined,
  patch: readonly Json[],
  field: string,
  of: readonly string[],
  wanted: Json | undefined,
): Json[] {
  const rule = listRule('strategic', field, of)
  const old = Array.isArray(before) ? before : []
  if (rule.kind === 'atomic') return stripEntries(patch)
  if (rule.kind === 'set')
    return ordered([...old, ...patch.filter(entry => !old.includes(entry))], wanted, entry => entry)
  const key = rule.keys[0]!
  if (patch.some(entry => isObject(entry) && entry[directive] === 'replace'))
    return stripEntries(patch)
  const made = [...old]
  for (const entry of patch) {
    if (!isObject(entry))
      throw badRequest(`expected an object in the list ${field} of a strategic merge patch`)
    const id = entry[key]
    if (id === undefined)
      throw badRequest(`map: ${shown(entry)} does not contain declared merge key: ${key}`)
    const index = made.findIndex(other => isObject(other) && other[key] === id)
    const found = made[index]
    if (entry[directive] === 'delete') {
      if (index !== -1) made.splice(index, 1)
    } else if (isObject(found)) {
      made[index] = mergeObject(found, entry, [...of, field])
    } else {
      made.push(mergeObject({}, entry, [...of, field]))
    }
  }
  return ordered(made, wanted, entry => (isObject(entry) ? entry[key] : entry))
}

/**
 * Entries that the patch orders come in its order, each of the others where it stood relative to
 * them.
 */
function ordered(
  list: Json[],
  wanted: Json | undefined,
  idOf: (entry: Json) => Json | undefined,
): Json[] {
  if (!Array.isArray(wanted)) return list
  const ids = wanted.map(idOf)
  const rank = (entry: Json): number => ids.indexOf(idOf(entry) ?? null)
  const inOrder = list.filter(entry => rank(entry) !== -1).toSorted((a, b) => rank(a) - rank(b))
  return list.map(entry => (rank(entry) === -1 ? entry : (inOrder.shift() ?? entry)))
}

const shown = (entry: JsonObject): string =>
  `map[${Object.entries(entry)
    .map(([key, value]) => `${key}:${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ')}]`

const stripEntries = (list: readonly Json[]): Json[] =>
  list
    .filter(
      entry =>
        !(isObject(entry) && entry[directive] !== undefined && Object.keys(entry).length === 1),
    )
    .map(strip)

const strip = (value: Json): Json =>
  isObject(value) ? stripped(value) : Array.isArray(value) ? value.map(strip) : value

function stripped(patch: JsonObject): JsonObject {
  const made: JsonObject = {}
  for (const [key, value] of Object.entries(patch)) {
    if (!key.startsWith('$') && value !== null) made[key] = strip(value)
  }
  return made
}
