// Finds the gate as one bundle, made at install: it loads in half the time of its three hundred
// modules.
import type { Stats } from 'node:fs'
import { projectRoot } from '#src/project-root.ts'

// Imported, both would load streams that nobody here needs.
const { readFileSync, statSync } = process.getBuiltinModule('node:fs')
const { join } = process.getBuiltinModule('node:path')

/** The folder of the bundle. */
export const bundleFolder = join(projectRoot, 'node_modules', '.cache', 'holdfast-gate')

/**
 * What is written down of a bundle: its entry, from its folder, and each source, from the project's
 * root, with what tells that it has not changed.
 */
export interface BundleNote {
  entry: string
  sources: readonly (readonly [path: string, stamp: string])[]
}

export const noteFile = 'bundle.json'

/**
 * Changes with the file, as far as make and its kind can tell: time of the last change (ms) and
 * size (bytes).
 */
export const stampOf = ({ mtimeMs, size }: Pick<Stats, 'mtimeMs' | 'size'>): string =>
  `${mtimeMs} ${size}`

/**
 * The bundle's entry; undefined where there is none, or where a source is not the one that was
 * bundled: then the sources are run.
 */
export function bundleIn(folder: string, root: string): string | undefined {
  try {
    // Written by src/cli/bundle.ts; whatever else it holds is no bundle.
    const { entry, sources } = JSON.parse(
      readFileSync(join(folder, noteFile), 'utf8'),
    ) as BundleNote
    const program = join(folder, entry)
    return statSync(program).isFile() &&
      sources.every(([path, stamp]) => stampOf(statSync(join(root, path))) === stamp)
      ? program
      : undefined
  } catch {
    return undefined
  }
}

/** The bundle for a command line: of `gate` alone, and not where it turns to a cluster. */
export const bundleFor = (words: readonly string[]): string | undefined =>
  words[0] === 'gate' && !words.includes('--live') ? bundleIn(bundleFolder, projectRoot) : undefined
