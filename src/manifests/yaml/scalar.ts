// The value of a plain scalar as kubectl reads it: partly YAML 1.1, partly 1.2.

const words = new Map<string, boolean | null>([
  ...['', '~', 'null', 'Null', 'NULL'].map(word => [word, null] as const),
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map(
    word => [word, true] as const,
  ),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map(
    word => [word, false] as const,
  ),
])

const decimal = /^[-+]?(?:0|[1-9]\d*)$/
const octal = /^([-+]?)0[oO]?([0-7]+)$/
const based = /^([-+]?)(0[xX][\da-fA-F]+|0[bB][01]+)$/
const float = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/

const signed = (sign: string | undefined, size: number): number =>
  sign === '-' && size !== 0 ? -size : size

function numberOf(text: string): number | undefined {
  const plain = text.includes('_') ? text.replaceAll('_', '') : text
  if (decimal.test(plain)) return Number(plain) + 0
  const eight = octal.exec(plain)
  if (eight !== null) return signed(eight[1], Number.parseInt(eight[2] ?? '', 8))
  const other = based.exec(plain)
  if (other !== null) return signed(other[1], Number(other[2]))
  if (!float.test(plain)) return undefined
  const number = Number(plain)
  return Number.isFinite(number) ? number + 0 : undefined
}

/**
 * The value of a plain scalar: null, a boolean, a number, or the text itself. @source kubectl
 * v1.35, which reads `0644` as 420, `no` as false, `1_000` as 1000 and dates as strings
 */
export function plainValue(text: string): string | number | boolean | null {
  const first = text.charCodeAt(0)
  // Only short texts are words; only digits, signs and points begin numbers.
  if (text.length <= 5) {
    const word = words.get(text)
    if (word !== undefined) return word
  }
  if ((first >= 48 && first <= 57) || first === 43 || first === 45 || first === 46)
    return numberOf(text) ?? text
  return text
}

/** Numbers that JSON, and therefore the API, cannot represent. */
export const isNoNumber = (text: string): boolean =>
  text.length <= 5 && /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/.test(text)
