// JSON schemas of Kubernetes in the form that kubeconform downloads by default: one for each kind,
// without references, strict.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isJsonObject, type JsonObject } from '#src/model/json.ts'

interface Definition extends JsonObject {
  'x-kubernetes-group-version-kind'?: readonly { group: string; version: string; kind: string }[]
  properties?: JsonObject
}

function each(value: unknown, of: (part: unknown, key: string) => unknown): unknown {
  if (Array.isArray(value)) return value.map(part => of(part, ''))
  if (!isJsonObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, of(part, key)]))
}

/** These two accept a number or a text, and nothing else. */
const either: Readonly<Record<string, JsonObject>> = {
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': {
    oneOf: [{ type: 'string' }, { type: 'integer' }],
  },
  'io.k8s.apimachinery.pkg.api.resource.Quantity': {
    oneOf: [{ type: 'string' }, { type: 'number' }],
  },
}

/** Replaces every reference by its definition. Throws RangeError for a recursive definition. */
function whole(value: unknown, definitions: JsonObject, above: readonly string[] = []): unknown {
  const [, name] =
    /^#\/definitions\/(.+)$/.exec(String(isJsonObject(value) ? value['$ref'] : '')) ?? []
  if (name === undefined) return each(value, part => whole(part, definitions, above))
  if (above.includes(name)) throw new RangeError(`${name} leads to itself`)
  return whole(definitions[name], definitions, [...above, name])
}

/** Forbids members that the schema of an object does not know. */
function closed(value: unknown): unknown {
  const open =
    isJsonObject(value) &&
    isJsonObject(value['properties']) &&
    value['additionalProperties'] === undefined
  return each(open ? { ...value, additionalProperties: false } : value, closed)
}

/** Lets every optional member be null. */
function nullable(value: unknown, key = '', properties?: JsonObject, owner?: JsonObject): unknown {
  const needed = Array.isArray(owner?.['required']) && owner['required'].includes(key)
  return each(value, (part, member) => {
    if (member === 'type' && typeof part === 'string') return needed ? part : [part, 'null']
    if (Array.isArray(part))
      return part.map(item =>
        isJsonObject(item) ? nullable(item, member, undefined, properties) : item,
      )
    return isJsonObject(part)
      ? nullable(part, member, isJsonObject(value) ? value : undefined, properties)
      : part
  })
}

/** Names of all definitions that one of them leads to. */
function reachable(
  name: string,
  definitions: JsonObject,
  known: Set<string> = new Set(),
): ReadonlySet<string> {
  if (known.has(name)) return known
  known.add(name)
  for (const [, next = ''] of JSON.stringify(definitions[name]).matchAll(
    /"#\/definitions\/([^"]+)"/g,
  ))
    reachable(next, definitions, known)
  return known
}

/** The smallest equivalent: with references, and without null. Unpublished, and the quickest. */
function referring(name: string, definitions: JsonObject): JsonObject {
  return {
    $ref: `#/definitions/${name}`,
    definitions: Object.fromEntries(
      [...reachable(name, definitions)].map(part => [part, closed(definitions[part])]),
    ),
  }
}

type Definitions = Readonly<Record<string, Definition>>
const kindsKey = 'x-kubernetes-group-version-kind'

/** An object states its own apiVersion and kind. */
function stating(definition: Definition): Definition {
  const { [kindsKey]: kinds, properties } = definition
  const { kind, apiVersion } = properties ?? {}
  if (kinds === undefined || !isJsonObject(kind) || !isJsonObject(apiVersion)) return definition
  const versions = kinds.map(({ group, version }) =>
    group === '' ? version : `${group}/${version}`,
  )
  const names = kinds.map(({ kind }) => kind)
  return {
    ...definition,
    properties: {
      ...properties,
      apiVersion: { ...apiVersion, enum: [...new Set(versions)] },
      kind: { ...kind, enum: [...new Set(names)] },
    },
  }
}

/** The published form; undefined for a recursive definition. */
function published(name: string, all: JsonObject): JsonObject | undefined {
  let written: unknown
  try {
    written = closed(whole(all[name], all))
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
  const { properties, ...rest } = written as Definition
  return {
    type: 'object',
    additionalProperties: false,
    ...rest,
    $schema: 'http://json-schema.org/schema#',
    ...(properties && { properties: nullable(properties) }),
  }
}

/** `deployment-apps-v1.json` */
function fileOf({
  group,
  version,
  kind,
}: {
  group: string
  version: string
  kind: string
}): string {
  const suffix = group === '' ? version : `${group.split('.')[0]}-${version}`
  return `${kind.toLowerCase()}-${suffix}.json`
}

/**
 * Writes them from `swagger.json` of a version of Kubernetes. @source openapi2jsonschema 0.9.1,
 * `--kubernetes --expanded --stand-alone --strict`, which makes the published ones: identical for
 * Deployment and Service of Kubernetes 1.35, except for the order
 */
export function schemasFrom(
  swagger: string,
  folder: string,
  form: 'published' | 'referring',
): void {
  // Of its own source: its shape is known.
  const { definitions } = JSON.parse(swagger) as { definitions: Definitions }
  const all: Record<string, JsonObject> = { ...definitions, ...either }
  for (const [name, definition] of Object.entries(definitions))
    if (definition[kindsKey] !== undefined) all[name] = stating(definition)
  mkdirSync(folder, { recursive: true })
  for (const [name, { [kindsKey]: kinds = [] }] of Object.entries(definitions)) {
    const [first] = kinds
    if (first === undefined) continue
    const schema = form === 'referring' ? referring(name, all) : published(name, all)
    if (schema === undefined) continue
    const text =
      form === 'referring' ? JSON.stringify(schema) : JSON.stringify(schema, undefined, 2)
    writeFileSync(join(folder, fileOf(first)), text)
  }
}
