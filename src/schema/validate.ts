// Judges one object by the schema: is its kind served, and is it what its kind wants?
import type { Change, Manifest, Place } from '#src/model/index.ts'
import { isJsonObject } from '#src/model/json.ts'
import type { Diagnostic, SchemaNote, SchemaFinding } from './diagnostics.ts'
import { splitApiVersion, judgeKind, type KindVerdict } from './kind.ts'
import { objectName } from './rules/names.ts'
import type { Schema } from './schema.ts'
import { judge } from './walk.ts'
import type { Walk } from './walk-state.ts'

/** What is wrong with an object, and what could not be said of it. Neither list hides the other. */
export interface Validated {
  findings: readonly SchemaFinding[]
  notes: readonly SchemaNote[]
  /** Whether it belongs to a namespace; undefined where its kind is not known. */
  namespaced: boolean | undefined
}

/** Anything can stand in a file, whatever its type says: read as such. */
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
  expected: `${member}, which every object must have`,
  remedy,
})

/** Its status is the server's: it is read, and dropped where an object is applied. */
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
      expected: 'a name, which every object must have',
      remedy: 'add metadata.name',
    })
  const name = textIn(metadata, 'name')
  // A prefix for which the API makes the rest stands in the place of the name; it may end with a
  // dash.
  const misnamed =
    name === undefined || name === textIn(metadata, 'generateName')
      ? undefined
      : objectName(textIn(object, 'kind') ?? '', name, !builtIn)
  if (misnamed !== undefined)
    walk.diagnostics.push({ ...misnamed, seen: misnamed.seen('metadata.name') })
  const status = apartFromStatus(object, true)
  if (!builtIn || status === undefined) return walk.diagnostics
  const kept: Walk = { ...walk, path: [], diagnostics: [], lenient: true }
  judge(status, shape, kept)
  return [...walk.diagnostics, ...kept.diagnostics]
}

/**
 * Of a value of the wrong type nothing else is worth a word: neither what it lacks nor what is in
 * it.
 */
function withoutEchoes(found: readonly Diagnostic[]): readonly Diagnostic[] {
  if (found.length === 0) return found
  const wrong = found.filter(({ code }) => code === 'schema:type')
  if (wrong.length === 0) return found
  return found.filter(
    one =>
      !wrong.some(
        type => type !== one && type.path.every((part, index) => part === one.path[index]),
      ),
  )
}

/** The text in the file is the value itself, letter by letter: `8080`, and not `0x1F90`. */
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

/** A change of the apiVersion alone, where that is all that has to be changed. */
function move(
  { moved }: KindVerdict,
  object: unknown,
  body: readonly Diagnostic[],
): Change | undefined {
  if (moved?.replacement === undefined || body.length > 0) return undefined
  const selector =
    isJsonObject(object) && isJsonObject(object['spec']) ? object['spec']['selector'] : undefined
  // There its meaning changes with the version.
  const empty =
    !isJsonObject(selector) ||
    Object.values(selector).every(part => !isJsonObject(part) && !Array.isArray(part)) ||
    Object.values(selector).every(part => Object.keys(Object(part)).length === 0)
  return moved.remark !== undefined && empty ? undefined : { to: moved.replacement.apiVersion }
}

/**
 * Judges one object: its kind, its members, their types and values. Never throws, whatever the
 * object is. A kind without a schema is
 * a note, never a pass and never a finding. The values of a Secret are in no text that it returns.
 */
export function validate(manifest: Manifest, schema: Schema): Validated {
  const object = bare(manifest)
  const place = placeOf(object)
  const { apiVersion, kind } = place
  if (!isJsonObject(object) || apiVersion === undefined || apiVersion === '' || kind === '') {
    const found = [
      ...(apiVersion === undefined || apiVersion === ''
        ? [missing('apiVersion', 'add apiVersion, such as v1 or apps/v1')]
        : []),
      ...(kind === '' ? [missing('kind', 'add kind, such as Deployment')] : []),
    ]
    return {
      findings: found.map(({ path, ...rest }) => ({ ...rest, at: { ...place, path } })),
      notes: [],
      namespaced: undefined,
    }
  }
  const judged = judgeKind(schema, apiVersion, kind)
  const body = withoutEchoes(judgeBody(object, judged, schema))
  if (body.length + judged.diagnostics.length + judged.notes.length === 0)
    return { findings: [], notes: [], namespaced: judged.namespaced }
  const change = move(judged, object, body)
  const found = [
    ...judged.diagnostics.map(one =>
      one.code.startsWith('api:') && change !== undefined ? { ...one, change } : one,
    ),
    ...body,
  ]
  return {
    findings: found.map(one => {
      const { path, of, change: certain, ...rest } = one
      return {
        ...rest,
        at: { ...place, path, ...(of === undefined ? {} : { of }) },
        ...(certain !== undefined && asWritten(manifest, one) ? { change: certain } : {}),
      }
    }),
    notes: judged.notes.map(note => ({
      ...note,
      at: { ...place, path: splitApiVersion(apiVersion).group === '' ? ['kind'] : ['apiVersion'] },
    })),
    namespaced: judged.namespaced,
  }
}
