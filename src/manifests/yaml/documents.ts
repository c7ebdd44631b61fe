// Splits a stream into documents without reading them.
import { byteOrderMark, carriageReturn, hash, newline, percent, space, tab } from './char-codes.ts'

/** One document of a stream, with its marker and the comments before it. */
export interface DocumentSpan {
  /** Offsets into the text of the file. */
  from: number
  to: number
  /** Its place among the documents of the file, from 0. */
  document: number
}

/** Whether a marker stands at the start of a line, followed by a blank or the end of the line. */
function isMarker(text: string, at: number, marker: '---' | '...'): boolean {
  if (!text.startsWith(marker, at)) return false
  const next = text.charCodeAt(at + 3)
  return (
    Number.isNaN(next) ||
    next === newline ||
    next === carriageReturn ||
    next === space ||
    next === tab
  )
}

/**
 * The first character, from the start of a line on, outside of comments, directives and blanks;
 * `to` where there is none.
 */
function firstContent(text: string, from: number, to: number, directives: boolean): number {
  let lineStart = true
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at)
    if (code === newline || code === carriageReturn) {
      lineStart = true
    } else if (code === hash || (directives && lineStart && code === percent)) {
      const end = text.indexOf('\n', at)
      if (end === -1 || end >= to) return to
      at = end
      lineStart = true
    } else if (code === space || code === tab || code === byteOrderMark) {
      lineStart &&= code === byteOrderMark
    } else {
      return at
    }
  }
  return to
}

/** Whether a document contains only comments, markers and blanks. */
export function isEmptyDocument(text: string, { from, to }: DocumentSpan): boolean {
  let at = firstContent(text, from, to, true)
  if (at < to && isMarker(text, at, '---')) at = firstContent(text, at + 3, to, false)
  return at >= to || (isMarker(text, at, '...') && firstContent(text, at + 3, to, false) >= to)
}

/**
 * Splits a stream at its markers, which no value can contain. Comments before a `---` belong to the
 * document after it.
 */
export function documentsIn(text: string): readonly DocumentSpan[]
/** The same; undefined where there are more than `most`. */
export function documentsIn(text: string, most: number): readonly DocumentSpan[] | undefined
export function documentsIn(text: string, most = Infinity): readonly DocumentSpan[] | undefined {
  const pieces: DocumentSpan[] = []
  let from = 0
  const close = (to: number): void => {
    if (to > from) pieces.push({ from, to, document: pieces.length })
    from = to
  }
  const markers = /^(?:---|\.\.\.)/gm
  for (let match = markers.exec(text); match !== null; match = markers.exec(text)) {
    const { index } = match
    if (pieces.length > most) return undefined
    const before = text.charCodeAt(index - 1)
    // In a regular expression, a line also begins after U+2028.
    if (index > 0 && before !== newline && before !== carriageReturn) continue
    if (isMarker(text, index, '...')) {
      const end = text.indexOf('\n', index)
      close(end === -1 ? text.length : end + 1)
    } else if (isMarker(text, index, '---') && firstContent(text, from, index, true) < index) {
      close(index)
    }
  }
  close(text.length)
  return pieces
}
