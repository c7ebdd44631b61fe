// Server-side apply: each field of an object belongs to the managers that applied it.
import { isDeepStrictEqual } from 'node:util'
import { copyOf } from '#lab/kernel/data.ts'
import { Refusal } from '#lab/kube/messages/status.ts'
import { dropFields, mergeConfig } from './apply-merge.ts'
import type { Json, JsonObject } from './json.ts'
import { isObject, listAt, objectAt, textAt } from './json.ts'
import {
  ownedBy,
  shared,
  valueAt,
  without,
  withoutFields,
  type Owned,
  type Steps,
} from './managed-fields.ts'

export interface Applying {
  manager: string
  /** Take fields from other managers instead of refusing. */
  force: boolean
  /** RFC 3339, for `managedFields`. */
  time: string
  apiVersion: string
}

/** A field that another manager owns with another value. */
interface Conflict {
  path: string
  steps: Steps
  owner: string
}

/**
 * Applies a configuration to the live object, or creates an object from it. Fields that this
 * manager applied before and no longer applies are removed. A field that another manager applied
 * with another value is a 409, unless `force` is set.
 */
export function applyConfig(
  live: JsonObject | undefined,
  config: JsonObject,
  applying: Applying,
): JsonObject {
  const wanted = ownedBy(config)
  const entries = listAt(live, 'metadata', 'managedFields')
  const others = entries.filter(entry => textAt(entry, 'manager') !== applying.manager)
  const mine = entries.find(entry => textAt(entry, 'manager') === applying.manager)
  const conflicts = conflictsOf(live, config, wanted, others)
  if (conflicts.length > 0 && !applying.force) throw refused(conflicts)
  const fields = conflicts.map(found => found.steps)
  const left = others.map(entry => ({
    ...entry,
    fieldsV1: withoutFields(objectAt(entry, 'fieldsV1'), fields),
  }))
  const made = copyOf(live ?? {})
  if (mine !== undefined) dropFields(made, noLongerApplied(mine, wanted, left))
  const merged = mergeConfig(made, copyOf(config))
  if (applying.manager === 'kubectl') updateLastApplied(merged, config)
  const managedFields: Json[] = [...left, entryOf(applying, wanted, mine)]
  return { ...merged, metadata: { ...objectAt(merged, 'metadata'), managedFields } }
}

function conflictsOf(
  live: JsonObject | undefined,
  config: JsonObject,
  wanted: Owned,
  others: readonly JsonObject[],
): Conflict[] {
  const differs = (steps: Steps): boolean =>
    !isDeepStrictEqual(valueAt(live, steps), valueAt(config, steps))
  return others.flatMap(entry =>
    shared(wanted, objectAt(entry, 'fieldsV1'))
      .filter(found => differs(found.steps))
      .map(found => ({ ...found, owner: ownerOf(entry) })),
  )
}

/** Fields that the manager applied before, no longer applies, and that no other manager owns. */
const noLongerApplied = (
  mine: JsonObject,
  wanted: Owned,
  others: readonly { fieldsV1: Owned }[],
): Owned =>
  others.reduce<Owned>(
    (rest, entry) => without(rest, entry.fieldsV1),
    without(objectAt(mine, 'fieldsV1'), wanted),
  )

/** The manager's entry in `managedFields`. Its time stays if it owns the same fields as before. */
function entryOf(applying: Applying, wanted: Owned, mine: JsonObject | undefined): JsonObject {
  const unchanged = mine !== undefined && isDeepStrictEqual(mine['fieldsV1'], wanted)
  return {
    manager: applying.manager,
    operation: 'Apply',
    apiVersion: applying.apiVersion,
    fieldsType: 'FieldsV1',
    fieldsV1: wanted,
    time: (unchanged ? mine['time'] : undefined) ?? applying.time,
  }
}

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

/**
 * Updates the annotation of objects that `kubectl apply` has created on the client side. @source
 * Kubernetes v1.35, managedfields: lastAppliedUpdater
 */
function updateLastApplied(object: JsonObject, config: JsonObject): void {
  const annotations = objectAt(object, 'metadata', 'annotations')
  if (annotations[lastApplied] === undefined) return
  object['metadata'] = {
    ...objectAt(object, 'metadata'),
    annotations: { ...annotations, [lastApplied]: `${JSON.stringify(inOrder(config))}\n` },
  }
}

/** The value with the members of its objects in the order of their names, as Go writes them. */
function inOrder(value: Json): Json {
  if (Array.isArray(value)) return value.map(inOrder)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, entry]) => [key, inOrder(entry)]),
  )
}

/**
 * The owner in the words of the API server: a manager that updates comes with the version that it
 * used. @source Kubernetes v1.35, managedfields: printManager
 */
function ownerOf(entry: JsonObject): string {
  const manager = textAt(entry, 'manager') ?? ''
  const subresource = textAt(entry, 'subresource')
  const part = subresource === undefined ? '' : ` with subresource "${subresource}"`
  const updates = textAt(entry, 'operation') === 'Update'
  return `"${manager}"${part}${updates ? ` using ${textAt(entry, 'apiVersion') ?? ''}` : ''}`
}

function refused(conflicts: readonly Conflict[]): Refusal {
  const causes = conflicts.map(found => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${found.owner}`,
    field: found.path,
  }))
  const count = `Apply failed with ${conflicts.length} conflict`
  if (conflicts.length === 1) {
    const [cause] = causes
    return new Refusal(409, 'Conflict', `${count}: ${cause!.message}: ${cause!.field}`, { causes })
  }
  const owners = [...new Set(causes.map(cause => cause.message))]
  const texts = owners.map(owner =>
    [
      `${owner.replace('conflict', 'conflicts')}:`,
      ...causes.filter(cause => cause.message === owner).map(cause => `- ${cause.field}`),
    ].join('\n'),
  )
  return new Refusal(409, 'Conflict', `${count}s: ${texts.join('\n')}`, { causes })
}
