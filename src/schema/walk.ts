// Compares a value with its shape: members, types, enumerations, forms and the keys of lists.
import { isJsonObject } from '#src/model/json.ts'
import { pathInWords } from './diagnostics.ts'
import { judgeKeys } from './list-keys.ts'
import { limitsBroken } from './rules/limits.ts'
import { rulesOf } from './rules/rules.ts'
import { judgeBoolean, judgeInteger, judgeQuantity, judgeString } from './scalars.ts'
import type { Shape } from './packed/shape.ts'
import { unknownMember } from './unknown-member.ts'
import { pathBelow, wrongType, type Walk } from './walk-state.ts'

const noMembers: readonly string[] = []

/** Judges a member or element of the current value. */
function judgeBelow(part: string | number, value: unknown, shape: Shape, walk: Walk): void {
  walk.path.push(part)
  judge(value, shape, walk)
  walk.path.pop()
}

const zeros: Readonly<Partial<Record<Shape['is'], unknown>>> = {
  ref: {},
  object: {},
  string: '',
  integer: 0,
  boolean: false,
}

/** What the API server reads an empty item of a built-in kind as; null in others. */
const zeroOf = (shape: Shape, walk: Walk): unknown =>
  walk.root.is === 'ref' ? (zeros[shape.is] ?? null) : null

const emptyItem = (walk: Walk): Walk['diagnostics'][number] => ({
  code: 'schema:type',
  warns: true,
  path: [...walk.path],
  seen: `${pathInWords(walk.path)} is nothing (null)`,
  expected: 'an item',
  remedy: 'write the item after the dash, or remove the dash',
})

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
    // A member that is null counts as absent; an element that is null does not.
    const zero = item === null && shape.of.limits?.nullable !== true ? zeroOf(shape.of, walk) : item
    if (zero === null && shape.of.limits?.nullable !== true)
      wrongType(item, 'an item', walk, 'write the item after the dash, or remove the dash')
    else if (zero !== item) {
      walk.diagnostics.push(emptyItem(walk))
      judge(zero, shape.of, walk)
    } else judge(item, shape.of, walk)
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

/** Whether a value would be valid under another name. */
function wouldFit(value: unknown, shape: Shape, name: string, walk: Walk): boolean {
  const trial: Walk = { ...walk, path: [...walk.path, name], diagnostics: [] }
  judge(value, shape, trial)
  return trial.diagnostics.length === 0
}

/** A quick test that most members pass, which saves a step of the walk. */
const isPlain = (value: unknown, shape: Shape): boolean =>
  shape.limits === undefined &&
  ((shape.is === 'string' &&
    typeof value === 'string' &&
    shape.oneOf === undefined &&
    shape.form === undefined) ||
    (shape.is === 'boolean' && typeof value === 'boolean'))

/** The shape of a member; inherited names, such as toString, have none. */
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
      if (shape.open === undefined)
        unknownMember(value, member, shape, name, walk, (of, likely) =>
          wouldFit(value[member], of, likely, walk),
        )
    } else if (value[member] !== null && !isPlain(value[member], of))
      judgeBelow(member, value[member], of, walk)
  }
  if (walk.lenient) return
  const { optional, judge: rule } = rulesOf(name)
  requireMembers(value, shape, { name, optional }, walk)
  for (const problem of rule?.(value) ?? []) {
    const path = pathBelow(walk, ...problem.path)
    walk.diagnostics.push({ ...problem, path, seen: problem.seen(pathInWords(path)) })
  }
}

/** Reports the required members that an object lacks. */
function requireMembers(
  value: Readonly<Record<string, unknown>>,
  { has, needs = noMembers }: Shape & { is: 'object' },
  { name, optional }: { name: string; optional: readonly string[] | undefined },
  walk: Walk,
): void {
  for (const member of needs) {
    // The server writes the status; an applied object needs none.
    if (member === 'status' && walk.path.length === 0) continue
    // Built-in kinds treat a missing boolean as false.
    if (
      (Object.hasOwn(value, member) && value[member] !== null) ||
      has[member]?.limits?.default !== undefined ||
      has[member]?.is === 'boolean' ||
      optional?.includes(member) === true
    )
      continue
    walk.diagnostics.push({
      code: 'schema:required',
      path: pathBelow(walk, member),
      seen: `${pathInWords(walk.path)} has no ${member}`,
      expected: `${member}, which ${name === '' ? 'its schema' : name.split('.').at(-1)} requires`,
      remedy: `add ${member}`,
    })
  }
}

/**
 * Levels of a value. @source chosen: ten times the deepest published definition; each level takes a
 * stack frame
 */
const deepest = 400

/**
 * Adds the diagnostics of a value to the walk. `name`: the definition that the shape belongs to;
 * empty for inline shapes.
 */
export function judge(value: unknown, shape: Shape, walk: Walk, name = ''): void {
  // No object is this deep; a recursive schema would not stop.
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
