// Objects as the API carries them: plain JSON, read by path without knowing the kind.
import type { KubeObject } from '#src/model/kube.ts'

export type Json = null | boolean | number | string | Json[] | JsonObject
export interface JsonObject {
  [key: string]: Json
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value at a path of keys and indexes, or undefined where the path ends early. */
export function at(
  value: Json | undefined,
  ...path: readonly (string | number)[]
): Json | undefined {
  let here = value
  for (const step of path) {
    if (Array.isArray(here) && typeof step === 'number') here = here[step]
    else if (isObject(here) && typeof step === 'string')
      here = Object.hasOwn(here, step) ? here[step] : undefined
    else return undefined
  }
  return here
}

export function textAt(
  value: Json | undefined,
  ...path: readonly (string | number)[]
): string | undefined {
  const found = at(value, ...path)
  return typeof found === 'string' ? found : undefined
}

export function numberAt(
  value: Json | undefined,
  ...path: readonly (string | number)[]
): number | undefined {
  const found = at(value, ...path)
  return typeof found === 'number' ? found : undefined
}

/**
 * The object at a path; an empty one where there is none. Read only: changing the empty one changes
 * nothing.
 */
export function objectAt(
  value: Json | undefined,
  ...path: readonly (string | number)[]
): JsonObject {
  const found = at(value, ...path)
  return isObject(found) ? found : {}
}

/** The objects of a list at a path; none where there is no list. */
export function listAt(
  value: Json | undefined,
  ...path: readonly (string | number)[]
): JsonObject[] {
  const found = at(value, ...path)
  return Array.isArray(found) ? found.filter(isObject) : []
}

export function textsAt(value: Json | undefined, ...path: readonly (string | number)[]): string[] {
  const found = at(value, ...path)
  return Array.isArray(found) ? found.filter(entry => typeof entry === 'string') : []
}

/** The text values of a map at a path, as labels are. */
export function mapAt(
  value: Json | undefined,
  ...path: readonly (string | number)[]
): Record<string, string> {
  const made: Record<string, string> = {}
  for (const [key, entry] of Object.entries(objectAt(value, ...path)))
    if (typeof entry === 'string') made[key] = entry
  return made
}

/** The object under a key, made where there is none: for writing. */
export function within(object: JsonObject, key: string): JsonObject {
  const found = object[key]
  if (isObject(found)) return found
  const made: JsonObject = {}
  object[key] = made
  return made
}

/** Sets a key where nothing is set. */
export function fallback(object: JsonObject, key: string, value: Json): void {
  if (object[key] === undefined || object[key] === null) object[key] = value
}

/** A stored object as JSON, not copied: for reading. */
export function asJson(object: KubeObject): JsonObject {
  // Stored objects came in as JSON; the named fields of KubeObject are a view of it.
  return object as unknown as JsonObject
}

/**
 * JSON as an object of the store. The caller has seen to it that kind, apiVersion and metadata.name
 * are there.
 */
export function asObject(json: JsonObject): KubeObject {
  // Checked by `validate` before anything is stored.
  return json as unknown as KubeObject
}

/** Takes away nulls of objects, as decoding into the server's types does; lists keep theirs. */
export function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (!isObject(value)) return value
  const made: JsonObject = {}
  for (const [key, entry] of Object.entries(value))
    if (entry !== null) made[key] = withoutNulls(entry)
  return made
}
