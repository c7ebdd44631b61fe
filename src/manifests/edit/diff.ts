// Shows a change of a file as a unified diff.
import { structuredPatch, type StructuredPatchHunk } from 'diff'

/** Unchanged lines around a change. @source diff(1), unified format */
const context = 3
/**
 * Line edits after which the search for the shortest diff stops: the patch then replaces the whole
 * file. @source the search takes time that grows with the square of this number
 */
const maxEditLength = 1_000

const linesIn = (text: string): readonly string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? []

/**
 * The range of a hunk header. @source diff(1): a count of 1 is left out, and an empty range starts
 * at the line before it
 */
const rangeOf = (start: number, count: number): string =>
  count === 1 ? `${start}` : `${count === 0 ? start - 1 : start},${count}`

/** The patch that removes every line of one text and adds every line of another. */
function replacement(before: string, after: string): StructuredPatchHunk {
  const [removed, added] = [linesIn(before), linesIn(after)]
  return {
    oldStart: 1,
    oldLines: removed.length,
    newStart: 1,
    newLines: added.length,
    lines: [...removed.map(() => '-'), ...added.map(() => '+')],
  }
}

/** A hunk with the lines that a reader may see. */
function renderHunk(
  { oldStart, oldLines, newStart, newLines, lines }: StructuredPatchHunk,
  before: readonly string[],
  after: readonly string[],
): string {
  let [inBefore, inAfter] = [oldStart - 1, newStart - 1]
  const body = lines
    .map(line => line.charAt(0))
    .filter(sign => sign !== '\\')
    .map(sign => {
      const line = (sign === '+' ? after[inAfter] : before[inBefore]) ?? ''
      if (sign !== '+') inBefore += 1
      if (sign !== '-') inAfter += 1
      return `${sign}${line}${line.endsWith('\n') ? '' : '\n\\ No newline at end of file\n'}`
    })
  return `@@ -${rangeOf(oldStart, oldLines)} +${rangeOf(newStart, newLines)} @@\n${body.join('')}`
}

/**
 * A unified diff of one file with three lines of context; empty where the texts are equal. `shown`
 * holds the same texts with secrets redacted, line for line: the diff repeats those lines instead,
 * and is then for reading only.
 */
export function diffOf(
  file: string,
  before: string,
  after: string,
  shown: { before: string; after: string } = { before, after },
): string {
  if (before === after) return ''
  const patch = structuredPatch(file, file, before, after, undefined, undefined, {
    context,
    maxEditLength,
  })
  const [beforeLines, afterLines] = [linesIn(shown.before), linesIn(shown.after)]
  const hunks = (patch?.hunks ?? [replacement(before, after)]).map(hunk =>
    renderHunk(hunk, beforeLines, afterLines),
  )
  return `--- a/${file}\n+++ b/${file}\n${hunks.join('')}`
}
