// Where in a text a change is written: the pieces to replace, the likeliest first.
import type { Pair, ParsedNode, YAMLMap, YAMLSeq } from 'yaml'
import type { Change, Path } from '#src/model/manifest.ts'
import type { DocumentSpan } from '#src/manifests/yaml/documents.ts'
import { endOfScalar, parseTree } from '#src/manifests/yaml/parse.ts'
import {
  flowText,
  elementLines,
  jsonText,
  memberLines,
  scalarText,
  styleOf,
  type Style,
} from './write.ts'
import { yaml } from '#src/manifests/yaml/yaml.ts'

export interface Replacement {
  from: number
  to: number
  text: string
}

export type Candidates =
  | { kind: 'edits'; edits: readonly Replacement[] }
  | { kind: 'refused'; why: string }

const refused = (why: string): Candidates => ({ kind: 'refused', why })
const replace = (...edits: readonly Replacement[]): Candidates => ({ kind: 'edits', edits })

interface Page {
  readonly text: string
  readonly base: number
  readonly style: Style
}

type Member = Pair<ParsedNode, ParsedNode | null>

const isEmptyScalar = (node: ParsedNode | null): boolean =>
  node === null || (yaml().isScalar(node) && node.type === 'PLAIN' && node.source === '')
const startOf = ({ base }: Page, node: ParsedNode): number => base + node.range[0]

/** Where a value's own text ends, without the comments and blanks behind it. */
function endOf(page: Page, node: ParsedNode): number {
  if (yaml().isAlias(node)) return page.base + node.range[1]
  if (yaml().isScalar(node)) return endOfScalar(node, page.text, page.base)
  if (node.flow === true) return page.base + node.range[1]
  const last = node.items.at(-1)
  if (last === undefined) return page.base + node.range[1]
  return 'key' in last ? endOfMember(page, last) : endOf(page, last)
}

function endOfMember(page: Page, { key, value }: Member): number {
  if (value === null || isEmptyScalar(value)) return afterColon(page, key)
  return endOf(page, value)
}

function afterColon({ text, base }: Page, key: ParsedNode): number {
  const end = base + key.range[1]
  const colon = /^[ \t]*:/.exec(text.slice(end, end + 200))
  return end + (colon?.[0].length ?? 0)
}

const lineStart = ({ text }: Page, at: number): number => text.lastIndexOf('\n', at - 1) + 1
const columnOf = (page: Page, at: number): number => at - lineStart(page, at)
/** The end of a place's line, before what ends it: a comment there belongs to the line. */
function lineEnd({ text }: Page, at: number): number {
  const end = text.indexOf('\n', at)
  if (end === -1) return text.length
  return text[end - 1] === '\r' && end - 1 >= at ? end - 1 : end
}

const textOfKey = (key: ParsedNode): string | undefined =>
  yaml().isScalar(key) ? (typeof key.value === 'string' ? key.value : key.source) : undefined
const isMerge = ({ key }: Member): boolean =>
  yaml().isScalar(key) && key.type === 'PLAIN' && key.source === '<<'

/** An object around what is missing, from the path that leads to it. */
const nested = (rest: Path, value: unknown): unknown =>
  rest
    .toReversed()
    .reduce<unknown>(
      (inner, step) => (typeof step === 'number' ? [inner] : { [step]: inner }),
      value,
    )

const isJson = (map: YAMLMap.Parsed | YAMLSeq.Parsed, file: string): boolean => {
  const first = map.items[0]
  return (
    file.trimStart().startsWith('{') ||
    (first !== undefined &&
      'key' in first &&
      yaml().isScalar(first.key) &&
      first.key.type === 'QUOTE_DOUBLE')
  )
}

/** Text for a value in braces: on one line, or over several where its neighbours stand so. */
function inFlow(
  page: Page,
  holder: YAMLMap.Parsed | YAMLSeq.Parsed,
  first: number,
  value: unknown,
  json: boolean,
): { text: string; separator: string } {
  const open = startOf(page, holder)
  if (lineStart(page, open) === lineStart(page, first))
    return { text: flowText(value, json), separator: ', ' }
  const column = columnOf(page, first)
  const outer = /^[ \t]*/.exec(page.text.slice(lineStart(page, open)))?.[0].length ?? 0
  const pad = page.text.slice(lineStart(page, first), first)
  const text = json
    ? jsonText(value, { ...page.style, step: Math.max(1, column - outer) }, column)
    : flowText(value, false)
  return {
    text:
      pad.includes('\t') && pad.trim() === ''
        ? text.split('\n').length > 1
          ? flowText(value, json)
          : text
        : text,
    separator: `,${page.style.eol}${pad.trim() === '' ? pad : ' '.repeat(column)}`,
  }
}

function addMember(
  page: Page,
  map: YAMLMap.Parsed,
  key: string,
  value: unknown,
  block: boolean,
): Candidates {
  const members = map.items
  const [first, last] = [members[0], members.at(-1)]
  if (members.some(isMerge)) return refused('the object takes members over by a merge key (<<)')
  if (map.flow === true) {
    const json = isJson(map, page.text.slice(page.base))
    const name = json ? JSON.stringify(key) : scalarText(key)
    if (first === undefined || last === undefined)
      return replace({
        from: startOf(page, map),
        to: page.base + map.range[1],
        text: flowText({ [key]: value }, json),
      })
    const { text, separator } = inFlow(page, map, startOf(page, first.key), value, json)
    const end = endOfMember(page, last)
    return replace({ from: end, to: end, text: `${separator}${name}: ${text}` })
  }
  if (!block || first === undefined || last === undefined)
    return refused('the object has no form that can be continued')
  const start = startOf(page, first.key)
  const column = columnOf(page, start)
  const lines = memberLines(key, value, page.style, column)
  const end = lineEnd(page, endOfMember(page, last))
  return replace(
    { from: end, to: end, text: `${page.style.eol}${lines.join(page.style.eol)}` },
    // Behind a text whose last blank lines count nothing can be written; before the first member it
    // can.
    {
      from: start,
      to: start,
      text: `${lines.join(page.style.eol).trimStart()}${page.style.eol}${' '.repeat(column)}`,
    },
  )
}

/** The dash before an item of a list. */
function dashBefore({ text }: Page, at: number): number {
  return text.lastIndexOf('-', at - 1)
}

function addElement(page: Page, list: YAMLSeq.Parsed, value: unknown): Candidates {
  const [first, last] = [list.items[0], list.items.at(-1)]
  if (list.flow === true) {
    const json = isJson(list, page.text.slice(page.base))
    if (first === undefined || last === undefined)
      return replace({
        from: startOf(page, list),
        to: page.base + list.range[1],
        text: flowText([value], json),
      })
    const { text, separator } = inFlow(page, list, startOf(page, first), value, json)
    return replace({ from: endOf(page, last), to: endOf(page, last), text: `${separator}${text}` })
  }
  if (first === undefined || last === undefined)
    return refused('the list has no form that can be continued')
  const end = lineEnd(page, endOf(page, last))
  return replace({
    from: end,
    to: end,
    text: `${page.style.eol}${elementLines(value, page.style, columnOf(page, dashBefore(page, startOf(page, first)))).join(page.style.eol)}`,
  })
}

/**
 * Puts a value in the place of one that is there. `column`: of its key; undefined within braces.
 */
function setValue(page: Page, member: Member, value: unknown, holder: YAMLMap.Parsed): Candidates {
  const { key, value: old } = member
  if (old !== null && yaml().isAlias(old)) return refused('the value comes through an alias')
  const from = afterColon(page, key)
  if (holder.flow === true) {
    const text = flowText(value, isJson(holder, page.text.slice(page.base)))
    return old === null || isEmptyScalar(old)
      ? replace({ from, to: from, text: ` ${text}` })
      : replace({
          from: startOf(page, old),
          to: endOf(page, old),
          text: typeof value === 'object' ? text : scalarLike(old, value, text),
        })
  }
  const column = columnOf(page, startOf(page, key))
  const isSimple = typeof value !== 'object' || value === null
  if (
    old !== null &&
    !isEmptyScalar(old) &&
    yaml().isScalar(old) &&
    isSimple &&
    !old.type?.startsWith('BLOCK')
  ) {
    return replace({
      from: startOf(page, old),
      to: endOf(page, old),
      text: scalarLike(old, value, scalarText(value)),
    })
  }
  if (old !== null && yaml().isMap(old) && old.flow === true && old.items.length > 0)
    return replace({
      from: startOf(page, old),
      to: endOf(page, old),
      text: flowText(value, isJson(old, page.text.slice(page.base))),
    })
  const text = memberLines('k', value, page.style, column)
    .join(page.style.eol)
    .trimStart()
    .slice('k:'.length)
  const to = old === null || isEmptyScalar(old) ? from : endOf(page, old)
  const comment = /^[ \t]+#[^\r\n]*/.exec(page.text.slice(to, lineEnd(page, to)))?.[0] ?? ''
  // A comment in the line stays in the line of the key.
  const [head = '', ...rest] = text.split(page.style.eol)
  return replace({
    from,
    to: to + comment.length,
    text: [`${head}${comment}`, ...rest].join(page.style.eol),
  })
}

/** A scalar with the quotes of the one whose place it takes. */
function scalarLike(old: ParsedNode, value: unknown, otherwise: string): string {
  if (!yaml().isScalar(old) || typeof value !== 'string') return otherwise
  return old.type === 'QUOTE_SINGLE'
    ? scalarText(value, "'")
    : old.type === 'QUOTE_DOUBLE'
      ? scalarText(value, '"')
      : otherwise
}

function removeMember(
  page: Page,
  map: YAMLMap.Parsed,
  index: number,
  parent: Member | undefined,
  outer: YAMLMap.Parsed | undefined,
): Candidates {
  const member = map.items[index]
  if (member === undefined) return refused('it is not there')
  const [before, next] = [map.items[index - 1], map.items[index + 1]]
  const from = startOf(page, member.key)
  if (before === undefined && next === undefined) {
    if (map.flow === true)
      return replace({ from: startOf(page, map), to: endOf(page, map), text: '{}' })
    return parent === undefined || outer === undefined
      ? refused('nothing would be left of the object that it stands in')
      : setValue(page, parent, {}, outer)
  }
  const end = endOfMember(page, member)
  if (map.flow === true) {
    return next === undefined && before !== undefined
      ? replace({ from: endOfMember(page, before), to: end, text: '' })
      : replace({ from, to: next === undefined ? end : startOf(page, next.key), text: '' })
  }
  const start = lineStart(page, from)
  if (page.text.slice(start, from).trim() === '') return removeLines(page, start, end)
  // Behind a dash the next member takes its place.
  const to = next === undefined ? end : startOf(page, next.key)
  return page.text.slice(lineEnd(page, end), to).includes('#')
    ? refused('a comment stands between it and the next member')
    : replace({ from, to, text: '' })
}

/** Whole lines; of the last line of a file the end before it goes instead of its own. */
function removeLines(page: Page, start: number, end: number): Candidates {
  const stop = lineEnd(page, end)
  const ending = /^\r?\n/.exec(page.text.slice(stop, stop + 2))?.[0].length ?? 0
  if (ending > 0 || start === 0) return replace({ from: start, to: stop + ending, text: '' })
  return replace({ from: start - (page.text[start - 2] === '\r' ? 2 : 1), to: stop, text: '' })
}

function removeElement(
  page: Page,
  list: YAMLSeq.Parsed,
  index: number,
  parent: Member | undefined,
  outer: YAMLMap.Parsed | undefined,
): Candidates {
  const item = list.items[index]
  if (item === undefined) return refused('it is not there')
  if (list.items.length === 1) {
    if (list.flow === true)
      return replace({ from: startOf(page, list), to: endOf(page, list), text: '[]' })
    return parent === undefined || outer === undefined
      ? refused('nothing would be left of the list that it stands in')
      : setValue(page, parent, [], outer)
  }
  const [before, next] = [list.items[index - 1], list.items[index + 1]]
  if (list.flow === true) {
    return next === undefined && before !== undefined
      ? replace({ from: endOf(page, before), to: endOf(page, item), text: '' })
      : replace({
          from: startOf(page, item),
          to: next === undefined ? endOf(page, item) : startOf(page, next),
          text: '',
        })
  }
  const dash = dashBefore(page, startOf(page, item))
  const start = lineStart(page, dash)
  return page.text.slice(start, dash).trim() === ''
    ? removeLines(page, start, endOf(page, item))
    : refused('it stands in one line with something else')
}

/**
 * Pieces of the text that can be replaced to make a change; each has to be tried before it is
 * believed.
 */
export function candidates(
  text: string,
  piece: DocumentSpan,
  path: Path,
  change: Change,
): Candidates {
  const { document, base } = parseTree(text, piece.from, piece.to)
  const [error] = document.errors
  if (error !== undefined || document.contents === null)
    return refused('the document is no valid YAML')
  const page: Page = { text, base, style: styleOf(text.slice(piece.from, piece.to)) }
  let node: ParsedNode = document.contents
  let parent: Member | undefined
  let outer: YAMLMap.Parsed | undefined
  for (const [depth, step] of path.entries()) {
    const rest = path.slice(depth + 1)
    const isLast = rest.length === 0
    if (yaml().isAlias(node)) return refused('the value comes through an alias')
    if (yaml().isMap(node)) {
      const map: YAMLMap.Parsed = node
      const index = map.items.findLastIndex(
        pair => !isMerge(pair) && textOfKey(pair.key) === String(step),
      )
      const member = map.items[index]
      if (member === undefined)
        return 'to' in change
          ? addMember(page, map, String(step), nested(rest, change.to), true)
          : refused('the value comes through a merge key (<<)')
      if ('removed' in change && isLast) return removeMember(page, map, index, parent, outer)
      if ('renamed' in change && isLast)
        return replace({
          from: startOf(page, member.key),
          to: base + member.key.range[1],
          text: scalarLike(member.key, change.renamed, scalarText(change.renamed)),
        })
      const { value } = member
      const isNothing =
        value === null ||
        isEmptyScalar(value) ||
        (yaml().isMap(value) && value.items.length === 0 && map.flow !== true && !isLast)
      if ('to' in change && (isLast || isNothing))
        return setValue(page, member, nested(rest, change.to), map)
      if (value === null) return refused('there is nothing at its place')
      ;[parent, outer, node] = [member, map, value]
    } else if (yaml().isSeq(node) && typeof step === 'number') {
      const list: YAMLSeq.Parsed = node
      const item = list.items[step]
      if ('removed' in change && isLast) return removeElement(page, list, step, parent, outer)
      if (item === undefined)
        return 'to' in change && step === list.items.length
          ? addElement(page, list, nested(rest, change.to))
          : refused('the list is shorter')
      if (isLast && 'to' in change) {
        if (!yaml().isScalar(item) || typeof change.to === 'object')
          return refused('a whole item of a list is not replaced')
        return replace({
          from: startOf(page, item),
          to: endOf(page, item),
          text:
            list.flow === true
              ? flowText(change.to, isJson(list, text.slice(base)))
              : scalarLike(item, change.to, scalarText(change.to)),
        })
      }
      ;[parent, outer] = [undefined, undefined]
      if ('key' in item) return refused('the item has no form that can be changed')
      node = item
    } else {
      return refused('something else stands where it would have to be')
    }
  }
  return refused('a whole object is not replaced')
}
