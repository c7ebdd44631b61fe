// Compares single values with their shapes: strings, numbers, booleans, quantities.
import { isEncoded, isQuantity, isTime, likelyQuantity } from './forms.ts'
import { orInWords, pathInWords, type Diagnostic } from './diagnostics.ts'
import type { Shape } from './packed/shape.ts'
import { suggestionsFor } from './spelling.ts'
import { pathBelow, describeValue, wrongType, type Walk } from './walk-state.ts'

const whole = /^-?(?:0|[1-9]\d{0,14})$/

function stringExpected(value: unknown, walk: Walk): void {
  const isSimple = typeof value === 'number' || typeof value === 'boolean'
  // Whether the file spells the number the same way, e.g. not 0x10, is checked with its position.
  const to = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : undefined
  const quoted = isSimple && !walk.secret ? `: "${String(value)}"` : ''
  const remedy = isSimple ? `put it in quotes${quoted}` : 'write one string there'
  wrongType(value, 'a string', walk, remedy, to)
}

function judgeEnumeration(value: string, values: readonly string[], walk: Walk): void {
  const { names, certain } = suggestionsFor(value, values)
  walk.diagnostics.push({
    code: 'schema:enum',
    path: pathBelow(walk),
    seen: describeValue(walk, value),
    expected: orInWords(values),
    remedy: names.length > 0 ? `write ${orInWords(names)}` : `choose one of ${values.join(', ')}`,
    ...(certain ? { change: { to: names[0] } } : {}),
  })
}

const wrongTime = (value: string, walk: Walk): Diagnostic => ({
  code: 'schema:format',
  path: pathBelow(walk),
  seen: describeValue(walk, value),
  expected: 'a time such as 2026-01-31T12:00:00Z (RFC 3339)',
  remedy: 'write date and time with a T between them and a time zone at the end',
})

const wrongEncoding = (walk: Walk): Diagnostic => ({
  code: 'schema:format',
  path: pathBelow(walk),
  seen: `${pathInWords(walk.path)} is a string that is not base64`,
  expected: 'base64, padded with =',
  remedy:
    walk.path[0] === 'data'
      ? 'encode the value with `base64 -w0`, or put it unencoded under `stringData`'
      : 'encode the value with `base64 -w0`',
})

const isBytes = (value: unknown): boolean =>
  Array.isArray(value) && value.every(byte => Number.isInteger(byte) && byte >= 0 && byte <= 255)

export function judgeString(value: unknown, shape: Shape & { is: 'string' }, walk: Walk): void {
  if (typeof value !== 'string') {
    // Bytes may also come as a list of numbers.
    if (shape.form === 'byte' && isBytes(value)) return
    return stringExpected(value, walk)
  }
  if (walk.lenient) return
  if (shape.oneOf !== undefined && value !== '' && !shape.oneOf.includes(value))
    judgeEnumeration(value, shape.oneOf, walk)
  if (shape.form === 'date-time' && !isTime(value)) walk.diagnostics.push(wrongTime(value, walk))
  if (shape.form === 'byte' && !isEncoded(value)) walk.diagnostics.push(wrongEncoding(walk))
}

/** @source Go's int32 and int64, the server's types; above 2^53 numbers are not exact here */
const highest = { 32: 2 ** 31 - 1, 64: Number.MAX_SAFE_INTEGER }

export function judgeInteger(value: unknown, bits: 32 | 64, walk: Walk): void {
  const wanted = 'a whole number'
  if (typeof value === 'string' && whole.test(value))
    return wrongType(value, wanted, walk, `remove the quotes: ${value}`, Number(value))
  if (typeof value !== 'number' || !Number.isInteger(value))
    return wrongType(value, wanted, walk, 'write a whole number, without quotes')
  if (bits === 32 && (value > highest[32] || value < -highest[32] - 1)) {
    walk.diagnostics.push({
      code: 'schema:range',
      path: pathBelow(walk),
      seen: describeValue(walk, value),
      expected: `at most ${highest[32]}`,
      remedy: 'write a number that fits into 32 bits',
    })
  }
}

/** Booleans of YAML 1.1. */
const yaml11: Readonly<Record<string, boolean>> = { yes: true, on: true, no: false, off: false }

export function judgeBoolean(value: unknown, walk: Walk): void {
  if (typeof value === 'boolean') return
  const said = typeof value === 'string' ? value.toLowerCase() : undefined
  if (said === 'true' || said === 'false')
    return wrongType(value, 'true or false', walk, `remove the quotes: ${said}`, said === 'true')
  // YAML 1.2 reads them as strings, kubectl as booleans.
  const old = said === undefined ? undefined : yaml11[said]
  wrongType(
    value,
    'true or false',
    walk,
    old === undefined ? 'write true or false, without quotes' : `write ${old}`,
    old,
  )
}

export function judgeQuantity(value: unknown, walk: Walk): void {
  if (typeof value === 'number') return
  if (typeof value !== 'string')
    return wrongType(
      value,
      'a quantity such as 100m, 0.5, 512Mi or 2Gi',
      walk,
      'write a number with a unit',
    )
  if (isQuantity(value)) return
  const likely = likelyQuantity(value)
  walk.diagnostics.push({
    code: 'schema:quantity',
    path: pathBelow(walk),
    seen: describeValue(walk, value),
    expected: 'a quantity such as 100m, 0.5, 512Mi or 2Gi',
    remedy:
      likely === undefined
        ? 'write a number and, without a space, one of the units m, k, M, G, T, Ki, Mi, Gi, Ti'
        : `write ${likely}, if you mean that`,
  })
}
