// Events are stored in their core form; events.k8s.io serves the same ones under other names.
import type { JsonObject } from './json.ts'
import type { Kind } from './kinds.ts'
import { apiVersionOf } from './kinds.ts'

/** Core name, other name. @source Kubernetes v1.35, Event events.k8s.io/v1 */
const names: readonly (readonly [string, string])[] = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
  ['reportingComponent', 'reportingController'],
]

function renamed(object: JsonObject, by: ReadonlyMap<string, string>, apiVersion: string): JsonObject {
  const made: JsonObject = {}
  for (const [key, value] of Object.entries(object)) made[by.get(key) ?? key] = value
  made['apiVersion'] = apiVersion
  return made
}

const outward = new Map(names)
const inward = new Map(names.map(([core, other]) => [other, core]))

/** A stored object as this kind serves it. */
export const presented = (kind: Kind, object: JsonObject): JsonObject => (kind.form === undefined ? object : renamed(object, outward, apiVersionOf(kind)))

/** What a request to this kind means as a stored object, and under which kind it is stored. */
export function taken(kind: Kind, object: JsonObject): { kind: Kind; object: JsonObject } {
  if (kind.form === undefined) return { kind, object }
  const { form: _form, ...rest } = kind
  return { kind: { ...rest, group: '', version: 'v1' }, object: renamed(object, inward, 'v1') }
}
