// Edits that replace the value of a member.
import type { ParsedNode, YAMLMap } from 'yaml'
import { yaml } from '#src/manifests/yaml/yaml.ts'
import {
  afterColon,
  columnOf,
  endOf,
  isEmptyScalar,
  isJson,
  lineEnd,
  refused,
  replace,
  startOf,
  type Candidates,
  type Member,
  type Page,
} from './page.ts'
import { flowText, memberLines, scalarText } from './write.ts'

/** A scalar with the quotes of the one that it replaces. */
export function scalarLike(old: ParsedNode, value: unknown, otherwise: string): string {
  if (!yaml().isScalar(old) || typeof value !== 'string') return otherwise
  if (old.type === 'QUOTE_SINGLE') return scalarText(value, "'")
  return old.type === 'QUOTE_DOUBLE' ? scalarText(value, '"') : otherwise
}

const replaceNode = (page: Page, node: ParsedNode, text: string): Candidates =>
  replace({ from: startOf(page, node), to: endOf(page, node), text })

/** Sets a member of an object in braces. */
function setInFlow(page: Page, { key, value: old }: Member, value: unknown, json: boolean) {
  const text = flowText(value, json)
  if (old === null || isEmptyScalar(old)) {
    const from = afterColon(page, key)
    return replace({ from, to: from, text: ` ${text}` })
  }
  return replaceNode(page, old, typeof value === 'object' ? text : scalarLike(old, value, text))
}

/** Replaces everything after the colon. A comment on that line stays on the line of the key. */
function setAfterColon(page: Page, { key, value: old }: Member, value: unknown): Candidates {
  const { eol } = page.style
  const from = afterColon(page, key)
  const to = old === null || isEmptyScalar(old) ? from : endOf(page, old)
  const comment = /^[ \t]+#[^\r\n]*/.exec(page.text.slice(to, lineEnd(page, to)))?.[0] ?? ''
  const [first = '', ...rest] = memberLines(
    'k',
    value,
    page.style,
    columnOf(page, startOf(page, key)),
  )
  const head = first.trimStart().slice('k:'.length)
  return replace({
    from,
    to: to + comment.length,
    text: [`${head}${comment}`, ...rest].join(eol),
  })
}

/** Replaces the value of a member of `holder`. */
export function setValue(
  page: Page,
  member: Member,
  value: unknown,
  holder: YAMLMap.Parsed,
): Candidates {
  const old = member.value
  if (old !== null && yaml().isAlias(old)) return refused('the value comes from an alias')
  if (holder.flow === true) return setInFlow(page, member, value, isJson(page, holder))
  if (old === null || isEmptyScalar(old)) return setAfterColon(page, member, value)
  const isSimple = typeof value !== 'object' || value === null
  if (yaml().isScalar(old) && isSimple && !old.type?.startsWith('BLOCK'))
    return replaceNode(page, old, scalarLike(old, value, scalarText(value)))
  if (yaml().isMap(old) && old.flow === true && old.items.length > 0)
    return replaceNode(page, old, flowText(value, isJson(page, old)))
  return setAfterColon(page, member, value)
}
