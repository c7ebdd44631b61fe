// A document of a file with its style, and where its nodes begin and end in the text.
import type { Pair, ParsedNode, YAMLMap, YAMLSeq } from 'yaml'
import { endOfScalar } from '#src/manifests/yaml/parse.ts'
import { yaml } from '#src/manifests/yaml/yaml.ts'
import type { Style } from './write.ts'

/** One replacement in the text of a file, by offsets. */
export interface Replacement {
  from: number
  to: number
  text: string
}

/** Alternative edits for one change, the likeliest first, or the reason why there are none. */
export type Candidates =
  | { kind: 'edits'; edits: readonly Replacement[] }
  | { kind: 'refused'; why: string }

export const refused = (why: string): Candidates => ({ kind: 'refused', why })
export const replace = (...edits: readonly Replacement[]): Candidates => ({ kind: 'edits', edits })

export interface Page {
  readonly text: string
  /** The offset of the document in the text. */
  readonly base: number
  readonly style: Style
}

export type Member = Pair<ParsedNode, ParsedNode | null>

export const isEmptyScalar = (node: ParsedNode | null): boolean =>
  node === null || (yaml().isScalar(node) && node.type === 'PLAIN' && node.source === '')

export const startOf = ({ base }: Page, node: ParsedNode): number => base + node.range[0]

/** Where the text of a value ends, without the comments and blanks after it. */
export function endOf(page: Page, node: ParsedNode): number {
  if (yaml().isAlias(node)) return page.base + node.range[1]
  if (yaml().isScalar(node)) return endOfScalar(node, page.text, page.base)
  if (node.flow === true) return page.base + node.range[1]
  const last = node.items.at(-1)
  if (last === undefined) return page.base + node.range[1]
  return 'key' in last ? endOfMember(page, last) : endOf(page, last)
}

export function endOfMember(page: Page, { key, value }: Member): number {
  if (value === null || isEmptyScalar(value)) return afterColon(page, key)
  return endOf(page, value)
}

export function afterColon({ text, base }: Page, key: ParsedNode): number {
  const end = base + key.range[1]
  const colon = /^[ \t]*:/.exec(text.slice(end, end + 200))
  return end + (colon?.[0].length ?? 0)
}

export const lineStart = ({ text }: Page, at: number): number => text.lastIndexOf('\n', at - 1) + 1
export const columnOf = (page: Page, at: number): number => at - lineStart(page, at)

/** The end of the line at an offset, before the line break. A comment belongs to its line. */
export function lineEnd({ text }: Page, at: number): number {
  const end = text.indexOf('\n', at)
  if (end === -1) return text.length
  return text[end - 1] === '\r' && end - 1 >= at ? end - 1 : end
}

/** The dash before an item of a list. */
export const dashBefore = ({ text }: Page, at: number): number => text.lastIndexOf('-', at - 1)

export function textOfKey(key: ParsedNode): string | undefined {
  if (!yaml().isScalar(key)) return undefined
  return typeof key.value === 'string' ? key.value : key.source
}

export const isMerge = ({ key }: Member): boolean =>
  yaml().isScalar(key) && key.type === 'PLAIN' && key.source === '<<'

/** Whether a collection in braces or brackets is written as JSON. */
export function isJson(page: Page, collection: YAMLMap.Parsed | YAMLSeq.Parsed): boolean {
  const first = collection.items[0]
  return (
    page.text.slice(page.base).trimStart().startsWith('{') ||
    (first !== undefined &&
      'key' in first &&
      yaml().isScalar(first.key) &&
      first.key.type === 'QUOTE_DOUBLE')
  )
}
