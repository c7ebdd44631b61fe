// How server-side apply changes an object: it merges the configuration and drops fields that the
// manager no longer applies.
import type { Json, JsonObject } from './json.ts'
import { isObject } from './json.ts'
import { stepOf, type Owned } from './managed-fields.ts'
import { listRule } from './merge-keys.ts'

/** The live object with a configuration merged into it. `path`: the fields that lead to both. */
export function mergeConfig(
  live: JsonObject,
  config: JsonObject,
  path: readonly string[] = [],
): JsonObject {
  const made: JsonObject = { ...live }
  for (const [key, value] of Object.entries(config)) {
    const before = made[key]
    if (isObject(value))
      made[key] = mergeConfig(isObject(before) ? before : {}, value, [...path, key])
    else if (Array.isArray(value))
      made[key] = mergeList(Array.isArray(before) ? before : [], value, key, path)
    else made[key] = value
  }
  return made
}

function mergeList(
  live: readonly Json[],
  config: readonly Json[],
  key: string,
  path: readonly string[],
): Json[] {
  const rule = listRule('apply', key, path)
  if (rule.kind === 'atomic') return [...config]
  if (rule.kind === 'set') return [...live, ...config.filter(entry => !live.includes(entry))]
  const made = [...live]
  for (const entry of config) {
    const step = stepOf(entry, rule.keys)
    const index = made.findIndex(other => stepOf(other, rule.keys) === step)
    const found = made[index]
    if (isObject(found) && isObject(entry)) made[index] = mergeConfig(found, entry, [...path, key])
    else made.push(entry)
  }
  return made
}

/** Removes owned fields from an object, in place. */
export function dropFields(live: JsonObject, gone: Owned, path: readonly string[] = []): void {
  for (const [step, below] of Object.entries(gone)) {
    if (!step.startsWith('f:') || !isObject(below)) continue
    const key = step.slice(2)
    const value = live[key]
    if (Object.keys(below).length === 0) delete live[key]
    else if (isObject(value)) dropFields(value, below, [...path, key])
    else if (Array.isArray(value)) live[key] = dropEntries(value, below, key, path)
  }
}

function dropEntries(
  list: readonly Json[],
  gone: Owned,
  key: string,
  path: readonly string[],
): Json[] {
  const rule = listRule('apply', key, path)
  if (rule.kind === 'set')
    return list.filter(entry => gone[`v:${JSON.stringify(entry)}`] === undefined)
  if (rule.kind === 'atomic') return [...list]
  return list.flatMap(entry => {
    const below = gone[stepOf(entry, rule.keys)]
    if (!isObject(below) || !isObject(entry)) return [entry]
    if (below['.'] !== undefined) return []
    const left = { ...entry }
    dropFields(left, below, [...path, key])
    return [left]
  })
}
