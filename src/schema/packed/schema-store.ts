// Opens the packed definitions, and parses each one on first use.
import type { Head, Kind, Shape } from './shape.ts'

/** All packed versions. */
export interface SchemaStore {
  versions: readonly string[]
  of(version: string): Definitions
}

/** The definitions and kinds of one Kubernetes version. */
export interface Definitions {
  version: string
  kinds: readonly Kind[]
  kind(group: string, version: string, kind: string): Kind | undefined
  /** Undefined: this version has no definition of that name. */
  definition(name: string): Shape | undefined
}

export const keyOf = (group: string, version: string, kind: string): string =>
  `${group}/${version}/${kind}`

/**
 * The definitions of one version. `shapeAt`: parses a line, once for all versions that share it.
 */
function definitionsOf(head: Head, version: string, shapeAt: (line: number) => Shape): Definitions {
  const bit = 2 ** head.versions.indexOf(version)
  const lines = new Map(
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
  return {
    version,
    kinds,
    kind: (group, version, kind) => byKey.get(keyOf(group, version, kind)),
    definition(name) {
      const line = lines.get(name)
      return line === undefined ? undefined : shapeAt(line)
    },
  }
}

/** Computes the value of each key once. */
function once<K, V>(compute: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>()
  return key => {
    const found = known.get(key)
    if (found !== undefined) return found
    const value = compute(key)
    known.set(key, value)
    return value
  }
}

/** Opens a text that `pack` wrote. Throws a SyntaxError for any other text. */
export function openSchemaStore(text: string): SchemaStore {
  const lines = text.split('\n')
  const head = JSON.parse(lines[0] ?? '') as Head
  // pack() wrote the line from a Shape, and a test checks the packed file.
  const shapeAt = once((line: number) => JSON.parse(lines[line + 1] ?? '') as Shape)
  return {
    versions: head.versions,
    of: once(version => definitionsOf(head, version, shapeAt)),
  }
}
