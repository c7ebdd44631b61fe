// Schemas of custom resources, from the CustomResourceDefinitions of the same set.
import type { Manifest } from '#src/model/index.ts'
import { isJsonObject, type JsonObject } from '#src/model/json.ts'
import { listOf, objectOf, textsOf } from './packed/untyped.ts'
import { keyOf } from './packed/schema-store.ts'
import { isJudged } from './patterns.ts'
import type { CustomKind, Schema } from './schema.ts'
import type { Bound, Limits, Shape } from './packed/shape.ts'

const metadata: Shape = { is: 'ref', to: 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' }
const text: Shape = { is: 'string' }

/** Keywords of a schema that hold a number, and those that hold a boolean. */
const numbers = [
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'multipleOf',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
] as const
const flags = ['exclusiveMinimum', 'exclusiveMaximum', 'uniqueItems'] as const
const words = ['format', 'pattern'] as const
const combinations = ['allOf', 'anyOf', 'oneOf'] as const

function limitsOf(schema: JsonObject): Limits {
  const limits: { -readonly [name in keyof Limits]: Limits[name] } = {}
  for (const name of numbers) if (typeof schema[name] === 'number') limits[name] = schema[name]
  for (const name of flags) if (schema[name] === true) limits[name] = true
  for (const name of words) if (typeof schema[name] === 'string') limits[name] = schema[name]
  for (const name of combinations)
    if (Array.isArray(schema[name]))
      limits[name] = schema[name].map(part => boundOf(objectOf(part)))
  if (Array.isArray(schema['enum'])) limits.enum = schema['enum']
  if (schema['nullable'] === true) limits.nullable = true
  if (schema['default'] !== undefined) limits.default = schema['default']
  if (isJsonObject(schema['not'])) limits.not = boundOf(schema['not'])
  return limits
}

function boundOf(schema: JsonObject): Bound {
  return {
    ...limitsOf(schema),
    ...(typeof schema['type'] === 'string' ? { type: schema['type'] } : {}),
    ...(Array.isArray(schema['required']) ? { required: textsOf(schema['required']) } : {}),
    ...(isJsonObject(schema['properties'])
      ? {
          properties: Object.fromEntries(
            Object.entries(schema['properties']).map(([name, of]) => [name, boundOf(objectOf(of))]),
          ),
        }
      : {}),
    ...(isJsonObject(schema['items']) ? { items: boundOf(schema['items']) } : {}),
    ...(isJsonObject(schema['additionalProperties'])
      ? { additionalProperties: boundOf(schema['additionalProperties']) }
      : {}),
  }
}

function listShape(schema: JsonObject): Shape {
  const of = shapeOf(objectOf(schema['items']))
  if (schema['x-kubernetes-list-type'] === 'set') return { is: 'list', of, set: true }
  const keys =
    schema['x-kubernetes-list-type'] === 'map' ? textsOf(schema['x-kubernetes-list-map-keys']) : []
  if (keys.length === 0) return { is: 'list', of }
  const members = objectOf(objectOf(schema['items'])['properties'])
  return {
    is: 'list',
    of,
    keys,
    defaults: Object.fromEntries(
      keys.flatMap(key =>
        objectOf(members[key])['default'] === undefined
          ? []
          : [[key, objectOf(members[key])['default']]],
      ),
    ),
  }
}

function objectShape(schema: JsonObject, whole: boolean): Shape {
  const embedded = whole || schema['x-kubernetes-embedded-resource'] === true
  const open =
    schema['x-kubernetes-preserve-unknown-fields'] === true ||
    schema['additionalProperties'] === true
  const own = Object.entries(objectOf(schema['properties'])).map(
    ([name, of]) => [name, shapeOf(objectOf(of))] as const,
  )
  if (!embedded && isJsonObject(schema['additionalProperties']))
    return { is: 'map', of: shapeOf(schema['additionalProperties']) }
  return {
    is: 'object',
    // The metadata of every object is the same, whatever a definition says about it.
    has: Object.fromEntries<Shape>([
      ...own,
      ...(embedded
        ? ([
            ['apiVersion', text],
            ['kind', text],
            ['metadata', metadata],
          ] as const)
        : []),
    ]),
    needs: [
      ...new Set([...textsOf(schema['required']), ...(embedded ? ['apiVersion', 'kind'] : [])]),
    ].filter(member => !(whole && member === 'metadata')),
    ...(open ? { open } : {}),
  }
}

function typeShape(schema: JsonObject, whole: boolean): Shape {
  if (schema['x-kubernetes-int-or-string'] === true) return { is: 'int-or-string' }
  switch (schema['type']) {
    case 'string':
      return { is: 'string' }
    case 'integer':
      return { is: 'integer', bits: schema['format'] === 'int32' ? 32 : 64 }
    case 'number':
      return { is: 'number' }
    case 'boolean':
      return { is: 'boolean' }
    case 'array':
      return listShape(schema)
    case 'object':
      return objectShape(schema, whole)
    default:
      return schema['properties'] === undefined
        ? { is: 'any' }
        : objectShape({ ...schema, 'x-kubernetes-preserve-unknown-fields': true }, whole)
  }
}

/** The shape of a structural schema. Parts that are not structural are left open, never refused. */
function shapeOf(schema: JsonObject, whole = false): Shape {
  const limits = limitsOf(schema)
  return Object.keys(limits).length === 0
    ? typeShape(schema, whole)
    : { ...typeShape(schema, whole), limits }
}

const hasRules = (schema: unknown): boolean =>
  Array.isArray(schema)
    ? schema.some(hasRules)
    : isJsonObject(schema) &&
      Object.entries(schema).some(
        ([name, of]) =>
          (name === 'x-kubernetes-validations' && Array.isArray(of)) ||
          (name === 'pattern' && typeof of === 'string' && !isJudged(of)) ||
          hasRules(of),
      )

/** The kinds that one CustomResourceDefinition defines: one for each of its versions. */
function kindsOf(definition: JsonObject): readonly CustomKind[] {
  const spec = objectOf(definition['spec'])
  const { group } = spec
  const kind = objectOf(spec['names'])['kind']
  if (typeof group !== 'string' || typeof kind !== 'string') return []
  return listOf(spec['versions'])
    .map(objectOf)
    .flatMap((version): readonly CustomKind[] => {
      const schema = objectOf(version['schema'])['openAPIV3Schema']
      if (typeof version['name'] !== 'string') return []
      return [
        {
          group,
          kind,
          version: version['name'],
          namespaced: spec['scope'] !== 'Cluster',
          served: version['served'] !== false,
          ...(version['deprecated'] === true
            ? {
                deprecated:
                  typeof version['deprecationWarning'] === 'string'
                    ? version['deprecationWarning']
                    : `${group}/${version['name']} ${kind} is deprecated`,
              }
            : {}),
          shape: isJsonObject(schema) ? shapeOf(schema, true) : { is: 'any' },
          rules: hasRules(schema),
        },
      ]
    })
}

/**
 * The deepest schema that holdfast reads; a deeper one is not judged. @source chosen: published
 * definitions stay below 60
 */
const deepest = 200

function depth(value: unknown, level = 0): number {
  if (level > deepest || typeof value !== 'object' || value === null) return level
  let most = level
  for (const of of Object.values(value)) most = Math.max(most, depth(of, level + 1))
  return most
}

/** The schema, extended by the kinds that CustomResourceDefinitions of the set define. */
export function withCustom(schema: Schema, manifests: readonly Manifest[]): Schema {
  const definitions = manifests.filter(
    ({ object }) =>
      object.kind === 'CustomResourceDefinition' &&
      object.apiVersion === 'apiextensions.k8s.io/v1' &&
      depth(object) <= deepest,
  )
  const kinds = definitions.flatMap(({ object }) => kindsOf(objectOf(object)))
  return {
    ...schema,
    custom: new Map([
      ...schema.custom,
      ...kinds.map(kind => [keyOf(kind.group, kind.version, kind.kind), kind] as const),
    ]),
  }
}
