// Character codes of the syntax of YAML.

/** @source ASCII */
export const [tab, newline, carriageReturn, space] = [9, 10, 13, 32] as const
export const [doubleQuote, hash, percent, quote, comma, dash, dot, colon, bar] = [
  34, 35, 37, 39, 44, 45, 46, 58, 124,
] as const
export const [openList, closeList, openMap, closeMap] = [91, 93, 123, 125] as const
/** @source Unicode: U+FEFF at the start of a text */
export const byteOrderMark = 0xfeff

/** A space, the end of a line, or the end of the text (NaN). */
export const isBlank = (code: number): boolean =>
  code === space || code === newline || code === carriageReturn || Number.isNaN(code)
