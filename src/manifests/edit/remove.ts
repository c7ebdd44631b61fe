// Edits that remove a member of an object, or an item of a list.
import type { YAMLMap, YAMLSeq } from 'yaml'
import {
  dashBefore,
  endOf,
  endOfMember,
  lineEnd,
  lineStart,
  refused,
  replace,
  startOf,
  type Candidates,
  type Member,
  type Page,
} from './page.ts'
import { setValue } from './set.ts'

/** The member whose value a collection is, with the object that has the member. */
export interface Holder {
  readonly member: Member
  readonly map: YAMLMap.Parsed
}

/** Removes whole lines. At the end of a file, the line break before them goes, too. */
function removeLines(page: Page, start: number, end: number): Candidates {
  const stop = lineEnd(page, end)
  const ending = /^\r?\n/.exec(page.text.slice(stop, stop + 2))?.[0].length ?? 0
  if (ending > 0 || start === 0) return replace({ from: start, to: stop + ending, text: '' })
  return replace({ from: start - (page.text[start - 2] === '\r' ? 2 : 1), to: stop, text: '' })
}

/** Empties a collection that loses its last member. */
function empty(
  page: Page,
  collection: YAMLMap.Parsed | YAMLSeq.Parsed,
  holder: Holder | undefined,
  value: object,
): Candidates {
  const text = JSON.stringify(value)
  if (collection.flow === true)
    return replace({ from: startOf(page, collection), to: endOf(page, collection), text })
  return holder === undefined
    ? refused('nothing would be left of the collection that contains it')
    : setValue(page, holder.member, value, holder.map)
}

export function removeMember(
  page: Page,
  map: YAMLMap.Parsed,
  index: number,
  holder: Holder | undefined,
): Candidates {
  const member = map.items[index]
  if (member === undefined) return refused('it does not exist')
  const [before, next] = [map.items[index - 1], map.items[index + 1]]
  if (before === undefined && next === undefined) return empty(page, map, holder, {})
  const from = startOf(page, member.key)
  const end = endOfMember(page, member)
  const to = next === undefined ? end : startOf(page, next.key)
  if (map.flow === true)
    return next === undefined && before !== undefined
      ? replace({ from: endOfMember(page, before), to: end, text: '' })
      : replace({ from, to, text: '' })
  const start = lineStart(page, from)
  if (page.text.slice(start, from).trim() === '') return removeLines(page, start, end)
  // After a dash, the next member moves up.
  return page.text.slice(lineEnd(page, end), to).includes('#')
    ? refused('there is a comment between it and the next member')
    : replace({ from, to, text: '' })
}

export function removeElement(
  page: Page,
  list: YAMLSeq.Parsed,
  index: number,
  holder: Holder | undefined,
): Candidates {
  const item = list.items[index]
  if (item === undefined) return refused('it does not exist')
  if (list.items.length === 1) return empty(page, list, holder, [])
  const [before, next] = [list.items[index - 1], list.items[index + 1]]
  const [from, end] = [startOf(page, item), endOf(page, item)]
  if (list.flow === true)
    return next === undefined && before !== undefined
      ? replace({ from: endOf(page, before), to: end, text: '' })
      : replace({ from, to: next === undefined ? end : startOf(page, next), text: '' })
  const dash = dashBefore(page, from)
  const start = lineStart(page, dash)
  return page.text.slice(start, dash).trim() === ''
    ? removeLines(page, start, end)
    : refused('it shares its line with something else')
}
