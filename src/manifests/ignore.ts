// What is left out of a set of files: the patterns of .gitignore and .holdfastignore.

interface Rule {
  /** The folder of the file it stands in, with `/` at its end; empty for the top. */
  base: string
  matches: RegExp
  keeps: boolean
  foldersOnly: boolean
}

export type Rules = readonly Rule[]

/** Ends of a class of letters, `[a-z]`; undefined where it is never closed. */
function letterClass(pattern: string, from: number): { source: string; next: number } | undefined {
  let at = from + 1
  const negated = pattern[at] === '!' || pattern[at] === '^'
  if (negated) at += 1
  let inside = ''
  for (let first = true; at < pattern.length && (first || pattern[at] !== ']'); first = false) {
    const posix = /^\[:(alpha|digit|alnum|upper|lower|space):\]/.exec(pattern.slice(at))
    if (posix !== null) {
      inside +=
        {
          alpha: 'a-zA-Z',
          digit: '0-9',
          alnum: 'a-zA-Z0-9',
          upper: 'A-Z',
          lower: 'a-z',
          space: '\\s',
        }[posix[1] ?? ''] ?? ''
      at += posix[0].length
      continue
    }
    if (pattern[at] === '\\') at += 1
    const letter = pattern[at] ?? ''
    inside += letter === '-' && !first ? '-' : letter.replace(/[\\\]^[-]/, '\\$&')
    at += 1
  }
  if (at >= pattern.length) return undefined
  return { source: `(?!/)[${negated ? '^' : ''}${inside}]`, next: at + 1 }
}

/** A pattern as a regular expression. `**` as a whole part stands for any folders. */
function sourceOf(pattern: string): string | undefined {
  let source = ''
  for (let at = 0; at < pattern.length;) {
    const rest = pattern.slice(at)
    const atPart = at === 0 || pattern[at - 1] === '/'
    if (atPart && rest.startsWith('**/')) {
      source += '(?:[^/]+/)*'
      at += 3
    } else if (atPart && rest === '**') {
      source += '.+'
      at += 2
    } else if (rest.startsWith('*')) {
      while (pattern[at] === '*') at += 1
      source += '[^/]*'
    } else if (rest.startsWith('?')) {
      source += '[^/]'
      at += 1
    } else if (rest.startsWith('[')) {
      const found = letterClass(pattern, at)
      if (found === undefined) return undefined
      source += found.source
      at = found.next
    } else {
      // A backslash with nothing behind it makes a pattern that matches nothing.
      if (rest === '\\') return undefined
      if (rest.startsWith('\\')) at += 1
      source += (pattern[at] ?? '').replace(/[\\^$.*+?()[\]{}|/]/, '\\$&')
      at += 1
    }
  }
  return source
}

function ruleOf(line: string, base: string): readonly Rule[] {
  // Blanks at the end do not count, unless a backslash keeps them.
  let pattern = line.replace(/\r$/, '').replace(/(?<!\\)(?:(?<=^|[^\\])[ \t])+$/, '')
  if (pattern === '' || pattern.startsWith('#')) return []
  const keeps = pattern.startsWith('!')
  if (keeps) pattern = pattern.slice(1)
  const foldersOnly = pattern.endsWith('/') && !pattern.endsWith('\\/')
  if (foldersOnly) pattern = pattern.slice(0, -1)
  const anchored = pattern.includes('/')
  const source = pattern === '' ? undefined : sourceOf(pattern.replace(/^\//, ''))
  if (source === undefined) return []
  try {
    return [
      {
        base,
        keeps,
        foldersOnly,
        matches: new RegExp(`^${anchored ? '' : '(?:.*/)?'}${source}$`, 'su'),
      },
    ]
  } catch {
    // A range that runs backwards, `[z-a]`, matches nothing.
    return []
  }
}

/**
 * Rules of one ignore file. `base`: its folder, relative to the top, with `/` at its end. @source
 * git, gitignore(5)
 */
export const rulesOf = (text: string, base: string): Rules =>
  text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .flatMap(line => ruleOf(line, base))

/**
 * Whether a file or folder is left out: the last rule that speaks of it decides. What stands in a
 * folder that is left
 * out is never asked about.
 */
export function isIgnored(rules: Rules, path: string, isFolder: boolean): boolean {
  const rule = rules.findLast(
    ({ base, matches, foldersOnly }) =>
      path.startsWith(base) && (isFolder || !foldersOnly) && matches.test(path.slice(base.length)),
  )
  return rule !== undefined && !rule.keeps
}
