// Where in a text a change is written: follows the path of a member and returns candidate edits.
import type { ParsedNode, YAMLMap, YAMLSeq } from 'yaml'
import type { Change, Path } from '#src/model/manifest.ts'
import type { DocumentSpan } from '#src/manifests/yaml/documents.ts'
import { parseTree } from '#src/manifests/yaml/parse.ts'
import { yaml } from '#src/manifests/yaml/yaml.ts'
import { addElement, addMember } from './add.ts'
import {
  endOf,
  isEmptyScalar,
  isJson,
  isMerge,
  refused,
  replace,
  startOf,
  textOfKey,
  type Candidates,
  type Page,
} from './page.ts'
import { removeElement, removeMember, type Holder } from './remove.ts'
import { scalarLike, setValue } from './set.ts'
import { flowText, scalarText, styleOf } from './write.ts'

/** A node on the path. `holder`: the member whose value it is, if it is one. */
interface Node {
  kind: 'node'
  node: ParsedNode
  holder: Holder | undefined
}

/** The rest of a path, and the change at its end. */
interface Remaining {
  readonly rest: Path
  readonly change: Change
}

/** An object around a missing value, from the rest of its path. */
const nested = (rest: Path, value: unknown): unknown =>
  rest
    .toReversed()
    .reduce<unknown>(
      (inner, step) => (typeof step === 'number' ? [inner] : { [step]: inner }),
      value,
    )

function stepIntoMap(
  page: Page,
  map: YAMLMap.Parsed,
  step: string,
  holder: Holder | undefined,
  { rest, change }: Remaining,
): Node | Candidates {
  const isLast = rest.length === 0
  const index = map.items.findLastIndex(pair => !isMerge(pair) && textOfKey(pair.key) === step)
  const member = map.items[index]
  if (member === undefined)
    return 'to' in change
      ? addMember(page, map, step, nested(rest, change.to))
      : refused('the value comes from a merge key (<<)')
  if ('removed' in change && isLast) return removeMember(page, map, index, holder)
  if ('renamed' in change && isLast)
    return replace({
      from: startOf(page, member.key),
      to: page.base + member.key.range[1],
      text: scalarLike(member.key, change.renamed, scalarText(change.renamed)),
    })
  const { value } = member
  const isNothing =
    value === null ||
    isEmptyScalar(value) ||
    (yaml().isMap(value) && value.items.length === 0 && map.flow !== true && !isLast)
  if ('to' in change && (isLast || isNothing))
    return setValue(page, member, nested(rest, change.to), map)
  return value === null
    ? refused('its parent is empty')
    : { kind: 'node', node: value, holder: { member, map } }
}

function setElement(
  page: Page,
  list: YAMLSeq.Parsed,
  item: YAMLSeq.Parsed['items'][number],
  value: unknown,
): Candidates {
  if (!yaml().isScalar(item) || typeof value === 'object')
    return refused('whole items of a list are not replaced')
  const text =
    list.flow === true
      ? flowText(value, isJson(page, list))
      : scalarLike(item, value, scalarText(value))
  return replace({ from: startOf(page, item), to: endOf(page, item), text })
}

function stepIntoList(
  page: Page,
  list: YAMLSeq.Parsed,
  step: number,
  holder: Holder | undefined,
  { rest, change }: Remaining,
): Node | Candidates {
  const isLast = rest.length === 0
  const item = list.items[step]
  if ('removed' in change && isLast) return removeElement(page, list, step, holder)
  if (item === undefined)
    return 'to' in change && step === list.items.length
      ? addElement(page, list, nested(rest, change.to))
      : refused('the list is shorter')
  if ('to' in change && isLast) return setElement(page, list, item, change.to)
  return 'key' in item
    ? refused('an item of this form cannot be changed')
    : { kind: 'node', node: item, holder: undefined }
}

/**
 * Candidate edits for a change, the likeliest first. The caller must check the result of each
 * before it accepts one.
 */
export function candidates(
  text: string,
  piece: DocumentSpan,
  path: Path,
  change: Change,
): Candidates {
  const { document, base } = parseTree(text, piece.from, piece.to)
  if (document.errors.length > 0 || document.contents === null)
    return refused('the document is not valid YAML')
  const page: Page = { text, base, style: styleOf(text.slice(piece.from, piece.to)) }
  let at: Node = { kind: 'node', node: document.contents, holder: undefined }
  for (const [depth, step] of path.entries()) {
    const remaining = { rest: path.slice(depth + 1), change }
    const { node, holder } = at
    let next: Node | Candidates
    if (yaml().isAlias(node)) return refused('the value comes from an alias')
    if (yaml().isMap(node)) next = stepIntoMap(page, node, String(step), holder, remaining)
    else if (yaml().isSeq(node) && typeof step === 'number')
      next = stepIntoList(page, node, step, holder, remaining)
    else return refused('a value of another kind is at its place')
    if (next.kind !== 'node') return next
    at = next
  }
  return refused('whole objects are not replaced')
}
