// What can be wrong with YAML, each said as somebody reads it who wants to mend it.
import type { YAMLError } from 'yaml'
import type { ManifestProblem } from '#src/model/manifest.ts'
import { maxDepth } from './cursor.ts'

/** A problem whose file and lines are not looked up yet. */
export interface YamlFault extends Omit<ManifestProblem, 'file' | 'span'> {
  from: number
  to: number
  /** Another place it is about; its line is told in `seen` in the place of `{line}`. */
  other?: number
}

const oneLine = (text: string, most = 60): string => {
  const line = text.split('\n')[0] ?? ''
  return line.length > most ? `${line.slice(0, most)}…` : line
}

export const template = (from: number, to: number, text: string): YamlFault => ({
  from,
  to,
  code: 'template',
  kind: 'broken',
  seen: `a template that nobody has rendered: ${oneLine(text)}`,
  expected: 'YAML as the API gets it',
  remedy:
    'Render it first: holdfast gate --helm <chart>, or helm template <chart> | holdfast gate -',
})

const faultsByCode: Readonly<
  Record<string, Pick<YamlFault, 'code' | 'kind' | 'seen' | 'expected' | 'remedy'>>
> = {
  TAB_AS_INDENT: {
    code: 'yaml:tab',
    kind: 'broken',
    seen: 'a tab in the indentation',
    expected: 'spaces: YAML allows no tabs there',
    remedy: 'Replace the tab by spaces.',
  },
}

/** The text of the line of a place, without its indentation. */
function lineAround(text: string, at: number): { from: number; to: number } {
  let from = text.lastIndexOf('\n', at - 1) + 1
  const end = text.indexOf('\n', at)
  let to = end === -1 ? text.length : end
  while (from < to && /[ \t]/.test(text.charAt(from))) from += 1
  while (to > from && /\s/.test(text.charAt(to - 1))) to -= 1
  return { from, to }
}

/** An error of the parser; in a template it is the template that is told. */
export function syntax({ code, message, pos }: YAMLError, text: string, base: number): YamlFault {
  const [from, to] = [Math.min(base + pos[0], text.length), Math.min(base + pos[1], text.length)]
  if (code === 'RESOURCE_EXHAUSTION') return tooDeep(from)
  const line = lineAround(text, from)
  const before = lineAround(
    text,
    Math.max(
      0,
      line.from - 1 - (text.slice(0, line.from).length - text.slice(0, line.from).trimEnd().length),
    ),
  )
  for (const { from: start, to: end } of [line, before])
    if (text.slice(start, end).includes('{{')) return template(start, end, text.slice(start, end))
  const known = faultsByCode[code]
  if (known !== undefined) return { from, to: Math.max(to, from + 1), ...known }
  return {
    from,
    to,
    code: `yaml:${code.toLowerCase().replaceAll('_', '-')}`,
    kind: 'broken',
    seen: `no valid YAML: ${oneLine(message, 160)}`,
    expected: 'YAML that can be read',
    remedy: 'Mend the line; nothing of this document was judged.',
  }
}

export const tooDeep = (from: number): YamlFault => ({
  from,
  to: from,
  code: 'too-deep',
  kind: 'unreadable',
  seen: `nested deeper than ${maxDepth} levels`,
  expected: `at most ${maxDepth} levels; the deepest published resources have about 60`,
  remedy: 'Take it out of the set, or flatten it; nothing of this document was judged.',
})

export const tooManyAliases = (from: number): YamlFault => ({
  from,
  to: from,
  code: 'alias-bomb',
  kind: 'unreadable',
  seen: 'aliases that multiply without measure',
  expected: 'at most 500,000 values once every alias is written out',
  remedy: 'Write the values out; nothing of this document was judged.',
})

export const unknownAlias = (name: string, from: number, to: number): YamlFault => ({
  from,
  to,
  code: 'yaml:alias',
  kind: 'broken',
  seen: `*${name} with no &${name} before it in the document`,
  expected: 'an anchor before each alias',
  remedy: `Write &${oneLine(name)} at the value it stands for, or the value itself; anchors do not reach over ---.`,
})

export const selfReference = (name: string, from: number, to: number): YamlFault => ({
  from,
  to,
  code: 'yaml:alias',
  kind: 'broken',
  seen: `*${name} inside of the value that it stands for`,
  expected: 'a value that ends',
  remedy: 'Write the value out.',
})

export const unknownTag = (tag: string, from: number, to: number): YamlFault => ({
  from,
  to,
  code: 'yaml:tag',
  kind: 'broken',
  seen: `the tag ${oneLine(tag)}`,
  expected: 'values without tags of one’s own: kubectl ignores them in silence',
  remedy: 'Take the tag away, or render the file by the program that knows it.',
})

export const duplicateKey = (key: string, from: number, to: number, first: number): YamlFault => ({
  from,
  to,
  other: first,
  code: 'yaml:duplicate-key',
  kind: 'broken',
  seen: `${oneLine(key)} for the second time, first in line {line}`,
  expected: 'each key once: kubectl takes the last one and says nothing',
  remedy: 'Remove one of the two.',
})

export const badKey = (key: string, from: number, to: number): YamlFault =>
  key.includes('{') &&
  /^\{[^{}]*\}$|\{\{/.test(key) &&
  !/^\{\s*\}$/.test(key) &&
  key.startsWith('{')
    ? template(from - 1, to + 1, `{${oneLine(key)}}`)
    : {
        from,
        to,
        code: 'yaml:key',
        kind: 'broken',
        seen:
          key === '<<'
            ? 'a merge key (<<) that names no object'
            : `a key that is no text: ${oneLine(key) || 'nothing'}`,
        expected: 'keys that are texts',
        remedy: 'Put the key in quotes, or mend it.',
      }

export const notANumber = (text: string, from: number, to: number): YamlFault => ({
  from,
  to,
  code: 'yaml:number',
  kind: 'broken',
  seen: text,
  expected: 'a number that JSON can hold',
  remedy: 'Put it in quotes, or write a number.',
})
