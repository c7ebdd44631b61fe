// Converts offsets of a text into lines and columns.
import type { Span } from '#src/model/manifest.ts'

/** The lines of one text. */
export interface Lines {
  readonly text: string
  /** The span between two offsets. */
  span(from: number, to: number): Span
}

/** Where the lines of a text begin: after `\n`, and after an `\r` that stands alone. */
function startsOf(text: string): readonly number[] {
  const starts = [0]
  if (!text.includes('\r')) {
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1))
      starts.push(at + 1)
    return starts
  }
  for (const { index } of text.matchAll(/\n|\r(?!\n)/g)) starts.push(index + 1)
  return starts
}

/** The lines of a text; counted on the first call of `span`. */
export function linesOf(text: string): Lines {
  let starts: readonly number[] | undefined
  const lineAt = (offset: number): number => {
    starts ??= startsOf(text)
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return low
  }
  return {
    text,
    span(from, to) {
      const line = lineAt(from)
      const endLine = lineAt(to)
      return {
        line: line + 1,
        column: from - (starts?.[line] ?? 0) + 1,
        endLine: endLine + 1,
        endColumn: to - (starts?.[endLine] ?? 0) + 1,
        from,
        to,
      }
    },
  }
}
