// Makes text from a cluster safe to print and fits it into lines and columns.
import stringWidth from 'fast-string-width'

/**
 * Ranges of code points that act on a terminal, break XML or reverse a line.
 * @source XML 1.0, Char; Unicode, Bidi_Control
 */
const harmful: readonly (readonly [number, number])[] = [
  [0x00, 0x08],
  [0x0b, 0x1f],
  [0x7f, 0x9f],
  [0x200e, 0x200f],
  [0x202a, 0x202e],
  [0x2066, 0x2069],
  [0xfffe, 0xffff],
]

/** Finds the same code points and lone surrogates fast: most texts have none. */
// oxlint-disable-next-line no-control-regex -- control characters are what this looks for
const suspect =
  /[\0-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]/

/** Shows an ASCII control as its symbol from U+2400, so that readers see that there was one. */
function visible(character: string): string {
  const code = character.codePointAt(0) ?? 0
  if (!harmful.some(([first, last]) => code >= first && code <= last)) return character
  if (code === 0x7f) return '␡'
  return code < 0x20 ? String.fromCodePoint(0x2400 + code) : '\ufffd'
}

/** The text without harmful characters. Newlines and tabs stay. */
export const clean = (text: string): string =>
  suspect.test(text)
    ? Array.from(text.toWellFormed().replaceAll('\r\n', '\n'), visible).join('')
    : text

/** The text without harmful characters, on one line. */
export const oneLine = (text: string): string =>
  /\s{2}|[^\S ]|^ | $/.test(text) ? clean(text).replaceAll(/\s+/g, ' ').trim() : clean(text)

/** Whether each character takes one column: then the length is the width. */
const isPlain = (text: string): boolean => /^[ -~]*$/.test(text)

/** Columns that a text takes on a terminal: none for a combining mark, two for CJK and emoji. */
export const widthOf = (text: string): number => (isPlain(text) ? text.length : stringWidth(text))

/** Cut to `width` columns, with an ellipsis if something was cut. */
export function clip(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  if (isPlain(text)) return `${text.slice(0, Math.max(0, width - 1)).trimEnd()}…`
  let kept = ''
  let columns = 0
  // Made here: a segmenter takes as long to make as a gate takes to judge ten objects.
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    columns += widthOf(segment)
    if (columns > width - 1) break
    kept += segment
  }
  return `${kept.trimEnd()}…`
}

/** Padded to `width` columns. A longer text stays as it is. */
export const padEnd = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - widthOf(text)))
export const padStart = (text: string, width: number): string =>
  ' '.repeat(Math.max(0, width - widthOf(text))) + text

/**
 * Lines of at most `width` columns, broken at spaces. A longer word gets a line of its own. Line
 * breaks of the text stay.
 */
export function wrap(text: string, width: number): readonly string[] {
  return clean(text)
    .split('\n')
    .flatMap(line => {
      const lines: string[] = []
      let current = ''
      for (const word of line.trim().split(/\s+/)) {
        if (current !== '' && widthOf(current) + 1 + widthOf(word) > width) {
          lines.push(current)
          current = word
        } else current = current === '' ? word : `${current} ${word}`
      }
      return [...lines, current]
    })
}

/** A text that begins a sentence. */
export const capitalized = (text: string): string =>
  `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`

/** `1 clause`, `2 clauses`, `no drill`. */
export function count(amount: number, one: string, many = `${one}s`): string {
  return amount === 0 ? `no ${one}` : `${amount} ${amount === 1 ? one : many}`
}

/** `a, b and 3 more`: the first `most` items of a list. */
export function some(items: readonly string[], most: number): string {
  const rest = items.length - most
  return rest <= 0 ? items.join(', ') : `${items.slice(0, most).join(', ')} and ${rest} more`
}
