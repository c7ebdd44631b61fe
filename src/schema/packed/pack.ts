// Packs the published OpenAPI documents of several Kubernetes versions into one text. It stores a
// definition once if versions share it.
import { isJsonObject, type JsonObject } from '#src/model/json.ts'
import { listOf, objectOf, textsOf } from './untyped.ts'
import type { Head, Shape } from './shape.ts'

/** The source of one Kubernetes version. */
export interface Published {
  /** `1.35` */
  version: string
  /** The documents of `api/openapi-spec/v3`, one for each group and version. */
  documents: readonly unknown[]
  /**
   * `pkg/generated/openapi/zz_generated.openapi.go`, the only file that lists values of
   * enumerations.
   */
  generated: string
}

/**
 * Definitions whose name states their form: the documents describe them as plain strings, or not at
 * all.
 */
const byName: Readonly<Record<string, Shape>> = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': { is: 'quantity' },
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': { is: 'int-or-string' },
  'io.k8s.apimachinery.pkg.apis.meta.v1.Time': { is: 'string', form: 'date-time' },
  'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime': { is: 'string', form: 'date-time' },
  'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1': { is: 'any' },
  'io.k8s.apimachinery.pkg.runtime.RawExtension': { is: 'any' },
}

/** Values of enumerations by `group_version_Kind.member`, as the generated Go source lists them. */
export function enumerations(generated: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>()
  const parts = generated.split(/^func schema_/m).slice(1)
  for (const part of parts) {
    const name = /^(?:k8sio_api|pkg_apis)_(\w+)\(/.exec(part)?.[1]
    if (name === undefined) continue
    let member = ''
    // The generator indents members of an object with five tabs. Deeper lines belong to the member
    // above them.
    for (const line of part.split('\n')) {
      member = /^\t{5}"([^"]+)": \{$/.exec(line)?.[1] ?? member
      const values = /^\t+Enum:\s+\[\]interface\{\}\{(.*)\},$/.exec(line)?.[1]
      if (values !== undefined)
        found.set(
          `${name}.${member}`,
          [...values.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(match => match[1] ?? ''),
        )
    }
  }
  return found
}

const refOf = (schema: JsonObject): string | undefined => {
  const direct =
    schema['$ref'] ??
    listOf(schema['allOf'])
      .map(part => objectOf(part)['$ref'])
      .find(ref => ref !== undefined)
  return typeof direct === 'string' ? direct.split('/').at(-1) : undefined
}

interface Source {
  definitions: ReadonlyMap<string, JsonObject>
  enums: ReadonlyMap<string, readonly string[]>
}

function listShape(schema: JsonObject, of: Shape, source: Source): Shape {
  if (schema['x-kubernetes-list-type'] === 'set') return { is: 'list', of, set: true }
  const keys = textsOf(schema['x-kubernetes-list-map-keys'])
  if (keys.length === 0) return { is: 'list', of }
  const members = of.is === 'ref' ? objectOf(source.definitions.get(of.to)?.['properties']) : {}
  // Go writes the zero value of a type as its default: the server sets no value there.
  const defaults = Object.fromEntries(
    keys.flatMap(key => {
      const value = objectOf(members[key])['default']
      return value === undefined || value === '' || value === 0 ? [] : [[key, value]]
    }),
  )
  return { is: 'list', of, keys, ...(Object.keys(defaults).length > 0 ? { defaults } : {}) }
}

/** `enumeration`: the key under which `enums` would list the values of the member. */
function shapeOf(schema: JsonObject, source: Source, enumeration: string): Shape {
  const ref = refOf(schema)
  if (ref !== undefined) return byName[ref] ?? { is: 'ref', to: ref }
  const oneOf = source.enums.get(enumeration)
  switch (schema['type']) {
    case 'string':
      return schema['format'] === 'byte' || schema['format'] === 'date-time'
        ? { is: 'string', form: schema['format'] }
        : { is: 'string', ...(oneOf ? { oneOf } : {}) }
    case 'integer':
      return { is: 'integer', bits: schema['format'] === 'int32' ? 32 : 64 }
    case 'number':
      return { is: 'number' }
    case 'boolean':
      return { is: 'boolean' }
    case 'array':
      return listShape(schema, shapeOf(objectOf(schema['items']), source, enumeration), source)
    default:
  }
  if (isJsonObject(schema['additionalProperties']))
    return { is: 'map', of: shapeOf(schema['additionalProperties'], source, enumeration) }
  return { is: 'any' }
}

function definition(name: string, schema: JsonObject, source: Source): Shape {
  // A type without members is an empty object. `byName` lists the types that accept anything.
  if (schema['properties'] === undefined)
    return schema['type'] === 'object' && schema['additionalProperties'] === undefined
      ? { is: 'object', has: {} }
      : shapeOf(schema, source, '')
  const key = name.split('.').slice(-3).join('_')
  const has = Object.fromEntries(
    Object.entries(objectOf(schema['properties'])).map(([member, of]) => [
      member,
      shapeOf(objectOf(of), source, `${key}.${member}`),
    ]),
  )
  const needs = textsOf(schema['required'])
  return { is: 'object', has, ...(needs.length > 0 ? { needs } : {}) }
}

type KindRow = readonly [
  group: string,
  version: string,
  kind: string,
  definition: string,
  namespaced: 0 | 1,
]

/** Resources that have a path for creation: only these can appear in a manifest. */
function kindsOf(
  documents: readonly JsonObject[],
  definitions: ReadonlyMap<string, JsonObject>,
): readonly KindRow[] {
  const byKind = new Map(
    [...definitions].flatMap(([name, schema]) =>
      listOf(schema['x-kubernetes-group-version-kind']).map(
        one =>
          [
            [objectOf(one)['group'], objectOf(one)['version'], objectOf(one)['kind']].join('/'),
            name,
          ] as const,
      ),
    ),
  )
  return documents.flatMap(document =>
    Object.entries(objectOf(document['paths'])).flatMap(
      ([path, operations]): readonly KindRow[] => {
        const place = /^\/apis?\/(?:[^/]+\/)?[^/]+\/(namespaces\/\{namespace\}\/)?[a-z]+$/.exec(
          path,
        )
        const { group, version, kind } = objectOf(
          objectOf(objectOf(operations)['post'])['x-kubernetes-group-version-kind'],
        )
        const named = byKind.get([group, version, kind].join('/'))
        if (
          place === null ||
          named === undefined ||
          typeof group !== 'string' ||
          typeof version !== 'string' ||
          typeof kind !== 'string'
        )
          return []
        return [[group, version, kind, named, place[1] === undefined ? 0 : 1]]
      },
    ),
  )
}

function definitionsOf(
  documents: readonly JsonObject[],
  version: string,
): ReadonlyMap<string, JsonObject> {
  const definitions = new Map<string, JsonObject>()
  for (const document of documents) {
    for (const [name, schema] of Object.entries(
      objectOf(objectOf(document['components'])['schemas']),
    ))
      definitions.set(name, objectOf(schema))
  }
  if (definitions.size === 0)
    throw new Error(
      `the documents of Kubernetes ${version} have no definitions: ` +
        'give the folder of its source, which contains api/openapi-spec/v3',
    )
  return definitions
}

/** All definitions that a resource uses, directly or through others. */
function reached(
  kinds: readonly KindRow[],
  shapes: ReadonlyMap<string, Shape>,
): ReadonlySet<string> {
  const seen = new Set<string>()
  const visit = (shape: Shape | undefined): void => {
    if (shape === undefined) return
    if (shape.is === 'ref') {
      if (seen.has(shape.to)) return
      seen.add(shape.to)
      visit(shapes.get(shape.to))
    } else if (shape.is === 'list' || shape.is === 'map') visit(shape.of)
    else if (shape.is === 'object') Object.values(shape.has).forEach(visit)
  }
  for (const [, , , to] of kinds) visit({ is: 'ref', to })
  return seen
}

/**
 * The packed text: a head, and then one line for each definition. The versions must be in ascending
 * order.
 */
export function pack(published: readonly Published[]): string {
  const kinds = new Map<string, [...KindRow, number]>()
  const lines = new Map<string, [name: string, shape: string, versions: number]>()
  for (const [index, { version, documents, generated }] of published.entries()) {
    const bit = 2 ** index
    const read = documents.map(objectOf)
    const source = { definitions: definitionsOf(read, version), enums: enumerations(generated) }
    if (source.enums.size === 0)
      throw new Error(
        `the generated source of Kubernetes ${version} has no enumerations: ` +
          'its form has changed, and enumerations() must follow',
      )
    const shapes = new Map(
      [...source.definitions].map(([name, schema]) => [name, definition(name, schema, source)]),
    )
    const rows = kindsOf(read, source.definitions)
    for (const row of rows) {
      const key = row.join(' ')
      kinds.set(key, [...row, (kinds.get(key)?.[5] ?? 0) | bit])
    }
    for (const name of reached(rows, shapes)) {
      const shape = JSON.stringify(shapes.get(name))
      const key = `${name} ${shape}`
      lines.set(key, [name, shape, (lines.get(key)?.[2] ?? 0) | bit])
    }
  }
  const inOrder = [...lines.values()].toSorted(([a], [b]) => Number(a > b) - Number(a < b))
  const head: Head = {
    versions: published.map(({ version }) => version),
    kinds: [...kinds].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row),
    definitions: inOrder.map(([name, , versions]) => [name, versions]),
  }
  return [JSON.stringify(head), ...inOrder.map(([, shape]) => shape)].join('\n')
}
