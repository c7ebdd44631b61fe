// Test data, second half: a strict parser for XML and for the reports' HTML, which shows that the
// output is well formed.

export interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly (Element | string)[]
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  '#39': "'",
  '#10': '\n',
  '#9': '\t',
}

/**
 * Text with its entities resolved. Throws for a bare & or <, and for characters that XML forbids.
 */
function textOf(raw: string): string {
  for (const character of raw) {
    const code = character.codePointAt(0) ?? 0
    if (
      (code < 0x20 && code !== 0x09 && code !== 0x0a) ||
      (code >= 0xd800 && code <= 0xdfff) ||
      code === 0xfffe ||
      code === 0xffff
    )
      throw new Error(`a character that may not be there: U+${code.toString(16)}`)
  }
  return raw.replaceAll(/&([^;]*);?/g, (whole, name: string) => {
    const character = entities[name]
    if (character === undefined || !whole.endsWith(';'))
      throw new Error(`a bare & in “${raw.slice(0, 60)}”`)
    return character
  })
}

function attributesOf(raw: string, bare: boolean): Record<string, string> {
  const attributes: Record<string, string> = {}
  let rest = raw
  while (rest.trim() !== '') {
    const match = /^\s+([a-zA-Z][\w:-]*)(?:="([^"<]*)")?/.exec(rest)
    if (match?.[1] === undefined || (match[2] === undefined && !bare))
      throw new Error(`attributes that cannot be read: “${rest.slice(0, 60)}”`)
    if (match[1] in attributes) throw new Error(`attribute ${match[1]} is there twice`)
    attributes[match[1]] = textOf(match[2] ?? '')
    rest = rest.slice(match[0].length)
  }
  return attributes
}

/**
 * Parses a document. `html`: allows void elements and attributes without a value, and skips the
 * content of style. Throws if the document is not well formed.
 */
export function parseMarkup(document: string, { html = false } = {}): Element {
  const voids = html ? new Set(['meta', 'br', 'input', 'link', 'img', 'hr']) : new Set<string>()
  const root = { name: '', attributes: {}, children: [] as (Element | string)[] }
  const stack: {
    name: string
    attributes: Record<string, string>
    children: (Element | string)[]
  }[] = [root]
  let at = document.replace(/^<(\?xml[^>]*\?|!doctype html)>\n/, '')
  while (at !== '') {
    const top = stack.at(-1)
    if (top === undefined) throw new Error('more was closed than opened')
    const text =
      top.name === 'style' ? at.slice(0, at.indexOf('</style>')) : (/^[^<]*/.exec(at)?.[0] ?? '')
    if (text !== '') {
      top.children.push(top.name === 'style' ? text : textOf(text))
      at = at.slice(text.length)
      continue
    }
    const tag = /^<(\/?)([a-zA-Z][\w:-]*)((?:[^>"]|"[^"]*")*?)(\/?)>/.exec(at)
    if (tag?.[2] === undefined) throw new Error(`not a tag: “${at.slice(0, 60)}”`)
    at = at.slice(tag[0].length)
    if (tag[1] === '/') {
      if (top.name !== tag[2]) throw new Error(`</${tag[2]}> closes <${top.name}>`)
      stack.pop()
      continue
    }
    const element = { name: tag[2], attributes: attributesOf(tag[3] ?? '', html), children: [] }
    top.children.push(element)
    if (tag[4] !== '/' && !voids.has(tag[2])) stack.push(element)
  }
  if (stack.length !== 1) throw new Error(`<${stack.at(-1)?.name}> is not closed`)
  const [only, ...others] = root.children.filter(
    (child): child is Element => typeof child !== 'string',
  )
  if (only === undefined || others.length > 0) throw new Error('not one root element')
  return only
}

/** All matching elements below an element, in document order. */
export function all(element: Element, fits: (element: Element) => boolean): readonly Element[] {
  return element.children.flatMap(child =>
    typeof child === 'string' ? [] : [...(fits(child) ? [child] : []), ...all(child, fits)],
  )
}

/** The text of an element, with white space collapsed as in a browser. */
export const shown = (element: Element): string => raw(element).replaceAll(/\s+/g, ' ').trim()

const raw = (element: Element): string =>
  element.children.map(child => (typeof child === 'string' ? child : raw(child))).join('')
