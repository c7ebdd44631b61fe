// Parses all of YAML with the `yaml` library.
import type { Document, Scalar } from 'yaml'
import { byteOrderMark, closeList, closeMap, openList, openMap } from './char-codes.ts'
import { yaml } from './yaml.ts'

/** Parses one document. Add `base` to its positions for offsets into the whole file. */
export function parseTree(
  text: string,
  from: number,
  to: number,
): { document: Document.Parsed; base: number } {
  const base = text.charCodeAt(from) === byteOrderMark ? from + 1 : from
  return {
    base,
    document: yaml().parseDocument(text.slice(base, to), {
      schema: 'failsafe',
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'silent',
    }),
  }
}

/** Where the text of a scalar ends, without the empty lines after a block scalar. */
export function endOfScalar(node: Scalar.Parsed, text: string, base: number): number {
  let to = base + node.range[1]
  if (node.type !== 'BLOCK_LITERAL' && node.type !== 'BLOCK_FOLDED') return to
  for (let at = to; ; to = at) {
    while (text[at - 1] === ' ') at -= 1
    if (text[at - 1] !== '\n') return to
    at -= text[at - 2] === '\r' ? 2 : 1
  }
}

/**
 * Brackets open at once, those in strings included. @source the parser needs 1 KiB of stack each
 */
const maxOpenBrackets = 10_000

/** Whether the parser would run out of stack. */
export function opensTooMany(text: string, from: number, to: number): boolean {
  let open = 0
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at)
    if (code === openList || code === openMap) open += 1
    else if ((code === closeList || code === closeMap) && open > 0) open -= 1
    if (open > maxOpenBrackets) return true
  }
  return false
}
