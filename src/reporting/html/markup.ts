// HTML that cannot be broken by its content: whatever is not markup made here is escaped.
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

/** Markup that was made elsewhere and is trusted, such as the style sheet. */
export const trusted = (markup: string): Markup => ({ markup })

function render(content: Content): string {
  if (content === false || content === undefined) return ''
  if (typeof content === 'string') return escape(content)
  if (typeof content === 'number') return String(content)
  return 'markup' in content ? content.markup : content.map(render).join('')
}

/**
 * A template of markup: every value in it is escaped unless it is markup itself; lists are joined,
 * false and undefined are nothing.
 */
export const h = (parts: TemplateStringsArray, ...values: readonly Content[]): Markup => ({
  markup: parts
    .map((part, index) => (index === 0 ? part : render(values[index - 1]) + part))
    .join(''),
})

/** An id for links, from a name. */
export const slug = (kind: string, name: string): string =>
  `${kind}-${name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')}`
