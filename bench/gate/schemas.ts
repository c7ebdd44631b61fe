// JSON schemas of Kubernetes in the form in which kubeconform finds them where it looks by itself:
// one for each kind, whole, strict.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isJsonObject, type JsonObject } from '#src/model/json.ts'

interface Definition extends JsonObject {
  'x-kubernetes-group-version-kind'?: readonly { group: string; version: string; kind: string }[]
  properties?: JsonObject
}

const each = (value: unknown, of: (part: unknown, key: string) => unknown): unknown =>
  Array.isArray(value)
    ? value.map(part => of(part, ''))
    : isJsonObject(value)
      ? Object.fromEntries(Object.entries(value).map(([key, part]) => [key, of(part, key)]))
      : value

/** A number or a text, and nothing else, stands for these two. */
const either: Readonly<Record<string, JsonObject>> = {
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': {
    oneOf: [{ type: 'string' }, { type: 'integer' }],
  },
  'io.k8s.apimachinery.pkg.api.resource.Quantity': {
    oneOf: [{ type: 'string' }, { type: 'number' }],
  },
}

/** Every reference written out. A definition that leads to itself cannot be. */
function whole(value: unknown, definitions: JsonObject, above: readonly string[] = []): unknown {
  const [, name] =
    /^#\/definitions\/(.+)$/.exec(String(isJsonObject(value) ? value['$ref'] : '')) ?? []
  if (name === undefined) return each(value, part => whole(part, definitions, above))
  if (above.includes(name)) throw new RangeError(`${name} leads to itself`)
  return whole(definitions[name], definitions, [...above, name])
}

/** No object has members that its schema does not know. */
function closed(value: unknown): unknown {
  const open =
    isJsonObject(value) &&
    isJsonObject(value['properties']) &&
    value['additionalProperties'] === undefined
  return each(open ? { ...value, additionalProperties: false } : value, closed)
}

/** What need not be there may be null. */
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

/**
 * The same, as small as it can be said: with references, and nothing that may be null. Nobody
 * publishes them; they are the quickest.
 */
function referring(name: string, definitions: JsonObject): JsonObject {
  return {
    $ref: `#/definitions/${name}`,
    definitions: Object.fromEntries(
      [...reachable(name, definitions)].map(part => [part, closed(definitions[part])]),
    ),
  }
}

/**
 * Writes them from `swagger.json` of a version of Kubernetes. @source openapi2jsonschema 0.9.1,
 * `--kubernetes --expanded --stand-alone
 * --strict`, which makes the published ones: for Deployment and Service of Kubernetes 1.35 the
 * same, letter by letter but for the order
 */
export function schemasFrom(
  swagger: string,
  folder: string,
  form: 'published' | 'referring',
): void {
  // Of its own source: its shape is known.
  const { definitions } = JSON.parse(swagger) as { definitions: Record<string, Definition> }
  const all: Record<string, JsonObject> = { ...definitions, ...either }
  for (const [name, { 'x-kubernetes-group-version-kind': kinds, properties }] of Object.entries(
    definitions,
  )) {
    if (
      kinds === undefined ||
      !isJsonObject(properties?.['kind']) ||
      !isJsonObject(properties['apiVersion'])
    )
      continue
    const [apiVersions, names] = [
      kinds.map(({ group, version }) => (group === '' ? version : `${group}/${version}`)),
      kinds.map(({ kind }) => kind),
    ]
    all[name] = {
      ...definitions[name],
      properties: {
        ...properties,
        apiVersion: { ...properties['apiVersion'], enum: [...new Set(apiVersions)] },
        kind: { ...properties['kind'], enum: [...new Set(names)] },
      },
    }
  }
  mkdirSync(folder, { recursive: true })
  for (const [name, { 'x-kubernetes-group-version-kind': kinds = [] }] of Object.entries(
    definitions,
  )) {
    for (const { group, version, kind } of kinds.slice(0, 1)) {
      const suffix = group === '' ? version : `${group.split('.')[0]}-${version}`
      const file = join(folder, `${kind.toLowerCase()}-${suffix}.json`)
      if (form === 'referring') {
        writeFileSync(file, JSON.stringify(referring(name, all)))
        continue
      }
      let written: unknown
      try {
        written = closed(whole(all[name], all))
      } catch (error) {
        if (error instanceof RangeError) continue
        throw error
      }
      const { properties, ...rest } = written as Definition
      const schema = {
        type: 'object',
        additionalProperties: false,
        ...rest,
        $schema: 'http://json-schema.org/schema#',
        ...(properties === undefined ? {} : { properties: nullable(properties) }),
      }
      writeFileSync(file, JSON.stringify(schema, undefined, 2))
    }
  }
}
