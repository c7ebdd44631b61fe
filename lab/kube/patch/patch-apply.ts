// Server-side apply: an object's fields, each owned by who applied it.
import { copyOf } from '#lab/kernel/data.ts'
import { isDeepStrictEqual } from 'node:util'
import type { Json, JsonObject } from './json.ts'
import { at, isObject, listAt, objectAt, textAt } from './json.ts'
import { listRule } from './merge-keys.ts'
import { Refusal } from '#lab/kube/messages/status.ts'

/**
 * Owned fields as `managedFields` writes them: `f:name` a field, `k:{…}` an entry by its keys,
 * `v:…` a plain value.
 */
type Owned = JsonObject

const neverOwned = new Set(['apiVersion', 'kind'])
const ownMeta = new Set([
  'name',
  'namespace',
  'resourceVersion',
  'uid',
  'managedFields',
  'creationTimestamp',
  'generation',
])

const idOf = (entry: Json, keys: readonly string[]): string => {
  const id: JsonObject = {}
  for (const key of keys)
    id[key] = (isObject(entry) ? entry[key] : undefined) ?? (key === 'protocol' ? 'TCP' : null)
  return `k:${JSON.stringify(id)}`
}

function owns(value: JsonObject, of: readonly string[]): Owned {
  const made: Owned = {}
  for (const [key, entry] of Object.entries(value)) {
    if (of.length === 0 && neverOwned.has(key)) continue
    if (of.length === 1 && of[0] === 'metadata' && ownMeta.has(key)) continue
    const below = ownsValue(entry, key, of)
    // Metadata of which nothing can be owned (a name alone) is no leaf of its own.
    if (of.length > 0 || key !== 'metadata' || Object.keys(below).length > 0)
      made[`f:${key}`] = below
  }
  return made
}

function ownsValue(value: Json, key: string, of: readonly string[]): Owned {
  if (isObject(value)) return owns(value, [...of, key])
  if (!Array.isArray(value)) return {}
  const rule = listRule('apply', key, of)
  if (rule.kind === 'atomic') return {}
  if (rule.kind === 'set')
    return Object.fromEntries(value.map(entry => [`v:${JSON.stringify(entry)}`, {}]))
  return Object.fromEntries(
    value
      .filter(isObject)
      .map(entry => [idOf(entry, rule.keys), { '.': {}, ...owns(entry, [...of, key]) }]),
  )
}

/** Merges what is applied into what is there. */
function merge(live: JsonObject, config: JsonObject, of: readonly string[]): JsonObject {
  const made: JsonObject = { ...live }
  for (const [key, value] of Object.entries(config)) {
    const before = made[key]
    if (isObject(value)) made[key] = merge(isObject(before) ? before : {}, value, [...of, key])
    else if (Array.isArray(value))
      made[key] = mergeList(Array.isArray(before) ? before : [], value, key, of)
    else made[key] = value
  }
  return made
}

function mergeList(
  live: readonly Json[],
  config: readonly Json[],
  key: string,
  of: readonly string[],
): Json[] {
  const rule = listRule('apply', key, of)
  if (rule.kind === 'atomic') return [...config]
  if (rule.kind === 'set') return [...live, ...config.filter(entry => !live.includes(entry))]
  const made = [...live]
  for (const entry of config) {
    const index = made.findIndex(other => idOf(other, rule.keys) === idOf(entry, rule.keys))
    const found = made[index]
    if (isObject(found) && isObject(entry)) made[index] = merge(found, entry, [...of, key])
    else made.push(entry)
  }
  return made
}

/** Takes away what was owned, is no longer applied, and belongs to nobody else. */
function drop(live: JsonObject, gone: Owned, of: readonly string[]): void {
  for (const [step, below] of Object.entries(gone)) {
    if (!step.startsWith('f:') || !isObject(below)) continue
    const key = step.slice(2)
    const value = live[key]
    if (Object.keys(below).length === 0) delete live[key]
    else if (isObject(value)) drop(value, below, [...of, key])
    else if (Array.isArray(value)) live[key] = dropEntries(value, below, key, of)
  }
}

function dropEntries(
  list: readonly Json[],
  gone: Owned,
  key: string,
  of: readonly string[],
): Json[] {
  const rule = listRule('apply', key, of)
  if (rule.kind === 'set')
    return list.filter(entry => gone[`v:${JSON.stringify(entry)}`] === undefined)
  if (rule.kind === 'atomic') return [...list]
  return list.flatMap(entry => {
    const below = gone[idOf(entry, rule.keys)]
    if (!isObject(below) || !isObject(entry)) return [entry]
    if (below['.'] !== undefined) return []
    const left = { ...entry }
    drop(left, below, [...of, key])
    return [left]
  })
}

/** Fields of `a` that `b` does not have; whole branches as `{}`. */
function without(a: Owned, b: Owned): Owned {
  const made: Owned = {}
  for (const [step, below] of Object.entries(a)) {
    const other = b[step]
    if (!isObject(below)) continue
    if (!isObject(other)) {
      // A branch is owned by its leaves: nobody else's fields may go with it.
      made[step] = below
    } else {
      const rest = without(below, other)
      if (Object.keys(rest).length > 0) made[step] = rest
    }
  }
  return made
}

/** Leaves that both own, as paths like `.spec.replicas`. */
function shared(a: Owned, b: Owned, path: string): { path: string; steps: string[] }[] {
  return Object.entries(a).flatMap(([step, below]) => {
    const other = b[step]
    if (step === '.' || !isObject(below) || !isObject(other)) return []
    const here = step.startsWith('f:')
      ? `${path}.${step.slice(2)}`
      : `${path}[${step
          .slice(2)
          .replace(/^\{|\}$/g, '')
          .replace(/"([^"]+)":/g, '$1=')}]`
    const leaf = Object.keys(below).length === 0 && Object.keys(other).length === 0
    if (leaf) return [{ path: here, steps: [step] }]
    return shared(below, other, here).map(found => ({
      path: found.path,
      steps: [step, ...found.steps],
    }))
  })
}

function valueAt(value: Json | undefined, steps: readonly string[]): Json | undefined {
  let here = value
  for (const step of steps) {
    if (step.startsWith('f:')) here = at(here, step.slice(2))
    else if (step.startsWith('v:')) return step
    else {
      const id: unknown = JSON.parse(step.slice(2))
      const keys = isObject(id) ? Object.keys(id) : []
      here = Array.isArray(here) ? here.find(entry => idOf(entry, keys) === step) : undefined
    }
  }
  return here
}

export interface Applying {
  manager: string
  force: boolean
  /** RFC 3339, for `managedFields`. */
  time: string
  apiVersion: string
}

/**
 * What applying `config` makes of the live object (or of nothing). Fields that this manager applied
 * before and no
 * longer does go away. A field that another manager applied with another value is a 409 unless
 * forced.
 */
export function applyConfig(
  live: JsonObject | undefined,
  config: JsonObject,
  applying: Applying,
): JsonObject {
  const wanted = owns(config, [])
  const entries = listAt(live, 'metadata', 'managedFields')
  const others = entries.filter(entry => textAt(entry, 'manager') !== applying.manager)
  const mine = entries.find(entry => textAt(entry, 'manager') === applying.manager)
  const conflicts = others.flatMap(entry =>
    shared(wanted, objectAt(entry, 'fieldsV1'), '')
      .filter(found => !isDeepStrictEqual(valueAt(live, found.steps), valueAt(config, found.steps)))
      .map(found => ({ ...found, owner: ownerOf(entry) })),
  )
  if (conflicts.length > 0 && !applying.force) throw refused(conflicts)
  const made = copyOf(live ?? {})
  const left = others.map(entry => ({
    ...entry,
    fieldsV1: lost(
      objectAt(entry, 'fieldsV1'),
      conflicts.map(found => found.steps),
    ),
  }))
  if (mine !== undefined) {
    const gone = left.reduce<Owned>(
      (rest, entry) => without(rest, objectAt(entry, 'fieldsV1')),
      without(objectAt(mine, 'fieldsV1'), wanted),
    )
    drop(made, gone, [])
  }
  const merged = merge(made, copyOf(config), [])
  if (applying.manager === 'kubectl') remember(merged, config)
  const managed: Json[] = [
    ...left,
    {
      manager: applying.manager,
      operation: 'Apply',
      apiVersion: applying.apiVersion,
      fieldsType: 'FieldsV1',
      fieldsV1: wanted,
      time:
        mine !== undefined && isDeepStrictEqual(mine['fieldsV1'], wanted)
          ? (mine['time'] ?? applying.time)
          : applying.time,
    },
  ]
  return { ...merged, metadata: { ...objectAt(merged, 'metadata'), managedFields: managed } }
}

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

/**
 * Objects that were applied by a client before keep its note true. @source Kubernetes v1.35,
 * managedfields: lastAppliedUpdater
 */
function remember(object: JsonObject, config: JsonObject): void {
  const annotations = objectAt(object, 'metadata', 'annotations')
  if (annotations[lastApplied] === undefined) return
  object['metadata'] = {
    ...objectAt(object, 'metadata'),
    annotations: { ...annotations, [lastApplied]: `${JSON.stringify(inOrder(config))}\n` },
  }
}

const inOrder = (value: Json): Json =>
  Array.isArray(value)
    ? value.map(inOrder)
    : isObject(value)
      ? Object.fromEntries(
          Object.entries(value)
            .toSorted(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, entry]) => [key, inOrder(entry)]),
        )
      : value

/** Whoever forces takes the field from its owner. */
function lost(owned: Owned, taken: readonly (readonly string[])[]): Owned {
  let rest = owned
  for (const steps of taken)
    rest = without(
      rest,
      steps.reduceRight<Owned>((below, step) => ({ [step]: below }), {}),
    )
  return rest
}

/**
 * Who owns: managers that apply by their name, those that update with what they used. @source
 * Kubernetes v1.35, managedfields: printManager
 */
function ownerOf(entry: JsonObject): string {
  const [manager, operation] = [textAt(entry, 'manager') ?? '', textAt(entry, 'operation')]
  const part =
    textAt(entry, 'subresource') === undefined
      ? ''
      : ` with subresource "${textAt(entry, 'subresource')}"`
  return `"${manager}"${part}${operation === 'Update' ? ` using ${textAt(entry, 'apiVersion') ?? ''}` : ''}`
}

function refused(conflicts: readonly { path: string; owner: string }[]): Refusal {
  const causes = conflicts.map(found => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${found.owner}`,
    field: found.path,
  }))
  if (conflicts.length === 1)
    return new Refusal(
      409,
      'Conflict',
      `Apply failed with 1 conflict: ${causes[0]!.message}: ${causes[0]!.field}`,
      { causes },
    )
  const owners = [...new Set(causes.map(cause => cause.message))]
  const texts = owners.map(owner =>
    [
      `${owner.replace('conflict', 'conflicts')}:`,
      ...causes.filter(cause => cause.message === owner).map(cause => `- ${cause.field}`),
    ].join('\n'),
  )
  return new Refusal(
    409,
    'Conflict',
    `Apply failed with ${conflicts.length} conflicts: ${texts.join('\n')}`,
    { causes },
  )
}
