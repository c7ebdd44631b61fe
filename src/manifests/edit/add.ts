// Edits that add a member to an object, or an item to a list.
import type { YAMLMap, YAMLSeq } from 'yaml'
import {
  columnOf,
  dashBefore,
  endOf,
  endOfMember,
  isJson,
  isMerge,
  lineEnd,
  lineStart,
  refused,
  replace,
  startOf,
  type Candidates,
  type Page,
} from './page.ts'
import { elementLines, flowText, jsonText, memberLines, scalarText } from './write.ts'

/** Text for a value in braces: on one line, or on several if its neighbours are. */
function inFlow(
  page: Page,
  holder: YAMLMap.Parsed | YAMLSeq.Parsed,
  first: number,
  value: unknown,
): { text: string; separator: string } {
  const json = isJson(page, holder)
  const open = startOf(page, holder)
  if (lineStart(page, open) === lineStart(page, first))
    return { text: flowText(value, json), separator: ', ' }
  const pad = page.text.slice(lineStart(page, first), first)
  const column = pad.length
  const isIndented = pad.trim() === ''
  const separator = `,${page.style.eol}${isIndented ? pad : ' '.repeat(column)}`
  if (!json) return { text: flowText(value, false), separator }
  const outer = /^[ \t]*/.exec(page.text.slice(lineStart(page, open)))?.[0].length ?? 0
  const text = jsonText(value, { ...page.style, step: Math.max(1, column - outer) }, column)
  // Spaces cannot continue an indentation of tabs.
  const hasTabs = isIndented && pad.includes('\t')
  return { text: hasTabs && text.includes('\n') ? flowText(value, true) : text, separator }
}

function addToFlowMap(page: Page, map: YAMLMap.Parsed, key: string, value: unknown): Candidates {
  const [first, last] = [map.items[0], map.items.at(-1)]
  const json = isJson(page, map)
  if (first === undefined || last === undefined)
    return replace({
      from: startOf(page, map),
      to: page.base + map.range[1],
      text: flowText({ [key]: value }, json),
    })
  const { text, separator } = inFlow(page, map, startOf(page, first.key), value)
  const end = endOfMember(page, last)
  const name = json ? JSON.stringify(key) : scalarText(key)
  return replace({ from: end, to: end, text: `${separator}${name}: ${text}` })
}

export function addMember(
  page: Page,
  map: YAMLMap.Parsed,
  key: string,
  value: unknown,
): Candidates {
  if (map.items.some(isMerge)) return refused('a merge key (<<) adds members to the object')
  if (map.flow === true) return addToFlowMap(page, map, key, value)
  const [first, last] = [map.items[0], map.items.at(-1)]
  if (first === undefined || last === undefined)
    return refused('nothing can be added to an object of this form')
  const { eol } = page.style
  const start = startOf(page, first.key)
  const column = columnOf(page, start)
  const text = memberLines(key, value, page.style, column).join(eol)
  const end = lineEnd(page, endOfMember(page, last))
  return replace(
    { from: end, to: end, text: `${eol}${text}` },
    // Nothing can follow a text whose trailing blank lines do not count. The start is free.
    { from: start, to: start, text: `${text.trimStart()}${eol}${' '.repeat(column)}` },
  )
}

function addToFlowList(page: Page, list: YAMLSeq.Parsed, value: unknown): Candidates {
  const [first, last] = [list.items[0], list.items.at(-1)]
  if (first === undefined || last === undefined)
    return replace({
      from: startOf(page, list),
      to: page.base + list.range[1],
      text: flowText([value], isJson(page, list)),
    })
  const { text, separator } = inFlow(page, list, startOf(page, first), value)
  const end = endOf(page, last)
  return replace({ from: end, to: end, text: `${separator}${text}` })
}

export function addElement(page: Page, list: YAMLSeq.Parsed, value: unknown): Candidates {
  if (list.flow === true) return addToFlowList(page, list, value)
  const [first, last] = [list.items[0], list.items.at(-1)]
  if (first === undefined || last === undefined)
    return refused('nothing can be added to a list of this form')
  const end = lineEnd(page, endOf(page, last))
  const column = columnOf(page, dashBefore(page, startOf(page, first)))
  const lines = elementLines(value, page.style, column)
  return replace({ from: end, to: end, text: ['', ...lines].join(page.style.eol) })
}
