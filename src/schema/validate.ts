// Judges one object by the schema: whether its kind is served, and whether it fits its kind.
import type { Change, Manifest, Place } from '#src/model/index.ts'
import { isJsonObject, type JsonObject } from '#src/model/json.ts'
import type { Diagnostic, SchemaNote, SchemaFinding } from './diagnostics.ts'
import { splitApiVersion, judgeKind, type KindVerdict } from './kind.ts'
import { namespaceOf, objectName } from './rules/names.ts'
import type { Schema } from './schema.ts'
import { judge } from './walk.ts'
import type { Walk } from './walk-state.ts'

/** The findings of one object, and notes on what could not be judged. */
export interface Validated {
  findings: readonly SchemaFinding[]
  notes: readonly SchemaNote[]
  /** Whether its kind is namespaced; undefined for unknown kinds. */
  namespaced: boolean | undefined
}

/** The object as unknown: a file may contain anything, whatever the type of a Manifest promises. */
const bare = (manifest: Manifest): unknown => manifest.object
const textIn = (value: unknown, member: string): string | undefined => {
  const of = isJsonObject(value) ? value[member] : undefined
  return typeof of === 'string' ? of : undefined
}

function placeOf(object: unknown): Omit<Place, 'path'> {
  const metadata = isJsonObject(object) ? object['metadata'] : undefined
  const apiVersion = textIn(object, 'apiVersion')
  const namespace = textIn(metadata, 'namespace')
  return {
    ...(apiVersion === undefined ? {} : { apiVersion }),
    kind: textIn(object, 'kind') ?? '',
    ...(namespace === undefined ? {} : { namespace }),
    name: textIn(metadata, 'name') ?? textIn(metadata, 'generateName') ?? '',
  }
}

const missing = (member: string, remedy: string): Diagnostic => ({
  code: 'schema:required',
  path: [member],
  seen: `the object has no ${member}`,
  expected: `${member}, which every object needs`,
  remedy,
})

/** The status alone, or the object without it: the server decodes a status and then drops it. */
function apartFromStatus(object: Readonly<Record<string, unknown>>, status: boolean): unknown {
  if (!Object.hasOwn(object, 'status')) return status ? undefined : object
  return Object.fromEntries(
    Object.entries(object).filter(([member]) => (member === 'status') === status),
  )
}

function judgeBody(
  object: Readonly<Record<string, unknown>>,
  { shape, builtIn }: KindVerdict,
  schema: Schema,
): Diagnostic[] {
  if (shape === undefined) return []
  const secret = object['kind'] === 'Secret'
  const walk: Walk = { schema, root: shape, path: [], diagnostics: [], lenient: false, secret }
  judge(apartFromStatus(object, false), shape, walk)
  const metadata = object['metadata']
  const nameless =
    textIn(metadata, 'name') === undefined &&
    textIn(metadata, 'generateName') === undefined &&
    (!isJsonObject(metadata) || (metadata['name'] ?? null) === null)
  if (nameless && walk.diagnostics.every(({ path }) => path.join('.') !== 'metadata'))
    walk.diagnostics.push({
      code: 'schema:required',
      path: ['metadata', 'name'],
      seen: 'metadata has no name',
      expected: 'a name, which every object needs',
      remedy: 'add metadata.name',
    })
  const name = textIn(metadata, 'name')
  // A generateName takes the place of the name; it is a prefix and may end with a dash.
  const misnamed =
    name === undefined || name === textIn(metadata, 'generateName')
      ? undefined
      : objectName(textIn(object, 'kind') ?? '', name, !builtIn)
  if (misnamed !== undefined)
    walk.diagnostics.push({ ...misnamed, seen: misnamed.seen('metadata.name') })
  for (const problem of isJsonObject(metadata) ? namespaceOf(metadata) : [])
    walk.diagnostics.push({ ...problem, seen: problem.seen('metadata.namespace') })
  const status = apartFromStatus(object, true)
  if (!builtIn || status === undefined) return walk.diagnostics
  const kept: Walk = { ...walk, path: [], diagnostics: [], lenient: true }
  judge(status, shape, kept)
  return [...walk.diagnostics, ...kept.diagnostics]
}

/** Drops everything else about values of the wrong type: their members and what they lack. */
function withoutEchoes(found: readonly Diagnostic[]): readonly Diagnostic[] {
  if (found.length === 0) return found
  const wrong = found.filter(({ code, warns }) => code === 'schema:type' && warns !== true)
  if (wrong.length === 0) return found
  return found.filter(
    one =>
      !wrong.some(
        type => type !== one && type.path.every((part, index) => part === one.path[index]),
      ),
  )
}

/** Whether the file spells the value as the change does: `8080`, not `0x1F90`. */
function asWritten(manifest: Manifest, { path, change }: Diagnostic): boolean {
  if (
    change === undefined ||
    !('to' in change) ||
    typeof change.to !== 'string' ||
    !/^-?\d+$/.test(change.to)
  )
    return true
  const { from, to } = manifest.where(path)
  return to - from === change.to.length
}

/** A change of the apiVersion, where nothing else has to change. */
function move(
  { moved }: KindVerdict,
  object: unknown,
  body: readonly Diagnostic[],
): Change | undefined {
  if (moved?.replacement === undefined || body.length > 0) return undefined
  const selector =
    isJsonObject(object) && isJsonObject(object['spec']) ? object['spec']['selector'] : undefined
  // The meaning of an empty selector differs between the versions.
  const empty =
    !isJsonObject(selector) ||
    Object.values(selector).every(part => !isJsonObject(part) && !Array.isArray(part)) ||
    Object.values(selector).every(part => Object.keys(Object(part)).length === 0)
  return moved.remark !== undefined && empty ? undefined : { to: moved.replacement.apiVersion }
}

const unnamed = (place: Omit<Place, 'path'>): readonly Diagnostic[] => {
  const diagnostics: Diagnostic[] = []
  if (place.apiVersion === undefined || place.apiVersion === '')
    diagnostics.push(missing('apiVersion', 'add apiVersion, such as v1 or apps/v1'))
  if (place.kind === '') diagnostics.push(missing('kind', 'add kind, such as Deployment'))
  return diagnostics
}

const isNamed = (
  object: unknown,
  { apiVersion, kind }: Omit<Place, 'path'>,
): object is JsonObject =>
  isJsonObject(object) && apiVersion !== undefined && apiVersion !== '' && kind !== ''

/** A diagnostic at its place, with its change only where the text of the file confirms it. */
function toFinding(
  diagnostic: Diagnostic,
  manifest: Manifest,
  place: Omit<Place, 'path'>,
): SchemaFinding {
  const { path, of, change, ...rest } = diagnostic
  return {
    ...rest,
    at: { ...place, path, ...(of === undefined ? {} : { of }) },
    ...(change !== undefined && asWritten(manifest, diagnostic) ? { change } : {}),
  }
}

/**
 * Judges one object: its kind, its members, their types and values. It never throws, whatever the
 * object is. A kind without a schema is a note, never a pass and never a finding. No text that it
 * returns contains the values of a Secret.
 */
export function validate(manifest: Manifest, schema: Schema): Validated {
  const object = bare(manifest)
  const place = placeOf(object)
  const { apiVersion = '', kind } = place
  if (!isNamed(object, place)) {
    const findings = unnamed(place).map(({ path, ...rest }) => ({
      ...rest,
      at: { ...place, path },
    }))
    return { findings, notes: [], namespaced: undefined }
  }
  const judged = judgeKind(schema, apiVersion, kind)
  const all = withoutEchoes(judgeBody(object, judged, schema))
  const body = all.filter(({ warns }) => warns !== true)
  const { namespaced } = judged
  if (all.length + judged.diagnostics.length + judged.notes.length === 0)
    return { findings: [], notes: [], namespaced }
  const change = move(judged, object, body)
  const ofKind = judged.diagnostics.map(one =>
    one.code.startsWith('api:') && change !== undefined ? { ...one, change } : one,
  )
  const path = [splitApiVersion(apiVersion).group === '' ? 'kind' : 'apiVersion']
  return {
    findings: [...ofKind, ...body].map(one => toFinding(one, manifest, place)),
    notes: [
      ...judged.notes.map(note => ({ ...note, at: { ...place, path } })),
      ...all
        .filter(({ warns }) => warns === true)
        .map(({ code, path: at, seen, remedy }) => ({
          code,
          description: `${seen}: the API server takes it and warns. ${remedy}`,
          at: { ...place, path: at },
        })),
    ],
    namespaced,
  }
}
