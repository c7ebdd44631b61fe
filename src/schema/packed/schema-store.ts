// The packed definitions, opened: each is parsed when it is first asked for.
import type { Head, Kind, Shape } from './shape.ts'

/** All packed versions. */
export interface SchemaStore {
  versions: readonly string[]
  of(version: string): Definitions
}

/** What one Kubernetes version has. */
export interface Definitions {
  version: string
  kinds: readonly Kind[]
  kind(group: string, version: string, kind: string): Kind | undefined
  /** Undefined where this version has no definition of that name. */
  definition(name: string): Shape | undefined
}

export const keyOf = (group: string, version: string, kind: string): string =>
  `${group}/${version}/${kind}`

/** Throws a SyntaxError where the text was not made by `pack`. */
export function openSchemaStore(text: string): SchemaStore {
  const lines = text.split('\n')
  const head = JSON.parse(lines[0] ?? '') as Head
  const parsed = new Map<number, Shape>()
  const shapeAt = (line: number): Shape => {
    const known = parsed.get(line)
    if (known !== undefined) return known
    // Written by pack() from a Shape, and held by a test of the packed file.
    const shape = JSON.parse(lines[line + 1] ?? '') as Shape
    parsed.set(line, shape)
    return shape
  }
  const made = new Map<string, Definitions>()
  const of = (version: string): Definitions => {
    const known = made.get(version)
    if (known !== undefined) return known
    const bit = 2 ** head.versions.indexOf(version)
    const names = new Map(
      head.definitions.flatMap(([name, versions], line) =>
        (versions & bit) === 0 ? [] : [[name, line]],
      ),
    )
    const kinds = head.kinds
      .filter(row => (row[5] & bit) !== 0)
      .map(([group, version, kind, definition, namespaced]): Kind => ({
        group,
        version,
        kind,
        definition,
        namespaced: namespaced === 1,
      }))
    const byKey = new Map(kinds.map(kind => [keyOf(kind.group, kind.version, kind.kind), kind]))
    const definitions: Definitions = {
      version,
      kinds,
      kind: (group, version, kind) => byKey.get(keyOf(group, version, kind)),
      definition(name) {
        const line = names.get(name)
        return line === undefined ? undefined : shapeAt(line)
      },
    }
    made.set(version, definitions)
    return definitions
  }
  return { versions: head.versions, of }
}
