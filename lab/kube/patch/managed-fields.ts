// Field ownership of server-side apply: which fields a configuration owns, in the form of
// `managedFields`.
import type { Json, JsonObject } from './json.ts'
import { at, isObject } from './json.ts'
import { listRule } from './merge-keys.ts'

/**
 * Owned fields as `managedFields` lists them: `f:name` is a field, `k:{…}` an entry of a list by
 * its keys, `v:…` a plain value of a set.
 */
export type Owned = JsonObject

/** The steps from an object to one owned field. */
export type Steps = readonly string[]

const neverOwned = new Set(['apiVersion', 'kind'])
const neverOwnedMetadata = new Set([
  'name',
  'namespace',
  'resourceVersion',
  'uid',
  'managedFields',
  'creationTimestamp',
  'generation',
])

/** The step to an entry of a list, by the keys of the list. */
export function stepOf(entry: Json, keys: readonly string[]): string {
  const id: JsonObject = {}
  for (const key of keys)
    id[key] = (isObject(entry) ? entry[key] : undefined) ?? (key === 'protocol' ? 'TCP' : null)
  return `k:${JSON.stringify(id)}`
}

/** The fields that a configuration owns. `path`: the fields that lead to it. */
export function ownedBy(value: JsonObject, path: readonly string[] = []): Owned {
  const owned: Owned = {}
  for (const [key, entry] of Object.entries(value)) {
    if (path.length === 0 && neverOwned.has(key)) continue
    if (path.length === 1 && path[0] === 'metadata' && neverOwnedMetadata.has(key)) continue
    const below = ownedValue(entry, key, path)
    // Metadata without an owned member, such as a name alone, is not a field of its own.
    if (path.length > 0 || key !== 'metadata' || Object.keys(below).length > 0)
      owned[`f:${key}`] = below
  }
  return owned
}

function ownedValue(value: Json, key: string, path: readonly string[]): Owned {
  if (isObject(value)) return ownedBy(value, [...path, key])
  if (!Array.isArray(value)) return {}
  const rule = listRule('apply', key, path)
  if (rule.kind === 'atomic') return {}
  if (rule.kind === 'set')
    return Object.fromEntries(value.map(entry => [`v:${JSON.stringify(entry)}`, {}]))
  return Object.fromEntries(
    value
      .filter(isObject)
      .map(entry => [stepOf(entry, rule.keys), { '.': {}, ...ownedBy(entry, [...path, key]) }]),
  )
}

/** The fields of `a` that are not in `b`. */
export function without(a: Owned, b: Owned): Owned {
  const left: Owned = {}
  for (const [step, below] of Object.entries(a)) {
    const other = b[step]
    if (!isObject(below)) continue
    if (!isObject(other)) {
      left[step] = below
    } else {
      const rest = without(below, other)
      // Leaves own a branch: it remains only as far as some leaf of it does.
      if (Object.keys(rest).length > 0) left[step] = rest
    }
  }
  return left
}

/** The fields of `owned` without some single fields. */
export function withoutFields(owned: Owned, fields: readonly Steps[]): Owned {
  let left = owned
  for (const steps of fields) {
    const field = steps.reduceRight<Owned>((below, step) => ({ [step]: below }), {})
    left = without(left, field)
  }
  return left
}

/** A step in a path for people: `.replicas`, or `[name="web"]`. */
function pathStep(step: string): string {
  if (step.startsWith('f:')) return `.${step.slice(2)}`
  const keys = step
    .slice(2)
    .replace(/^\{|\}$/g, '')
    .replace(/"([^"]+)":/g, '$1=')
  return `[${keys}]`
}

/** The leaves that both own, with paths such as `.spec.replicas`. */
export function shared(a: Owned, b: Owned, path = ''): { path: string; steps: Steps }[] {
  return Object.entries(a).flatMap(([step, below]) => {
    const other = b[step]
    if (step === '.' || !isObject(below) || !isObject(other)) return []
    const here = path + pathStep(step)
    const isLeaf = Object.keys(below).length === 0 && Object.keys(other).length === 0
    if (isLeaf) return [{ path: here, steps: [step] }]
    return shared(below, other, here).map(found => ({
      path: found.path,
      steps: [step, ...found.steps],
    }))
  })
}

/** The value of an owned field in an object. */
export function valueAt(value: Json | undefined, steps: Steps): Json | undefined {
  let here = value
  for (const step of steps) {
    if (step.startsWith('f:')) here = at(here, step.slice(2))
    else if (step.startsWith('v:')) return step
    else {
      const id: unknown = JSON.parse(step.slice(2))
      const keys = isObject(id) ? Object.keys(id) : []
      here = Array.isArray(here) ? here.find(entry => stepOf(entry, keys) === step) : undefined
    }
  }
  return here
}
