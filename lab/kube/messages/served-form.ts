// The form in which stored objects are served: events.k8s.io renames the members of events, and
// most kinds have no generation.
import { isObject, type JsonObject } from '#lab/kube/patch/json.ts'
import type { Kind } from '#lab/kube/api/kinds.ts'
import { apiVersionOf } from '#lab/kube/api/kinds.ts'

/** The core name and the name in events.k8s.io. @source Kubernetes v1.35, Event events.k8s.io/v1 */
const names: readonly (readonly [string, string])[] = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
  ['reportingComponent', 'reportingController'],
]

function renamed(
  object: JsonObject,
  by: ReadonlyMap<string, string>,
  apiVersion: string,
): JsonObject {
  const made: JsonObject = {}
  for (const [key, value] of Object.entries(object)) made[by.get(key) ?? key] = value
  made['apiVersion'] = apiVersion
  return made
}

const outward = new Map(names)
const inward = new Map(names.map(([core, other]) => [other, core]))

/** Kinds that are served with a generation. @source measured on a v1.35 node */
const counted = new Set([
  'Pod',
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
  'PodDisruptionBudget',
  'Ingress',
  'NetworkPolicy',
  'EndpointSlice',
  'CustomResourceDefinition',
  'MutatingWebhookConfiguration',
  'ValidatingWebhookConfiguration',
  'PriorityClass',
])

/** Stored objects never change, so each copy without a generation is made once. */
const uncounted = new WeakMap<JsonObject, JsonObject>()

function withoutGeneration(object: JsonObject): JsonObject {
  const { metadata } = object
  if (!isObject(metadata) || metadata['generation'] === undefined) return object
  const known = uncounted.get(object)
  if (known !== undefined) return known
  const { generation: _generation, ...rest } = metadata
  const made = { ...object, metadata: rest }
  uncounted.set(object, made)
  return made
}

/** A stored object in the form that this kind serves. */
export function presented(kind: Kind, object: JsonObject): JsonObject {
  const served = kind.custom || counted.has(kind.kind) ? object : withoutGeneration(object)
  return kind.form === undefined ? served : renamed(served, outward, apiVersionOf(kind))
}

/** The object of a request in its stored form, and the kind under which it is stored. */
export function taken(kind: Kind, object: JsonObject): { kind: Kind; object: JsonObject } {
  if (kind.form === undefined) return { kind, object }
  const { form: _form, ...rest } = kind
  return { kind: { ...rest, group: '', version: 'v1' }, object: renamed(object, inward, 'v1') }
}
