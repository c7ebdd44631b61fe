// Holds single values against their shapes: texts, numbers, yes and no, quantities.
import { isEncoded, isQuantity, isTime, likelyQuantity } from './forms.ts'
import { orInWords, pathInWords } from './diagnostics.ts'
import type { Shape } from './packed/shape.ts'
import { suggestionsFor } from './spelling.ts'
import { pathBelow, describeValue, wrongType, type Walk } from './walk-state.ts'

const whole = /^-?(?:0|[1-9]\d{0,14})$/

export function judgeString(value: unknown, shape: Shape & { is: 'string' }, walk: Walk): void {
  if (typeof value !== 'string') {
    const simple = typeof value === 'number' || typeof value === 'boolean'
    // Whether the text in the file is the same as this one, e.g. no 0x10, is checked where the file
    // is known.
    const to = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : undefined
    return wrongType(
      value,
      'a text',
      walk,
      simple
        ? `put it in quotes${walk.secret ? '' : `: "${String(value)}"`}`
        : 'write one text there',
      to,
    )
  }
  if (walk.lenient) return
  if (shape.oneOf !== undefined && value !== '' && !shape.oneOf.includes(value)) {
    const { names, certain } = suggestionsFor(value, shape.oneOf)
    walk.diagnostics.push({
      code: 'schema:enum',
      path: pathBelow(walk),
      seen: describeValue(walk, value),
      expected: orInWords(shape.oneOf),
      remedy:
        names.length > 0 ? `write ${orInWords(names)}` : `choose one of ${shape.oneOf.join(', ')}`,
      ...(certain ? { change: { to: names[0] } } : {}),
    })
  }
  if (shape.form === 'date-time' && !isTime(value)) {
    walk.diagnostics.push({
      code: 'schema:format',
      path: pathBelow(walk),
      seen: describeValue(walk, value),
      expected: 'a time such as 2026-01-31T12:00:00Z (RFC 3339)',
      remedy: 'write date and time with T between them and a zone behind them',
    })
  }
  if (shape.form === 'byte' && !isEncoded(value)) {
    walk.diagnostics.push({
      code: 'schema:format',
      path: pathBelow(walk),
      seen: `${pathInWords(walk.path)} is a text that is not base64`,
      expected: 'base64, padded with =',
      remedy:
        walk.path[0] === 'data'
          ? 'encode the value with `base64 -w0`, or put it as it is under `stringData`'
          : 'encode the value with `base64 -w0`',
    })
  }
}

/**
 * @source Go's int32 and int64, into which the API server reads it; beyond 2^53 JSON numbers of
 * this process are no longer exact
 */
const highest = { 32: 2 ** 31 - 1, 64: Number.MAX_SAFE_INTEGER }

export function judgeInteger(value: unknown, bits: 32 | 64, walk: Walk): void {
  const wanted = 'a whole number'
  if (typeof value === 'string' && whole.test(value))
    return wrongType(value, wanted, walk, `take the quotes off: ${value}`, Number(value))
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

export function judgeBoolean(value: unknown, walk: Walk): void {
  if (typeof value === 'boolean') return
  const said = typeof value === 'string' ? value.toLowerCase() : undefined
  if (said === 'true' || said === 'false')
    return wrongType(value, 'true or false', walk, `take the quotes off: ${said}`, said === 'true')
  // YAML 1.2 takes them for texts, kubectl for true and false.
  const old =
    said === 'yes' || said === 'on' ? true : said === 'no' || said === 'off' ? false : undefined
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
        : `write ${likely}, if that is what is meant`,
  })
}
