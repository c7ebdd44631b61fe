// Members that a schema does not have, with the name or the place that was probably meant.
import { orInWords, pathInWords } from './diagnostics.ts'
import type { Shape } from './packed/shape.ts'
import { versionsWithMember } from './schema.ts'
import { suggestionsFor } from './spelling.ts'
import { pathBelow, type Walk } from './walk-state.ts'

/** The nearest parent, in words, whose shape has the member: it may be indented too deep. */
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

/** What to do about an unknown member. */
function unknownMemberRemedy(
  member: string,
  value: Readonly<Record<string, unknown>>,
  names: readonly string[],
  other: string | undefined,
  walk: Walk,
): string {
  const [likely] = names
  if (likely !== undefined)
    return Object.hasOwn(value, likely)
      ? `remove it: ${likely} is already there`
      : `rename it to ${orInWords(names)}`
  if (other !== undefined) return 'remove it, or judge by the version that has it'
  const higher = levelWithMember(member, walk)
  return higher === undefined
    ? 'remove it, or move it to where it belongs'
    : `move it up to ${higher}, which has such a member`
}

/**
 * Reports a member that the shape does not have. `fits`: whether its value would be valid under
 * another name.
 */
export function unknownMember(
  value: Readonly<Record<string, unknown>>,
  member: string,
  shape: Shape & { is: 'object' },
  name: string,
  walk: Walk,
  fits: (shape: Shape, name: string) => boolean,
): void {
  const { names, certain } = suggestionsFor(member, Object.keys(shape.has))
  const [likely] = names
  const other = versionsWithMember(walk.schema, name, member)
  const target = likely === undefined ? undefined : shape.has[likely]
  const isCertain =
    certain &&
    likely !== undefined &&
    target !== undefined &&
    other === undefined &&
    !Object.hasOwn(value, likely) &&
    fits(target, likely)
  walk.diagnostics.push({
    code: 'schema:unknown-field',
    path: pathBelow(walk, member),
    of: 'key',
    seen:
      `${pathInWords(walk.path)} has a member ` +
      `${member}${other === undefined ? '' : `, which exists ${other}`}`,
    expected:
      name === ''
        ? 'a member of its schema'
        : `a member that ${name.split('.').at(-1)} has in Kubernetes ${walk.schema.asked}`,
    remedy: unknownMemberRemedy(member, value, names, other, walk),
    ...(isCertain ? { change: { renamed: likely } } : {}),
  })
}
