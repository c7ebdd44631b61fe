// Docker's --format: the common part of Go templates.

/** The template cannot be filled. The message is Go's. */
export class TemplateError extends Error {}

/** A field of the JSON by its path. Throws a TemplateError if it is missing, as `inspect` does. */
function walk(value: unknown, path: string, source: string, at: number): unknown {
  let current = value
  let column = at
  for (const name of path.split('.').filter(part => part !== '')) {
    const next: unknown =
      current !== null && typeof current === 'object' ? Reflect.get(current, name) : undefined
    if (next === undefined)
      throw new TemplateError(
        `template: :1:${column}: executing "" at <${source}>: ` +
          `map has no entry for key "${name}"`,
      )
    current = next
    column += name.length + 1
  }
  return current
}

/** A value as Go prints it. */
function show(value: unknown): string {
  if (value === null) return '<nil>'
  if (Array.isArray(value)) return `[${value.map(show).join(' ')}]`
  if (typeof value === 'object')
    return `map[${Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => `${key}:${show(item)}`)
      .join(' ')}]`
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '<nil>')
}

const escaped = (text: string): string =>
  text.replaceAll('<', '\\u003c').replaceAll('>', '\\u003e').replaceAll('&', '\\u0026')

function evaluate(expression: string, value: unknown, at: number): string {
  const words = expression.match(/"[^"]*"|\S+/g) ?? []
  const [head = '', ...rest] = words
  const argument = (word: string): unknown =>
    word.startsWith('"')
      ? word.slice(1, -1)
      : walk(value, word, word, at + expression.indexOf(word))
  if (head === 'json' && rest.length === 1) return escaped(JSON.stringify(argument(rest[0]!)))
  if (head === 'index' && rest.length >= 2) {
    return show(
      rest.slice(1).reduce<unknown>((inner, word) => {
        const key = word.startsWith('"') ? word.slice(1, -1) : Number(word)
        return inner !== null && typeof inner === 'object' ? Reflect.get(inner, key) : undefined
      }, argument(rest[0]!)) ?? '',
    )
  }
  if (head === 'len' && rest.length === 1)
    return String(Object.keys(Object(argument(rest[0]!))).length)
  if (head.startsWith('.') && rest.length === 0) return show(walk(value, head, head, at))
  throw new TemplateError(`template: :1: function "${head}" not defined`)
}

/**
 * Fills a template: `{{.A.B}}`, `{{json .A}}`, `{{index .A "key"}}`, `{{len .A}}`. Throws a
 * TemplateError.
 */
export function render(template: string, value: unknown): string {
  return template.replaceAll(
    /\{\{-?\s*(.*?)\s*-?\}\}/g,
    (match: string, expression: string, offset: number) =>
      evaluate(expression, value, offset + match.indexOf(expression)),
  )
}

/** go-units' human duration. */
export function humanDuration(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  const minutes = Math.floor(ms / 60_000)
  const hours = Math.floor(ms / 3_600_000 + 0.5)
  if (seconds < 1) return 'Less than a second'
  if (seconds === 1) return '1 second'
  if (seconds < 60) return `${seconds} seconds`
  if (minutes === 1) return 'About a minute'
  if (minutes < 60) return `${minutes} minutes`
  if (hours === 1) return 'About an hour'
  if (hours < 48) return `${hours} hours`
  if (hours < 24 * 14) return `${Math.floor(hours / 24)} days`
  if (hours < 24 * 60) return `${Math.floor(hours / 24 / 7)} weeks`
  if (hours < 24 * 730) return `${Math.floor(hours / 24 / 30)} months`
  return `${Math.floor(hours / 24 / 365)} years`
}
