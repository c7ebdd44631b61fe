// JSON patches (RFC 6902) and merge patches (RFC 7386).
import { copyOf } from '#lab/kernel/data.ts'
import { isDeepStrictEqual } from 'node:util'
import type { Json, JsonObject } from './json.ts'
import { isObject, textAt } from './json.ts'
import { badRequest, patchRejected } from '#lab/kube/messages/status.ts'

const stepsOf = (pointer: string): string[] => {
  if (pointer === '') return []
  if (!pointer.startsWith('/')) throw patchRejected()
  return pointer
    .slice(1)
    .split('/')
    .map(step => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function indexOf(step: string, end: number): number {
  if (!/^(0|[1-9]\d*)$/.test(step)) throw patchRejected()
  const index = Number(step)
  if (index > end) throw patchRejected()
  return index
}

function readAt(document: Json, steps: readonly string[]): Json {
  let here = document
  for (const step of steps) {
    if (Array.isArray(here)) here = here[indexOf(step, here.length - 1)]!
    else if (isObject(here) && Object.hasOwn(here, step)) here = here[step]!
    else throw patchRejected()
  }
  return here
}

function addAt(document: Json, steps: readonly string[], value: Json): Json {
  const last = steps.at(-1)
  if (last === undefined) return value
  const parent = readAt(document, steps.slice(0, -1))
  if (Array.isArray(parent))
    parent.splice(last === '-' ? parent.length : indexOf(last, parent.length), 0, value)
  else if (isObject(parent)) parent[last] = value
  else throw patchRejected()
  return document
}

function removeAt(document: Json, steps: readonly string[]): Json {
  const last = steps.at(-1)
  if (last === undefined) throw patchRejected()
  const parent = readAt(document, steps.slice(0, -1))
  if (Array.isArray(parent)) parent.splice(indexOf(last, parent.length - 1), 1)
  else if (isObject(parent) && Object.hasOwn(parent, last)) delete parent[last]
  else throw patchRejected()
  return document
}

function replaceAt(document: Json, steps: readonly string[], value: Json): Json {
  const last = steps.at(-1)
  if (last === undefined) return value
  readAt(document, steps)
  const parent = readAt(document, steps.slice(0, -1))
  if (Array.isArray(parent)) parent[Number(last)] = value
  else if (isObject(parent)) parent[last] = value
  return document
}

/** Applies one operation, in place, and returns the document. */
function applyOperation(document: Json, operation: JsonObject): Json {
  const path = stepsOf(textAt(operation, 'path') ?? '')
  const value = copyOf(operation['value'] ?? null)
  const from = stepsOf(textAt(operation, 'from') ?? '')
  switch (textAt(operation, 'op')) {
    case 'add':
      return addAt(document, path, value)
    case 'remove':
      return removeAt(document, path)
    case 'replace':
      return replaceAt(document, path, value)
    case 'copy':
      return addAt(document, path, copyOf(readAt(document, from)))
    case 'move': {
      const moved = readAt(document, from)
      return addAt(removeAt(document, from), path, moved)
    }
    case 'test':
      if (!isDeepStrictEqual(readAt(document, path), value)) throw patchRejected()
      return document
    case undefined:
    default:
      throw patchRejected()
  }
}

/**
 * Applies a JSON patch to a copy of a document. 422 for a failed `test` or a missing path, 400 for
 * a patch that is not a list of operations.
 */
export function applyJsonPatch(document: JsonObject, patch: Json): JsonObject {
  if (!Array.isArray(patch))
    throw badRequest('json: cannot unmarshal object into Go value of type jsonpatch.Patch')
  let made: Json = copyOf(document)
  for (const operation of patch) {
    if (!isObject(operation))
      throw badRequest('json: cannot unmarshal value into Go value of type jsonpatch.Operation')
    made = applyOperation(made, operation)
  }
  if (!isObject(made)) throw patchRejected()
  return made
}

/**
 * Applies a merge patch to a copy of a document. Null removes a member, and a list replaces the
 * whole list.
 */
export function applyMergePatch(document: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return copyOf(patch)
  const made: JsonObject = isObject(document) ? { ...document } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete made[key]
    else made[key] = applyMergePatch(made[key], value)
  }
  return made
}
