// Decodes the bytes of a file, or names the first byte that is not UTF-8.
import { isUtf8 } from 'node:buffer'
import type { ManifestProblem, Span } from '#src/model/manifest.ts'

/** A position in a file that has no text. */
export const placeAt = (line: number, column: number): Span => ({
  line,
  column,
  endLine: line,
  endColumn: column,
  from: 0,
  to: 0,
})

/** A file that cannot be judged. */
export const unreadable = (
  file: string,
  code: string,
  seen: string,
  expected: string,
  remedy: string,
  span = placeAt(1, 1),
): ManifestProblem => ({ file, span, code, kind: 'unreadable', seen, expected, remedy })

const notUtf8 = (file: string, seen: string, span?: Span): ManifestProblem =>
  unreadable(
    file,
    'not-utf8',
    seen,
    'UTF-8',
    'Save the file as UTF-8 (for instance iconv -t UTF-8); nothing in it was judged.',
    span,
  )

function firstWrong(file: string, bytes: Uint8Array): ManifestProblem {
  const newline = 10
  for (let line = 1, from = 0; from <= bytes.length; line += 1) {
    const end = bytes.indexOf(newline, from)
    const to = end === -1 ? bytes.length : end
    const part = bytes.subarray(from, to)
    if (!isUtf8(part)) {
      let good = 0
      // A character has at most four bytes: of four offsets in a row, one ends a character.
      for (let length = 1; length <= part.length; length += 1)
        if (isUtf8(part.subarray(good, length))) good = length
        else if (length - good > 4) break
      const column = new TextDecoder().decode(part.subarray(0, good)).length + 1
      return notUtf8(
        file,
        `the byte 0x${(part[good] ?? 0).toString(16).toUpperCase().padStart(2, '0')} ` +
          `at offset ${from + good}, which is not UTF-8`,
        placeAt(line, column),
      )
    }
    from = to + 1
  }
  return notUtf8(file, 'bytes that are not UTF-8')
}

/** The text of a file. It keeps its byte order mark: --fix may write the file again. */
export function textOf(
  file: string,
  bytes: Uint8Array,
): { text: string } | { problem: ManifestProblem } {
  const [first, second] = bytes
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    return { problem: notUtf8(file, 'UTF-16') }
  if (!isUtf8(bytes)) return { problem: firstWrong(file, bytes) }
  return { text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes) }
}
