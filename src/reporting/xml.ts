// XML elements as text. All content is escaped.
import { clean } from './text.ts'

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\t': '&#9;',
}

const escapeText = (text: string): string =>
  clean(text).replaceAll(/[&<>]/g, character => entities[character] ?? character)
const escapeAttribute = (text: string): string =>
  clean(text).replaceAll(/[&<>"\n\t]/g, character => entities[character] ?? character)

export type Attributes = Readonly<Record<string, string | number>>

function open(name: string, attributes: Attributes): string {
  return `<${name}${Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escapeAttribute(String(value))}"`)
    .join('')}`
}

/** An element without content. */
export const empty = (name: string, attributes: Attributes): string => `${open(name, attributes)}/>`
/** An element with text. */
export const leaf = (name: string, attributes: Attributes, text: string): string =>
  `${open(name, attributes)}>${escapeText(text)}</${name}>`

/** An element with elements in it, indented. */
export function element(name: string, attributes: Attributes, children: readonly string[]): string {
  if (children.length === 0) return empty(name, attributes)
  // Only lines that start with a tag are indented: the text of a message stays as it is.
  const inside = children.map(child => `  ${child.replaceAll(/\n(?=\s*<)/g, '\n  ')}`)
  return [`${open(name, attributes)}>`, ...inside, `</${name}>`].join('\n')
}
