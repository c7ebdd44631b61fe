// Documents for property tests: any structure, written in any style, with any mistakes.
import {
  array,
  boolean,
  constant,
  constantFrom,
  dictionary,
  double,
  integer,
  letrec,
  nat,
  oneof,
  record,
  string,
  tuple,
} from 'fast-check'

const words = [
  'a',
  '',
  'yes',
  '0644',
  '1_0',
  'x: y',
  'a #b',
  '#c',
  '- d',
  "it's",
  '"q"',
  '{{ x }}',
  'multi\nline\n',
  'multi\n  deep\n\nline',
  'trail ',
  ' lead',
  '\ttab',
  'é',
  '😀',
  '<<',
  '~',
  '1e3',
  '-',
  '?',
  ':',
  'a:b',
  '@x',
  '*a',
  '&a',
  '!t',
  '|',
  '>',
  '\n',
  'a\n\n',
  '---',
  '...',
  '--- a',
  'long '.repeat(30),
]
const text = oneof(constantFrom(...words), string({ maxLength: 8 }))
const key = oneof(
  constantFrom('a', 'b', 'c-d', 'x.y/z', '1', 'true', 'n', 'k k', 'spec', 'é'),
  text,
)

const tree = letrec<{ value: unknown; list: unknown[]; object: Record<string, unknown> }>(tie => ({
  value: oneof(
    { depthSize: 'small', withCrossShrink: true },
    text,
    integer(),
    boolean(),
    constant(null),
    tie('list'),
    tie('object'),
  ),
  list: array(tie('value'), { maxLength: 3 }),
  object: dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
}))

export const value = tree.value
/** An object with any members. */
export const document = tree.object

/** The style in which it is written. */
export const style = record({
  indent: constantFrom(2, 3, 4),
  indentSeq: boolean(),
  collectionStyle: constantFrom('any' as const, 'block' as const, 'flow' as const),
  singleQuote: constantFrom(true, false, null),
  lineWidth: constantFrom(0, 20, 80),
  nullStr: constantFrom('null', '~', ''),
  defaultStringType: constantFrom(
    'PLAIN' as const,
    'QUOTE_DOUBLE' as const,
    'BLOCK_LITERAL' as const,
  ),
})

const pieces = [
  '',
  ' ',
  '\n',
  ':',
  ' #x',
  '\t',
  '- ',
  '"',
  "'",
  '{',
  '}',
  '[',
  ']',
  ',',
  '\r\n',
  '\n  ',
  '|',
  '&a ',
  '*a',
  '\n# c\n',
  '  ',
  '>',
  '?',
  '---\n',
  '\r',
  '\n\n',
  'a: b',
  '...\n',
  '\\',
  '<<: ',
  '!t ',
  '\0',
]
/**
 * Places of a text, from 0 to 1, each with the inserted text and the number of replaced letters.
 */
export const mutations = array(
  tuple(double({ min: 0, max: 0.999, noNaN: true }), constantFrom(...pieces), nat(2)),
  { maxLength: 3 },
)

export function mutated(
  from: string,
  changes: readonly (readonly [number, string, number])[],
): string {
  let now = from
  for (const [at, put, cut] of changes) {
    const index = Math.floor(at * (now.length + 1))
    now = now.slice(0, index) + put + now.slice(index + cut)
  }
  return now
}
