// JSON schemas of Kubernetes as kubeconform takes them from a folder: one for each kind, with the definitions that it needs and no others.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

interface Definition {
  'x-kubernetes-group-version-kind'?: readonly { group: string; version: string; kind: string }[]
  properties?: Record<string, unknown>
  additionalProperties?: unknown
}

/** Names of all definitions that one of them leads to. */
function reachable(name: string, definitions: Readonly<Record<string, unknown>>, known: Set<string> = new Set()): ReadonlySet<string> {
  if (known.has(name)) return known
  known.add(name)
  for (const [, next = ''] of JSON.stringify(definitions[name]).matchAll(/"#\/definitions\/([^"]+)"/g)) reachable(next, definitions, known)
  return known
}

/** Writes them from `swagger.json` of a version of Kubernetes. As with `-strict`, no object has members that its schema does not know. */
export function schemasFrom(swagger: string, folder: string): void {
  // Of its own source: its shape is known.
  const { definitions } = JSON.parse(swagger) as { definitions: Record<string, Definition> }
  mkdirSync(folder, { recursive: true })
  for (const definition of Object.values(definitions)) if (definition.properties !== undefined && definition.additionalProperties === undefined) definition.additionalProperties = false
  // A number or a text, and nothing else, stands for these two.
  Object.assign(definitions, {
    'io.k8s.apimachinery.pkg.util.intstr.IntOrString': { oneOf: [{ type: 'string' }, { type: 'integer' }] },
    'io.k8s.apimachinery.pkg.api.resource.Quantity': { oneOf: [{ type: 'string' }, { type: 'number' }] },
  })
  for (const [name, { 'x-kubernetes-group-version-kind': kinds = [] }] of Object.entries(definitions)) {
    for (const { group, version, kind } of kinds.slice(0, 1)) {
      const suffix = group === '' ? version : `${group.split('.')[0]}-${version}`
      writeFileSync(join(folder, `${kind.toLowerCase()}-${suffix}.json`), JSON.stringify({ $ref: `#/definitions/${name}`, definitions: Object.fromEntries([...reachable(name, definitions)].map(each => [each, definitions[each]])) }))
    }
  }
}
