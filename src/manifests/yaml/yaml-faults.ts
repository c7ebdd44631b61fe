// Faults of YAML, described for the person who will fix them.
import type { YAMLError } from 'yaml'
import type { ManifestProblem } from '#src/model/manifest.ts'
import { maxDepth } from './cursor.ts'

/** A problem before its file and lines are known. */
export interface YamlFault extends Omit<ManifestProblem, 'file' | 'span'> {
  from: number
  to: number
  /** Offset of a second place; its line replaces `{line}` in `seen`. */
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
  seen: `an unrendered template: ${oneLine(text)}`,
  expected: 'YAML as the API receives it',
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
    expected: 'spaces: YAML allows no tabs in indentation',
    remedy: 'Replace the tab with spaces.',
  },
}

/** The line around an offset, without its indentation. */
function lineAround(text: string, at: number): { from: number; to: number } {
  let from = text.lastIndexOf('\n', at - 1) + 1
  const end = text.indexOf('\n', at)
  let to = end === -1 ? text.length : end
  while (from < to && /[ \t]/.test(text.charAt(from))) from += 1
  while (to > from && /\s/.test(text.charAt(to - 1))) to -= 1
  return { from, to }
}

/** An error of the parser; in a template, the template is the fault. */
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
    seen: `not valid YAML: ${oneLine(message, 160)}`,
    expected: 'valid YAML',
    remedy: 'Correct the line; nothing in this document was judged.',
  }
}

export const tooDeep = (from: number): YamlFault => ({
  from,
  to: from,
  code: 'too-deep',
  kind: 'unreadable',
  seen: `nested deeper than ${maxDepth} levels`,
  expected: `at most ${maxDepth} levels; the deepest published resources have about 60`,
  remedy: 'Leave it out of the set, or flatten it; nothing in this document was judged.',
})

export const tooManyAliases = (from: number): YamlFault => ({
  from,
  to: from,
  code: 'alias-bomb',
  kind: 'unreadable',
  seen: 'aliases that expand without limit',
  expected: 'at most 500,000 values with every alias expanded',
  remedy: 'Write the values out; nothing in this document was judged.',
})

export const unknownAlias = (name: string, from: number, to: number): YamlFault => ({
  from,
  to,
  code: 'yaml:alias',
  kind: 'broken',
  seen: `*${name} with no &${name} before it in the document`,
  expected: 'an anchor before each alias',
  remedy: `Write &${oneLine(name)} before the value, or repeat the value; anchors end at ---.`,
})

export const selfReference = (name: string, from: number, to: number): YamlFault => ({
  from,
  to,
  code: 'yaml:alias',
  kind: 'broken',
  seen: `*${name} inside its own value`,
  expected: 'a value that ends',
  remedy: 'Write the value out.',
})

export const unknownTag = (tag: string, from: number, to: number): YamlFault => ({
  from,
  to,
  code: 'yaml:tag',
  kind: 'broken',
  seen: `the tag ${oneLine(tag)}`,
  expected: 'values without custom tags: kubectl silently ignores them',
  remedy: 'Remove the tag, or render the file with the program that defines it.',
})

export const duplicateKey = (key: string, from: number, to: number, first: number): YamlFault => ({
  from,
  to,
  other: first,
  code: 'yaml:duplicate-key',
  kind: 'broken',
  seen: `${oneLine(key)} again, first on line {line}`,
  expected: 'each key once: kubectl silently takes the last one',
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
            ? 'a merge key (<<) without an object'
            : `a key that is not a string: ${oneLine(key) || 'nothing'}`,
        expected: 'keys that are strings',
        remedy: 'Put the key in quotes, or correct it.',
      }

export const notANumber = (text: string, from: number, to: number): YamlFault => ({
  from,
  to,
  code: 'yaml:number',
  kind: 'broken',
  seen: text,
  expected: 'a number that JSON can represent',
  remedy: 'Put it in quotes, or write a number.',
})
