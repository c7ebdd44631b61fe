// Holds a value against its shape: members, types, enumerations, forms and the keys of lists.
import type { Path } from '../words/index.ts'
import { isMembers } from '../words/members.ts'
import { orInWords, pathInWords, shown, sortOf, type Found } from './found.ts'
import { isEncoded, isQuantity, isTime, quantityMeant } from './forms.ts'
import { limitsBroken } from './limits.ts'
import { rulesOf } from './rules.ts'
import { elsewhere, type Schema } from './schema.ts'
import type { Shape } from './shape.ts'
import { meant } from './spelling.ts'

export interface Walk {
  schema: Schema
  /** The shape of the whole object: where else a member belongs. */
  root: Shape
  /** Where the walk is: one list for all of it, for most places are right and nobody asks for theirs. */
  at: (string | number)[]
  found: Found[]
  /** Types and members alone: what a server drops again is not held against what it must be. */
  lenient: boolean
  /** Values are nobody's business. */
  secret: boolean
}

/** The place of a finding: where the walk is, or below it. */
const placed = (walk: Walk, ...below: Path): Path => [...walk.at, ...below]

const tell = (walk: Walk, value: unknown): string => `${pathInWords(walk.at)} is ${walk.secret ? sortOf(value) : shown(value)}`

function wrongType(value: unknown, wanted: string, walk: Walk, remedy: string, to?: unknown): void {
  walk.found.push({ code: 'schema:type', path: placed(walk), seen: tell(walk, value), expected: wanted, remedy, ...(to === undefined ? {} : { change: { to } }) })
}

/** Judges what stands below the place where the walk is. */
function judgeBelow(part: string | number, value: unknown, shape: Shape, walk: Walk): void {
  walk.at.push(part)
  judge(value, shape, walk)
  walk.at.pop()
}

const whole = /^-?(?:0|[1-9]\d{0,14})$/

function judgeString(value: unknown, shape: Shape & { is: 'string' }, walk: Walk): void {
  if (typeof value !== 'string') {
    const simple = typeof value === 'number' || typeof value === 'boolean'
    // Whether the text in the file is the same as this one, e.g. no 0x10, is checked where the file is known.
    const to = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : undefined
    return wrongType(value, 'a text', walk, simple ? `put it in quotes${walk.secret ? '' : `: "${String(value)}"`}` : 'write one text there', to)
  }
  if (walk.lenient) return
  if (shape.oneOf !== undefined && value !== '' && !shape.oneOf.includes(value)) {
    const { names, certain } = meant(value, shape.oneOf)
    walk.found.push({
      code: 'schema:enum', path: placed(walk), seen: tell(walk, value), expected: orInWords(shape.oneOf),
      remedy: names.length > 0 ? `write ${orInWords(names)}` : `choose one of ${shape.oneOf.join(', ')}`,
      ...(certain ? { change: { to: names[0] } } : {}),
    })
  }
  if (shape.form === 'date-time' && !isTime(value)) {
    walk.found.push({ code: 'schema:format', path: placed(walk), seen: tell(walk, value), expected: 'a time such as 2026-01-31T12:00:00Z (RFC 3339)', remedy: 'write date and time with T between them and a zone behind them' })
  }
  if (shape.form === 'byte' && !isEncoded(value)) {
    walk.found.push({
      code: 'schema:format', path: placed(walk), seen: `${pathInWords(walk.at)} is a text that is not base64`, expected: 'base64, padded with =',
      remedy: walk.at[0] === 'data' ? 'encode the value with `base64 -w0`, or put it as it is under `stringData`' : 'encode the value with `base64 -w0`',
    })
  }
}

/** @source Go's int32 and int64, into which the API server reads it; beyond 2^53 JSON numbers of this process are no longer exact */
const highest = { 32: 2 ** 31 - 1, 64: Number.MAX_SAFE_INTEGER }

function judgeInteger(value: unknown, bits: 32 | 64, walk: Walk): void {
  const wanted = 'a whole number'
  if (typeof value === 'string' && whole.test(value)) return wrongType(value, wanted, walk, `take the quotes off: ${value}`, Number(value))
  if (typeof value !== 'number' || !Number.isInteger(value)) return wrongType(value, wanted, walk, 'write a whole number, without quotes')
  if (bits === 32 && (value > highest[32] || value < -highest[32] - 1)) {
    walk.found.push({ code: 'schema:range', path: placed(walk), seen: tell(walk, value), expected: `at most ${highest[32]}`, remedy: 'write a number that fits into 32 bits' })
  }
}

function judgeBoolean(value: unknown, walk: Walk): void {
  if (typeof value === 'boolean') return
  const said = typeof value === 'string' ? value.toLowerCase() : undefined
  if (said === 'true' || said === 'false') return wrongType(value, 'true or false', walk, `take the quotes off: ${said}`, said === 'true')
  // YAML 1.2 takes them for texts, kubectl for true and false.
  const old = said === 'yes' || said === 'on' ? true : said === 'no' || said === 'off' ? false : undefined
  wrongType(value, 'true or false', walk, old === undefined ? 'write true or false, without quotes' : `write ${old}`, old)
}

function judgeQuantity(value: unknown, walk: Walk): void {
  if (typeof value === 'number') return
  if (typeof value !== 'string') return wrongType(value, 'a quantity such as 100m, 0.5, 512Mi or 2Gi', walk, 'write a number with a unit')
  if (isQuantity(value)) return
  const likely = quantityMeant(value)
  walk.found.push({
    code: 'schema:quantity', path: placed(walk), seen: tell(walk, value), expected: 'a quantity such as 100m, 0.5, 512Mi or 2Gi',
    remedy: likely === undefined ? 'write a number and, without a space, one of the units m, k, M, G, T, Ki, Mi, Gi, Ti' : `write ${likely}, if that is what is meant`,
  })
}

function judgeKeys(items: readonly unknown[], shape: Shape & { is: 'list' }, walk: Walk): void {
  const { keys, defaults = {} } = shape
  if ((keys === undefined && shape.set === undefined) || items.length < 2) return
  const first = new Map<string, number>()
  for (const [index, item] of items.entries()) {
    const values = keys === undefined ? [item] : isMembers(item) ? keys.map(key => item[key] ?? defaults[key]) : []
    if (values.length === 0 || values.some(value => value === undefined || value === null)) continue
    const id = values.length === 1 && typeof values[0] === 'string' ? values[0] : JSON.stringify(values)
    const earlier = first.get(id)
    if (earlier === undefined) {
      first.set(id, index)
      continue
    }
    const named = keys === undefined ? shown(item) : keys.map((key, at) => `${key} ${JSON.stringify(values[at])}`).join(' and ')
    const where = placed(walk, index, ...(keys?.length === 1 && isMembers(item) && item[keys[0] ?? ''] !== undefined ? keys : []))
    walk.found.push({
      code: 'schema:duplicate', path: where, seen: `${pathInWords(placed(walk, index))} has the same ${walk.secret ? 'key' : named} as ${pathInWords(placed(walk, earlier))}`,
      expected: keys === undefined ? 'each value once' : `${orInWords(keys).replace(' or ', ' and ')} that no other item of the list has`,
      remedy: 'take one of the two out, or tell them apart',
    })
  }
}

function judgeList(value: unknown, shape: Shape & { is: 'list' }, walk: Walk): void {
  if (!Array.isArray(value)) {
    return wrongType(value, 'a list', walk, isMembers(value) ? 'begin the item with “- ”, its members indented below' : 'write it as an item of a list, with “- ” before it')
  }
  for (let index = 0; index < value.length; index += 1) {
    const item: unknown = value[index]
    walk.at.push(index)
    // Null is taken for absent in a member, and for itself in a list.
    if (item === null && shape.of.limits?.nullable !== true) wrongType(item, 'an item', walk, 'write the item behind the dash, or take the dash out')
    else judge(item, shape.of, walk)
    walk.at.pop()
  }
  if (!walk.lenient) judgeKeys(value, shape, walk)
}

function judgeMap(value: unknown, of: Shape, walk: Walk): void {
  if (!isMembers(value)) {
    return wrongType(value, 'a map of names and values', walk, Array.isArray(value) ? 'write `name: value` lines, without dashes' : 'write `name: value` lines below it')
  }
  const keys = Object.keys(value)
  for (let at = 0; at < keys.length; at += 1) {
    const key = keys[at] ?? ''
    const member = value[key]
    if (member !== null && !isPlain(member, of)) judgeBelow(key, member, of, walk)
  }
}

/** Whether a value would be right under another name. */
function fits(value: unknown, shape: Shape, name: string, walk: Walk): boolean {
  const trial: Walk = { ...walk, at: [...walk.at, name], found: [] }
  judge(value, shape, trial)
  return trial.found.length === 0
}

/** The nearest place above, in words, whose shape has the member: it may only be indented too deep. */
function above(member: string, walk: Walk): string | undefined {
  let shape: Shape | undefined = walk.root
  let nearest: string | undefined
  for (const [index, part] of walk.at.entries()) {
    while (shape?.is === 'ref') shape = walk.schema.definitions.definition(shape.to)
    if (shape?.is === 'object') {
      if (Object.hasOwn(shape.has, member)) nearest = pathInWords(walk.at.slice(0, index))
      shape = Object.hasOwn(shape.has, String(part)) ? shape.has[String(part)] : undefined
    } else shape = shape?.is === 'list' || shape?.is === 'map' ? shape.of : undefined
  }
  return nearest
}

function unknownMember(value: Readonly<Record<string, unknown>>, member: string, shape: Shape & { is: 'object' }, name: string, walk: Walk): void {
  const here = pathInWords(walk.at)
  const { names, certain } = meant(member, Object.keys(shape.has))
  const [likely] = names
  const other = elsewhere(walk.schema, name, member)
  const target = likely === undefined ? undefined : shape.has[likely]
  const sure = certain && likely !== undefined && target !== undefined && other === undefined && !Object.hasOwn(value, likely) && fits(value[member], target, likely, walk)
  const higher = likely === undefined && other === undefined ? above(member, walk) : undefined
  const remedy = likely === undefined
    ? higher !== undefined ? `move it up to ${higher}, which has such a member`
      : other === undefined ? 'take it out, or move it to where it belongs' : 'take it out, or judge by the version that has it'
    : Object.hasOwn(value, likely) ? `take it out: ${likely} is there already` : `rename it to ${orInWords(names)}`
  walk.found.push({
    code: 'schema:unknown-field', path: placed(walk, member), of: 'key', seen: `${here} has a member ${member}${other === undefined ? '' : `, which is there ${other}`}`,
    expected: name === '' ? 'a member of its schema' : `a member that ${name.split('.').at(-1)} has in Kubernetes ${walk.schema.asked}`, remedy, ...(sure ? { change: { renamed: likely } } : {}),
  })
}

/** Right at a glance: most members are, and need no place of their own then. */
const isPlain = (value: unknown, shape: Shape): boolean =>
  shape.limits === undefined && ((shape.is === 'string' && typeof value === 'string' && shape.oneOf === undefined && shape.form === undefined) || (shape.is === 'boolean' && typeof value === 'boolean'))

/** The shape of a member. What every object inherits, such as toString, is no shape. */
const memberOf = ({ has }: Shape & { is: 'object' }, member: string): Shape | undefined => {
  const of = has[member]
  return of?.is === undefined ? undefined : of
}

function judgeObject(value: unknown, shape: Shape & { is: 'object' }, name: string, walk: Walk): void {
  if (!isMembers(value)) {
    const members = Object.keys(shape.has).slice(0, 4).join(', ')
    return wrongType(value, `a map of members${members === '' ? '' : `, such as ${members}`}`, walk, Array.isArray(value) ? 'write its members without dashes' : 'write its members below it, indented')
  }
  const members = Object.keys(value)
  for (let at = 0; at < members.length; at += 1) {
    const member = members[at] ?? ''
    const of = memberOf(shape, member)
    if (of === undefined) {
      if (shape.open === undefined) unknownMember(value, member, shape, name, walk)
    } else if (value[member] !== null && !isPlain(value[member], of)) judgeBelow(member, value[member], of, walk)
  }
  if (walk.lenient) return
  // A built-in kind cannot tell a missing yes or no from a no.
  const { optional, judge: rule } = rulesOf(name)
  for (const member of shape.needs ?? []) {
    // The server writes it: of an object that is applied none is asked.
    if (member === 'status' && walk.at.length === 0) continue
    if ((Object.hasOwn(value, member) && value[member] !== null) || shape.has[member]?.limits?.default !== undefined || shape.has[member]?.is === 'boolean' || optional?.includes(member) === true) continue
    walk.found.push({ code: 'schema:required', path: placed(walk, member), seen: `${pathInWords(walk.at)} has no ${member}`, expected: `${member}, which ${name === '' ? 'its schema' : name.split('.').at(-1)} must have`, remedy: `add ${member}` })
  }
  for (const problem of rule?.(value) ?? []) {
    const path = placed(walk, ...problem.path)
    walk.found.push({ ...problem, path, seen: problem.seen(pathInWords(path)) })
  }
}

/** @source chosen: the deepest published definition is a tenth of it, and each level takes a frame of the stack */
const deepest = 400

/** Adds what is wrong with a value to the walk. `name`: the definition whose shape it is, where it is one. */
export function judge(value: unknown, shape: Shape, walk: Walk, name = ''): void {
  // Deeper than any object is; only a schema of schemas would let it go on.
  if (walk.at.length > deepest) return
  if (shape.is === 'ref') {
    const of = walk.schema.definitions.definition(shape.to)
    return of === undefined ? undefined : judge(value, of, walk, shape.to)
  }
  if (shape.limits !== undefined && !limitsBroken(value, shape.limits, walk)) return
  if (value === null && shape.limits?.nullable === true) return
  switch (shape.is) {
    case 'any': return
    case 'string': return judgeString(value, shape, walk)
    case 'integer': return judgeInteger(value, shape.bits, walk)
    case 'number': return typeof value === 'number' ? undefined : wrongType(value, 'a number', walk, 'write a number, without quotes')
    case 'boolean': return judgeBoolean(value, walk)
    case 'quantity': return judgeQuantity(value, walk)
    case 'int-or-string': return typeof value === 'string' || (typeof value === 'number' && Number.isInteger(value)) ? undefined : wrongType(value, 'a whole number or a text', walk, 'write a number or a name')
    case 'list': return judgeList(value, shape, walk)
    case 'map': return judgeMap(value, shape.of, walk)
    case 'object': return judgeObject(value, shape, name, walk)
    default: return shape satisfies never
  }
}
