// Reads the project's own files: splits TypeScript into code, texts and comments, and lists its
// imports.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

/** Paths that are never committed. @source .gitignore; besides, what git itself keeps */
const untracked = new Set([
  'node_modules',
  'reports',
  '.holdfast',
  'allure-results',
  'coverage',
  '.git',
])

function walk(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter(entry => !untracked.has(entry.name))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(entry =>
      entry.isDirectory() ? walk(join(folder, entry.name)) : [join(folder, entry.name)],
    )
}

/** Paths of all files of the project, from its root. */
export const projectFiles: readonly string[] = walk('.')
export const textOf = (path: string): string => readFileSync(join(root, path), 'utf8')

export interface Comment {
  text: string
  /** Lines, counted from 1. */
  first: number
  last: number
}

export interface Source {
  path: string
  text: string
  /**
   * The same text, with the contents of comments, texts and regular expressions blanked: what is
   * left is code at its place.
   */
  code: string
  /** Contents of texts by the offset of their opening quote. */
  texts: ReadonlyMap<number, string>
  comments: readonly Comment[]
}

/** After these a slash begins a regular expression, not a division. */
const beforeRegex =
  /(?:^|[(,=:[!&|?{};+\-*%<>~^]|\b(?:return|typeof|case|in|of|throw|await|yield))$/

/** Ends of the things that a scanner has to step over, from an offset inside of them. */
function endOfQuoted(text: string, from: number, quote: string): number {
  let at = from
  while (at < text.length && text[at] !== quote) at += text[at] === '\\' ? 2 : 1
  return at
}

function endOfRegex(text: string, from: number): number {
  let inClass = false
  let at = from
  for (
    ;
    at < text.length && text[at] !== '\n' && (inClass || text[at] !== '/');
    at += text[at] === '\\' ? 2 : 1
  ) {
    if (text[at] === '[') inClass = true
    if (text[at] === ']') inClass = false
  }
  return at
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end === -1 ? text.length : end
}

/** Takes TypeScript apart. Templates are texts; what stands in their `${}` is code. */
export function scan(path: string, text: string): Source {
  const code = text.split('')
  const texts = new Map<number, string>()
  const comments: Comment[] = []
  /** Open braces inside each open `${`. */
  const templates: number[] = []
  const blank = (from: number, to: number): void => {
    for (let at = from; at < to; at += 1) if (code[at] !== '\n') code[at] = ' '
  }
  const lineAt = (offset: number): number => text.slice(0, offset).split('\n').length
  const comment = (from: number, to: number): number => {
    comments.push({ text: text.slice(from, to), first: lineAt(from), last: lineAt(to) })
    blank(from, to)
    return to
  }
  /** From inside a template to its end or its next `${`. */
  const template = (from: number): number => {
    let at = from
    while (at < text.length && text[at] !== '`' && text.slice(at, at + 2) !== '${')
      at += text[at] === '\\' ? 2 : 1
    blank(from, at)
    if (text[at] === '`') return at + 1
    templates.push(0)
    return at + 2
  }
  const quoted = (at: number, quote: string): number => {
    const end = endOfQuoted(text, at + 1, quote)
    texts.set(at, text.slice(at + 1, end))
    blank(at + 1, end)
    return end + 1
  }
  /** One step over what begins at an offset. */
  const step = (at: number): number => {
    const letter = text[at] ?? ''
    const two = text.slice(at, at + 2)
    const inside = templates.length - 1
    if (two === '//' || (two === '#!' && at === 0)) return comment(at, endOfLine(text, at))
    if (two === '/*') return comment(at, text.indexOf('*/', at) + 2)
    if (letter === "'" || letter === '"') return quoted(at, letter)
    if (letter === '`') return template(at + 1)
    if (letter === '{' && inside >= 0) templates[inside] = (templates[inside] ?? 0) + 1
    if (letter === '}' && inside >= 0) {
      if (templates[inside] === 0) {
        templates.pop()
        return template(at + 1)
      }
      templates[inside] = (templates[inside] ?? 0) - 1
    }
    if (
      letter === '/' &&
      beforeRegex.test(
        code
          .slice(Math.max(0, at - 200), at)
          .join('')
          .trimEnd(),
      )
    ) {
      const end = endOfRegex(text, at + 1)
      blank(at + 1, end)
      return end + 1
    }
    return at + 1
  }
  for (let at = 0; at < text.length;) at = step(at)
  return { path, text, code: code.join(''), texts, comments }
}

/** All TypeScript of the project, taken apart. */
export const sources: readonly Source[] = projectFiles
  .filter(path => path.endsWith('.ts'))
  .map(path => scan(path, textOf(path)))

export const lineOf = ({ text }: Source, offset: number): number =>
  text.slice(0, offset).split('\n').length

export interface Import {
  from: string
  line: number
  /** As it is written; undefined where it is computed. */
  specifier: string | undefined
  /** A file of the project, from its root; undefined for a package. */
  to: string | undefined
  /** Loaded with its importer: neither a type nor an `import(…)` of its own time. */
  atOnce: boolean
}

/** The file of the project that a specifier leads to; undefined for a package. */
function targetOf(source: Source, specifier: string | undefined): string | undefined {
  if (specifier?.startsWith('#') === true) return specifier.slice(1)
  if (specifier?.startsWith('.') !== true) return undefined
  return relative(root, join(root, dirname(source.path), specifier))
}

/**
 * Every import of a file: `import … from`, `export … from`, `import '…'`, `import(…)` and the type
 * `import('…')`.
 */
export function importsOf(source: Source): readonly Import[] {
  const heads = /\b(?:import|export)\b(?:[\w\s{},*$]*?\bfrom\b)?\s*\(?\s*(?<rest>['"]|[^\s'"(]?)/g
  return [...source.code.matchAll(heads)].flatMap(match => {
    const at = match.index + match[0].length - 1
    const specifier = source.texts.get(at)
    const dynamic = /^import\s*\(/.test(match[0])
    if (specifier === undefined && !dynamic) return []
    const to = targetOf(source, specifier)
    const atOnce = !dynamic && !/^(?:import|export)\s+type\b/.test(match[0])
    return [{ from: source.path, line: lineOf(source, match.index), specifier, to, atOnce }]
  })
}
