// The objects of the API as plain JSON, read by path without knowing their kind.
import type { KubeObject } from '#src/model/kube.ts'

export type Json = null | boolean | number | string | Json[] | JsonObject
export interface JsonObject {
  [key: string]: Json
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value at a path of keys and indexes, or undefined if the path ends early. */
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

/** The text at a path, or undefined if there is no text. */
export function textAt(
  value: Json | undefined,
  ...path: readonly (string | number)[]
): string | undefined {
  const found = at(value, ...path)
  return typeof found === 'string' ? found : undefined
}

/** The number at a path, or undefined if there is no number. */
export function numberAt(
  value: Json | undefined,
  ...path: readonly (string | number)[]
): number | undefined {
  const found = at(value, ...path)
  return typeof found === 'number' ? found : undefined
}

/** The object at a path, or an empty one. For reading: a change of the empty one is lost. */
export function objectAt(
  value: Json | undefined,
  ...path: readonly (string | number)[]
): JsonObject {
  const found = at(value, ...path)
  return isObject(found) ? found : {}
}

/** The objects of the list at a path; empty if there is no list. */
export function listAt(
  value: Json | undefined,
  ...path: readonly (string | number)[]
): JsonObject[] {
  const found = at(value, ...path)
  return Array.isArray(found) ? found.filter(isObject) : []
}

/** The texts of the list at a path; empty if there is no list. */
export function textsAt(value: Json | undefined, ...path: readonly (string | number)[]): string[] {
  const found = at(value, ...path)
  return Array.isArray(found) ? found.filter(entry => typeof entry === 'string') : []
}

/** The members of an object at a path that are texts, such as labels. */
export function mapAt(
  value: Json | undefined,
  ...path: readonly (string | number)[]
): Record<string, string> {
  const made: Record<string, string> = {}
  for (const [key, entry] of Object.entries(objectAt(value, ...path)))
    if (typeof entry === 'string') made[key] = entry
  return made
}

/** The object under a key, for writing. Creates it if there is none. */
export function within(object: JsonObject, key: string): JsonObject {
  const found = object[key]
  if (isObject(found)) return found
  const made: JsonObject = {}
  object[key] = made
  return made
}

/** Sets a key that is missing or null. */
export function fallback(object: JsonObject, key: string, value: Json): void {
  if (object[key] === undefined || object[key] === null) object[key] = value
}

/** The members that are not undefined, in the same order. */
export function present(members: Readonly<Record<string, Json | undefined>>): JsonObject {
  const made: JsonObject = {}
  for (const [key, value] of Object.entries(members)) if (value !== undefined) made[key] = value
  return made
}

/** A stored object as JSON, not copied: for reading. */
export function asJson(object: KubeObject): JsonObject {
  // Stored objects came in as JSON. The fields of KubeObject only name a few of their members.
  return object as unknown as JsonObject
}

/** JSON as an object of the store. The caller ensures kind, apiVersion and metadata.name. */
export function asObject(json: JsonObject): KubeObject {
  // `validate` checked it.
  return json as unknown as KubeObject
}

/**
 * Removes members that are null, as the server does when it decodes a request into its types.
 * Lists keep their nulls.
 */
export function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (!isObject(value)) return value
  const made: JsonObject = {}
  for (const [key, entry] of Object.entries(value))
    if (entry !== null) made[key] = withoutNulls(entry)
  return made
}
