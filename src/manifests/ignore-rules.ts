// Applies .gitignore and .holdfastignore files to the paths of a folder search.
import ignore, { type Ignore } from 'ignore'

/** The patterns of one folder's ignore files. */
interface Level {
  /** The folder, relative to the top of the search, with `/` at its end; empty for the top. */
  base: string
  patterns: Ignore
}

/** Ignore patterns from the top folder down; deeper folders override. */
export type IgnoreRules = readonly Level[]

/**
 * The patterns of one ignore file. `base`: its folder, relative to the top, with `/` at its end.
 * @source git, gitignore(5)
 */
export const ignoreRulesOf = (text: string, base: string): IgnoreRules => [
  { base, patterns: ignore({ ignoreCase: false }).add(text.replace(/^\uFEFF/, '')) },
]

const testedBy = (
  { base, patterns }: Level,
  path: string,
): { ignored: boolean; unignored: boolean } =>
  path.startsWith(base) && path !== base
    ? patterns.test(path.slice(base.length))
    : { ignored: false, unignored: false }

/**
 * Whether a file or folder is ignored: the last pattern that matches it decides. Callers never ask
 * about the contents of an ignored folder.
 */
export function isIgnored(rules: IgnoreRules, path: string, isFolder: boolean): boolean {
  const tested = isFolder ? `${path}/` : path
  for (const level of rules.toReversed()) {
    const { ignored, unignored } = testedBy(level, tested)
    if (ignored || unignored) return ignored
  }
  return false
}

/**
 * The rules inside a folder that is searched. Where a deeper file re-included the folder, the files
 * above it no longer ignore everything in it: `ignore` decides one file's patterns at a time and
 * would.
 */
export const ignoreRulesWithin = (rules: IgnoreRules, folder: string): IgnoreRules =>
  rules.map(level => {
    if (!testedBy(level, `${folder}/`).ignored) return level
    const literal = folder.slice(level.base.length).replaceAll(/[\\*?[\]!# ]/g, '\\$&')
    return {
      ...level,
      patterns: ignore({ ignoreCase: false })
        .add(level.patterns)
        .add({ pattern: `!/${literal}/` }),
    }
  })
