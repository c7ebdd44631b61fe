// HTML from templates. Every value is escaped, so that no text from a cluster can become markup.
import { clean } from '#src/reporting/text.ts'

/** Markup, as opposed to text. */
export interface Markup {
  readonly markup: string
}

export type Content = Markup | string | number | false | undefined | readonly Content[]

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text for an element or a quoted attribute. */
export const escape = (text: string): string =>
  clean(text).replaceAll(/[&<>"']/g, character => entities[character] ?? character)

/** Markup from a trusted text, such as the style sheet. It is not escaped. */
export const trusted = (markup: string): Markup => ({ markup })

function render(content: Content): string {
  if (content === false || content === undefined) return ''
  if (typeof content === 'string') return escape(content)
  if (typeof content === 'number') return String(content)
  return 'markup' in content ? content.markup : content.map(render).join('')
}

/** The parts of each template without the line breaks of its source. */
const joinedParts = new WeakMap<TemplateStringsArray, readonly string[]>()

function joined(template: TemplateStringsArray): readonly string[] {
  const known = joinedParts.get(template)
  if (known !== undefined) return known
  const parts = template.map(part =>
    part.replaceAll(/(^|>)\n\s*|\n\s*(?=<|$)/g, '$1').replaceAll(/\n\s*/g, ' '),
  )
  joinedParts.set(template, parts)
  return parts
}

/**
 * A template of markup. It escapes every value except markup, joins lists, and renders false and
 * undefined as nothing. A line break in the template is dropped beside a tag or a value, and is a
 * space elsewhere.
 */
export const h = (template: TemplateStringsArray, ...values: readonly Content[]): Markup => ({
  markup: joined(template)
    .map((part, index) => (index === 0 ? part : render(values[index - 1]) + part))
    .join(''),
})

/** An id for links, from a name. */
export const slug = (kind: string, name: string): string =>
  `${kind}-${name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')}`
