// Holds a value against its shape: members, types, enumerations, forms and the keys of lists.
import { isJsonObject } from '#src/model/json.ts'
import { orInWords, pathInWords, valueInWords } from './diagnostics.ts'
import { limitsBroken } from './rules/limits.ts'
import { rulesOf } from './rules/rules.ts'
import { judgeBoolean, judgeInteger, judgeQuantity, judgeString } from './scalars.ts'
import { versionsWithMember } from './schema.ts'
import type { Shape } from './packed/shape.ts'
import { suggestionsFor } from './spelling.ts'
import { pathBelow, wrongType, type Walk } from './walk-state.ts'

/** Judges what stands below the place where the walk is. */
function judgeBelow(part: string | number, value: unknown, shape: Shape, walk: Walk): void {
  walk.path.push(part)
  judge(value, shape, walk)
  walk.path.pop()
}

function judgeKeys(items: readonly unknown[], shape: Shape & { is: 'list' }, walk: Walk): void {
  const { keys, defaults = {} } = shape
  if ((keys === undefined && shape.set === undefined) || items.length < 2) return
  const first = new Map<string, number>()
  for (const [index, item] of items.entries()) {
    const values =
      keys === undefined
        ? [item]
        : isJsonObject(item)
          ? keys.map(key => item[key] ?? defaults[key])
          : []
    if (values.length === 0 || values.some(value => value === undefined || value === null)) continue
    const id =
      values.length === 1 && typeof values[0] === 'string' ? values[0] : JSON.stringify(values)
    const earlier = first.get(id)
    if (earlier === undefined) {
      first.set(id, index)
      continue
    }
    const named =
      keys === undefined
        ? valueInWords(item)
        : keys.map((key, at) => `${key} ${JSON.stringify(values[at])}`).join(' and ')
    const where = pathBelow(
      walk,
      index,
      ...(keys?.length === 1 && isJsonObject(item) && item[keys[0] ?? ''] !== undefined
        ? keys
        : []),
    )
    walk.diagnostics.push({
      code: 'schema:duplicate',
      path: where,
      seen: `${pathInWords(pathBelow(walk, index))} has the same ${walk.secret ? 'key' : named} as ${pathInWords(pathBelow(walk, earlier))}`,
      expected:
        keys === undefined
          ? 'each value once'
          : `${orInWords(keys).replace(' or ', ' and ')} that no other item of the list has`,
      remedy: 'take one of the two out, or tell them apart',
    })
  }
}

function judgeList(value: unknown, shape: Shape & { is: 'list' }, walk: Walk): void {
  if (!Array.isArray(value)) {
    return wrongType(
      value,
      'a list',
      walk,
      isJsonObject(value)
        ? 'begin the item with “- ”, its members indented below'
        : 'write it as an item of a list, with “- ” before it',
    )
  }
  for (let index = 0; index < value.length; index += 1) {
    const item: unknown = value[index]
    walk.path.push(index)
    // Null is taken for absent in a member, and for itself in a list.
    if (item === null && shape.of.limits?.nullable !== true)
      wrongType(item, 'an item', walk, 'write the item behind the dash, or take the dash out')
    else judge(item, shape.of, walk)
    walk.path.pop()
  }
  if (!walk.lenient) judgeKeys(value, shape, walk)
}

function judgeMap(value: unknown, of: Shape, walk: Walk): void {
  if (!isJsonObject(value)) {
    return wrongType(
      value,
      'a map of names and values',
      walk,
      Array.isArray(value)
        ? 'write `name: value` lines, without dashes'
        : 'write `name: value` lines below it',
    )
  }
  const keys = Object.keys(value)
  for (let at = 0; at < keys.length; at += 1) {
    const key = keys[at] ?? ''
    const member = value[key]
    if (member !== null && !isPlain(member, of)) judgeBelow(key, member, of, walk)
  }
}

/** Whether a value would be right under another name. */
function wouldFit(value: unknown, shape: Shape, name: string, walk: Walk): boolean {
  const trial: Walk = { ...walk, path: [...walk.path, name], diagnostics: [] }
  judge(value, shape, trial)
  return trial.diagnostics.length === 0
}

/**
 * The nearest place above, in words, whose shape has the member: it may only be indented too deep.
 */
function levelWithMember(member: string, walk: Walk): string | undefined {
  let shape: Shape | undefined = walk.root
  let nearest: string | undefined
  for (const [index, part] of walk.path.entries()) {
    while (shape?.is === 'ref') shape = walk.schema.definitions.definition(shape.to)
    if (shape?.is === 'object') {
      if (Object.hasOwn(shape.has, member)) nearest = pathInWords(walk.path.slice(0, index))
      shape = Object.hasOwn(shape.has, String(part)) ? shape.has[String(part)] : undefined
    } else shape = shape?.is === 'list' || shape?.is === 'map' ? shape.of : undefined
  }
  return nearest
}

function unknownMember(
  value: Readonly<Record<string, unknown>>,
  member: string,
  shape: Shape & { is: 'object' },
  name: string,
  walk: Walk,
): void {
  const here = pathInWords(walk.path)
  const { names, certain } = suggestionsFor(member, Object.keys(shape.has))
  const [likely] = names
  const other = versionsWithMember(walk.schema, name, member)
  const target = likely === undefined ? undefined : shape.has[likely]
  const sure =
    certain &&
    likely !== undefined &&
    target !== undefined &&
    other === undefined &&
    !Object.hasOwn(value, likely) &&
    wouldFit(value[member], target, likely, walk)
  const higher =
    likely === undefined && other === undefined ? levelWithMember(member, walk) : undefined
  const remedy =
    likely === undefined
      ? higher !== undefined
        ? `move it up to ${higher}, which has such a member`
        : other === undefined
          ? 'take it out, or move it to where it belongs'
          : 'take it out, or judge by the version that has it'
      : Object.hasOwn(value, likely)
        ? `take it out: ${likely} is there already`
        : `rename it to ${orInWords(names)}`
  walk.diagnostics.push({
    code: 'schema:unknown-field',
    path: pathBelow(walk, member),
    of: 'key',
    seen: `${here} has a member ${member}${other === undefined ? '' : `, which is there ${other}`}`,
    expected:
      name === ''
        ? 'a member of its schema'
        : `a member that ${name.split('.').at(-1)} has in Kubernetes ${walk.schema.asked}`,
    remedy,
    ...(sure ? { change: { renamed: likely } } : {}),
  })
}

/** Right at a glance: most members are, and need no place of their own then. */
const isPlain = (value: unknown, shape: Shape): boolean =>
  shape.limits === undefined &&
  ((shape.is === 'string' &&
    typeof value === 'string' &&
    shape.oneOf === undefined &&
    shape.form === undefined) ||
    (shape.is === 'boolean' && typeof value === 'boolean'))

/** The shape of a member. What every object inherits, such as toString, is no shape. */
const memberOf = ({ has }: Shape & { is: 'object' }, member: string): Shape | undefined => {
  const of = has[member]
  return of?.is === undefined ? undefined : of
}

function judgeObject(
  value: unknown,
  shape: Shape & { is: 'object' },
  name: string,
  walk: Walk,
): void {
  if (!isJsonObject(value)) {
    const members = Object.keys(shape.has).slice(0, 4).join(', ')
    return wrongType(
      value,
      `a map of members${members === '' ? '' : `, such as ${members}`}`,
      walk,
      Array.isArray(value)
        ? 'write its members without dashes'
        : 'write its members below it, indented',
    )
  }
  const members = Object.keys(value)
  for (let at = 0; at < members.length; at += 1) {
    const member = members[at] ?? ''
    const of = memberOf(shape, member)
    if (of === undefined) {
      if (shape.open === undefined) unknownMember(value, member, shape, name, walk)
    } else if (value[member] !== null && !isPlain(value[member], of))
      judgeBelow(member, value[member], of, walk)
  }
  if (walk.lenient) return
  // A built-in kind cannot tell a missing yes or no from a no.
  const { optional, judge: rule } = rulesOf(name)
  for (const member of shape.needs ?? []) {
    // The server writes it: of an object that is applied none is asked.
    if (member === 'status' && walk.path.length === 0) continue
    if (
      (Object.hasOwn(value, member) && value[member] !== null) ||
      shape.has[member]?.limits?.default !== undefined ||
      shape.has[member]?.is === 'boolean' ||
      optional?.includes(member) === true
    )
      continue
    walk.diagnostics.push({
      code: 'schema:required',
      path: pathBelow(walk, member),
      seen: `${pathInWords(walk.path)} has no ${member}`,
      expected: `${member}, which ${name === '' ? 'its schema' : name.split('.').at(-1)} must have`,
      remedy: `add ${member}`,
    })
  }
  for (const problem of rule?.(value) ?? []) {
    const path = pathBelow(walk, ...problem.path)
    walk.diagnostics.push({ ...problem, path, seen: problem.seen(pathInWords(path)) })
  }
}

/**
 * @source chosen: the deepest published definition is a tenth of it, and each level takes a frame
 * of the stack
 */
const deepest = 400

/**
 * Adds what is wrong with a value to the walk. `name`: the definition whose shape it is, where it
 * is one.
 */
export function judge(value: unknown, shape: Shape, walk: Walk, name = ''): void {
  // Deeper than any object is; only a schema of schemas would let it go on.
  if (walk.path.length > deepest) return
  if (shape.is === 'ref') {
    const of = walk.schema.definitions.definition(shape.to)
    return of === undefined ? undefined : judge(value, of, walk, shape.to)
  }
  if (shape.limits !== undefined && !limitsBroken(value, shape.limits, walk)) return
  if (value === null && shape.limits?.nullable === true) return
  switch (shape.is) {
    case 'any':
      return
    case 'string':
      return judgeString(value, shape, walk)
    case 'integer':
      return judgeInteger(value, shape.bits, walk)
    case 'number':
      return typeof value === 'number'
        ? undefined
        : wrongType(value, 'a number', walk, 'write a number, without quotes')
    case 'boolean':
      return judgeBoolean(value, walk)
    case 'quantity':
      return judgeQuantity(value, walk)
    case 'int-or-string':
      return typeof value === 'string' || (typeof value === 'number' && Number.isInteger(value))
        ? undefined
        : wrongType(value, 'a whole number or a text', walk, 'write a number or a name')
    case 'list':
      return judgeList(value, shape, walk)
    case 'map':
      return judgeMap(value, shape.of, walk)
    case 'object':
      return judgeObject(value, shape, name, walk)
    default:
      return shape satisfies never
  }
}
