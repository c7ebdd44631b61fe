// The full reader: all of YAML, with the faults of a document.
import { locateInTree, type Locate, type Positions } from './positions.ts'
import { opensTooMany, parseTree } from './parse.ts'
import { TreeReader, UnreadableError } from './tree-reader.ts'
import { syntax, tooDeep, type YamlFault } from './yaml-faults.ts'

export interface TreeDocument {
  value: unknown
  from: number
  to: number
  faults: readonly YamlFault[]
  /** Finds members by path. */
  locate: Locate
}

/**
 * Reads one document of any form. It never throws: mistakes are among the faults, and `value` is
 * undefined where the document cannot be judged.
 */
export function readTree(text: string, from: number, to: number): TreeDocument {
  const positions: Positions = new Map()
  const read = contentsOf(text, from, to, positions)
  return {
    ...read,
    locate: locateInTree(positions, { key: undefined, from: read.from, to: read.to }, read.value),
  }
}

function contentsOf(
  text: string,
  from: number,
  to: number,
  positions: Positions,
): Omit<TreeDocument, 'locate'> {
  const nothing = { value: undefined, from, to }
  if (opensTooMany(text, from, to)) return { ...nothing, faults: [tooDeep(from)] }
  try {
    const { document, base } = parseTree(text, from, to)
    const [error] = document.errors
    if (error !== undefined) return { ...nothing, faults: [syntax(error, text, base)] }
    if (document.contents === null) return { ...nothing, value: null, faults: [] }
    const reader = new TreeReader(text, base, positions)
    const read = reader.read(document.contents)
    return { value: read.value, from: read.from, to: read.to, faults: reader.faults }
  } catch (error) {
    if (error instanceof UnreadableError) return { ...nothing, faults: [error.fault] }
    // Stack overflow: the parser collects all other errors.
    return { ...nothing, faults: [tooDeep(from)] }
  }
}
