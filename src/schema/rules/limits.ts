// The limits that a CustomResourceDefinition sets: ranges, lengths, patterns, formats and
// combinations.
import { isDeepStrictEqual } from 'node:util'
import type { Path } from '#src/model/index.ts'
import { isJsonObject } from '#src/model/json.ts'
import {
  orInWords,
  pathInWords,
  valueInWords,
  typeInWords,
  type Diagnostic,
} from '#src/schema/diagnostics.ts'
import { isEncoded, isTime } from '#src/schema/forms.ts'
import { matches } from '#src/schema/patterns.ts'
import type { Bound, Limits } from '#src/schema/packed/shape.ts'
import { suggestionsFor } from '#src/schema/spelling.ts'

interface Broken {
  code: string
  expected: string
  remedy: string
  change?: { to: unknown }
}

const range = (expected: string, remedy: string): Broken => ({
  code: 'schema:range',
  expected,
  remedy,
})
const count = (number: number, one: string, many: string): string =>
  `${number} ${number === 1 ? one : many}`

/** Letters as Go counts them. */
const letters = (text: string): number => Array.from(text).length

const amount = /(?:\d+(?:\.\d*)?|\.\d+)\s*/.source
/** A duration of Go, with spaces and words as users write them. */
const duration = new RegExp(`^[+-]?${amount}(?:µs|[a-z]+)(?:\\s*${amount}[a-zµ]+)*$`, 'i')

const formats: ReadonlyMap<string, { is: (text: string) => boolean; called: string }> = new Map(
  Object.entries({
    'date-time': { is: isTime, called: 'a time such as 2026-01-31T12:00:00Z (RFC 3339)' },
    date: {
      is: text => /^\d{4}-\d{2}-\d{2}$/.test(text) && isTime(`${text}T00:00:00Z`),
      called: 'a day such as 2026-01-31',
    },
    byte: { is: isEncoded, called: 'base64' },
    ipv4: {
      is: text => /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.|$)){4}$/.test(text) && !text.endsWith('.'),
      called: 'an IPv4 address',
    },
    uuid: {
      is: text => /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(text),
      called: 'a UUID',
    },
    duration: {
      is: text => duration.test(text) || text === '0',
      called: 'a duration such as 90s or 1h30m',
    },
  }),
)

function ofText(value: string, limits: Limits): readonly Broken[] {
  const broken: Broken[] = []
  const length = letters(value)
  if (limits.minLength !== undefined && length < limits.minLength)
    broken.push(
      range(`at least ${count(limits.minLength, 'letter', 'letters')}`, 'write a longer text'),
    )
  if (limits.maxLength !== undefined && length > limits.maxLength)
    broken.push(
      range(`at most ${count(limits.maxLength, 'letter', 'letters')}`, 'write a shorter text'),
    )
  if (limits.pattern !== undefined && matches(limits.pattern, value) === false)
    broken.push({
      code: 'schema:format',
      expected: `a text that matches ${limits.pattern}`,
      remedy: 'write it in that form',
    })
  const format = formats.get(limits.format ?? '')
  if (format?.is(value) === false)
    broken.push({ code: 'schema:format', expected: format.called, remedy: 'write it in that form' })
  return broken
}

function ofNumber(value: number, limits: Limits): readonly Broken[] {
  const broken: Broken[] = []
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = limits
  if (
    minimum !== undefined &&
    (value < minimum || (exclusiveMinimum === true && value === minimum))
  )
    broken.push(
      range(
        exclusiveMinimum === true ? `more than ${minimum}` : `at least ${minimum}`,
        'write a larger number',
      ),
    )
  if (
    maximum !== undefined &&
    (value > maximum || (exclusiveMaximum === true && value === maximum))
  )
    broken.push(
      range(
        exclusiveMaximum === true ? `less than ${maximum}` : `at most ${maximum}`,
        'write a smaller number',
      ),
    )
  // A quotient may differ from a whole number by the error of floating point. @source IEEE 754:
  // doubles have 15 certain digits
  if (
    multipleOf !== undefined &&
    multipleOf > 0 &&
    Math.abs(value / multipleOf - Math.round(value / multipleOf)) > 1e-9
  )
    broken.push(range(`a multiple of ${multipleOf}`, 'write such a number'))
  return broken
}

function ofMany(
  size: number,
  least: number | undefined,
  most: number | undefined,
  one: string,
  many: string,
): readonly Broken[] {
  return [
    ...(least !== undefined && size < least
      ? [range(`at least ${count(least, one, many)}`, `add ${count(least - size, one, many)}`)]
      : []),
    ...(most !== undefined && size > most
      ? [range(`at most ${count(most, one, many)}`, `take ${count(size - most, one, many)} out`)]
      : []),
  ]
}

const types: ReadonlyMap<string, (value: unknown) => boolean> = new Map<
  string,
  (value: unknown) => boolean
>(
  Object.entries({
    string: (value: unknown) => typeof value === 'string',
    boolean: (value: unknown) => typeof value === 'boolean',
    number: (value: unknown) => typeof value === 'number',
    integer: (value: unknown) => typeof value === 'number' && Number.isInteger(value),
    array: Array.isArray,
    object: isJsonObject,
  }),
)

/** Whether a value and everything in it meets a bound. */
function keeps(value: unknown, bound: Bound): boolean {
  if (
    bound.type !== undefined &&
    types.get(bound.type)?.(value) === false &&
    !(value === null && bound.nullable === true)
  )
    return false
  if (brokenBy(value, bound).length > 0) return false
  if (Array.isArray(value))
    return bound.items === undefined || value.every(item => keeps(item, bound.items ?? {}))
  if (!isJsonObject(value)) return true
  if (bound.required?.some(member => !Object.hasOwn(value, member)) === true) return false
  const { properties = {}, additionalProperties } = bound
  return Object.entries(value).every(([member, of]) => {
    const its = Object.hasOwn(properties, member) ? properties[member] : additionalProperties
    return its === undefined || keeps(of, its)
  })
}

const needsOf = (bound: Bound): string =>
  bound.required === undefined ? '' : bound.required.join(' and ')

function ofCombinations(value: unknown, limits: Limits): readonly Broken[] {
  const broken: Broken[] = []
  const said = (bounds: readonly Bound[]): string =>
    bounds.every(bound => needsOf(bound) !== '') ? `: ${orInWords(bounds.map(needsOf))}` : ''
  if (limits.allOf?.every(bound => keeps(value, bound)) === false)
    broken.push({
      code: 'schema:rule',
      expected: 'what all parts of its schema (allOf) ask for',
      remedy: 'see the schema in the CustomResourceDefinition',
    })
  if (limits.anyOf?.some(bound => keeps(value, bound)) === false)
    broken.push({
      code: 'schema:rule',
      expected: `what at least one part of its schema (anyOf) asks for${said(limits.anyOf)}`,
      remedy: 'see the schema in the CustomResourceDefinition',
    })
  if (limits.oneOf !== undefined && limits.oneOf.filter(bound => keeps(value, bound)).length !== 1)
    broken.push({
      code: 'schema:rule',
      expected: `what exactly one part of its schema (oneOf) asks for${said(limits.oneOf)}`,
      remedy: 'see the schema in the CustomResourceDefinition',
    })
  if (limits.not !== undefined && keeps(value, limits.not))
    broken.push({
      code: 'schema:rule',
      expected: 'what its schema does not rule out (not)',
      remedy: 'see the schema in the CustomResourceDefinition',
    })
  return broken
}

function notInEnum(value: unknown, allowed: readonly unknown[]): Broken {
  const texts = allowed.filter(one => typeof one === 'string')
  const { names, certain } =
    typeof value === 'string' ? suggestionsFor(value, texts) : { names: [], certain: false }
  const broken: Broken = {
    code: 'schema:enum',
    expected: orInWords(allowed.map(one => (typeof one === 'string' ? one : JSON.stringify(one)))),
    remedy: names.length > 0 ? `write ${orInWords(names)}` : 'choose one of them',
  }
  return certain ? { ...broken, change: { to: names[0] } } : broken
}

function ofList(value: readonly unknown[], limits: Limits): readonly Broken[] {
  const broken = [...ofMany(value.length, limits.minItems, limits.maxItems, 'item', 'items')]
  if (limits.uniqueItems !== true) return broken
  if (new Set(value.map(item => JSON.stringify(item))).size < value.length)
    broken.push({
      code: 'schema:duplicate',
      expected: 'each item once',
      remedy: 'remove the duplicates',
    })
  return broken
}

function brokenBy(value: unknown, limits: Limits): readonly Broken[] {
  if (value === null && (limits.nullable === true || limits.default !== undefined)) return []
  const broken: Broken[] = []
  if (limits.enum?.some(one => isDeepStrictEqual(one, value)) === false)
    broken.push(notInEnum(value, limits.enum))
  if (typeof value === 'string') broken.push(...ofText(value, limits))
  if (typeof value === 'number') broken.push(...ofNumber(value, limits))
  if (Array.isArray(value)) broken.push(...ofList(value, limits))
  if (isJsonObject(value))
    broken.push(
      ...ofMany(
        Object.keys(value).length,
        limits.minProperties,
        limits.maxProperties,
        'member',
        'members',
      ),
    )
  return [...broken, ...ofCombinations(value, limits)]
}

/** Adds the limits that a value breaks. True if its type is worth judging, too. */
export function limitsBroken(
  value: unknown,
  limits: Limits,
  { path, diagnostics, secret }: { path: Path; diagnostics: Diagnostic[]; secret: boolean },
): boolean {
  const broken = brokenBy(value, limits)
  if (broken.length === 0) return true
  const seen = `${pathInWords(path)} is ${secret ? typeInWords(value) : valueInWords(value)}`
  diagnostics.push(...broken.map(one => ({ ...one, path: [...path], seen })))
  return !broken.some(({ code }) => code === 'schema:enum')
}
