// Amounts of quantities, to compare them.
import { isQuantity } from '#src/schema/forms.ts'

const units: Readonly<Record<string, number>> = {
  '': 1,
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  K: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
}

/** The amount of a quantity; undefined: it is not a quantity. */
export function amount(value: unknown): number | undefined {
  const text = typeof value === 'number' ? String(value) : value
  if (typeof text !== 'string' || !isQuantity(text)) return undefined
  // An exponent belongs to the number; every other letter belongs to the unit.
  const letter = /[eE][+-]?\d/.test(text) ? -1 : text.search(/[a-zA-Z]/)
  const factor = letter === -1 ? 1 : units[text.slice(letter)]
  return factor === undefined ? undefined : Number.parseFloat(text) * factor
}
