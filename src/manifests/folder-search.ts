// Searches a folder for manifests, as deep as it goes, without what ignore files leave out.
import { readdirSync, readFileSync, statSync, type Stats } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { codeOf, idOf, readOne, shownPath, unread, type Search } from './file-reading.ts'
import { ignoreRulesOf, ignoreRulesWithin, isIgnored, type IgnoreRules } from './ignore-rules.ts'
import { unreadable } from './yaml/bytes.ts'

/** Later files override earlier ones. */
const ignoreFiles = ['.gitignore', '.holdfastignore']
const isManifestFile = (name: string): boolean => /\.(?:ya?ml|json)$/i.test(name)

/** A folder being searched, below the folder where the ignore rules start. */
interface Folder {
  path: string
  top: string
  rules: IgnoreRules
}

const within = (top: string, path: string): string => relative(top, path).split(sep).join('/')

function rulesIn(search: Search, folder: string, top: string): IgnoreRules {
  return ignoreFiles.flatMap(name => {
    const path = join(folder, name)
    const base = within(top, folder)
    try {
      return ignoreRulesOf(readFileSync(path, 'utf8'), base === '' ? '' : `${base}/`)
    } catch (error) {
      if (!['ENOENT', 'ENOTDIR'].includes(codeOf(error)))
        search.problems.push(unread(shownPath(search, path), error))
      return []
    }
  })
}

/** Visits one entry of a folder. Returns the number of manifest files found. */
function visit(search: Search, name: string, { path: folder, top, rules }: Folder): number {
  const path = join(folder, name)
  const inside = within(top, path)
  try {
    const info = statSync(path)
    if (isIgnored(rules, inside, info.isDirectory())) return 0
    if (info.isDirectory()) {
      if (search.seen.has(idOf(info)) || search.above.has(idOf(info))) return 0
      return enter(search, { path, top, rules: ignoreRulesWithin(rules, inside) }, info)
    }
    if (!isManifestFile(name) || !info.isFile()) return 0
    readOne(search, path, info)
    return 1
  } catch (error) {
    if (!isManifestFile(name) || isIgnored(rules, inside, false)) return 0
    search.problems.push(unread(shownPath(search, path), error))
    return 1
  }
}

/** Searches a folder. It counts the manifest files, so that an empty set never passes. */
function searchFolder(search: Search, { path, top, rules: above }: Folder): number {
  const rules = [...above, ...rulesIn(search, path, top)]
  return (
    readdirSync(path)
      // Hidden files configure programs; packages contain manifests of others.
      .filter(name => !name.startsWith('.') && name !== 'node_modules')
      .toSorted()
      .reduce((found, name) => found + visit(search, name, { path, top, rules }), 0)
  )
}

function enter(search: Search, folder: Folder, info: Stats): number {
  search.seen.add(idOf(info))
  try {
    return searchFolder(search, folder)
  } catch (error) {
    search.problems.push(unread(shownPath(search, folder.path), error))
    return 1
  }
}

const exists = (path: string): boolean => statSync(path, { throwIfNoEntry: false }) !== undefined

/** The folders above one whose ignore files apply to it: up to the top of its repository. */
function foldersAbove(folder: string): readonly string[] {
  const above: string[] = []
  for (let here = folder; ; here = dirname(here)) {
    if (exists(join(here, '.git'))) return above.toReversed()
    if (dirname(here) === here) return []
    above.push(dirname(here))
  }
}

function idsAbove(folder: string): ReadonlySet<string> {
  const ids = new Set<string>()
  for (let here = dirname(folder); ; here = dirname(here)) {
    const info = statSync(here, { throwIfNoEntry: false })
    if (info !== undefined) ids.add(idOf(info))
    if (dirname(here) === here) return ids
  }
}

/** Reads all manifests below a folder; none is a problem. */
export function readFolder(search: Search, path: string, info: Stats): void {
  search.above = idsAbove(path)
  const above = foldersAbove(path)
  const top = above[0] ?? path
  const rules = above.flatMap(folder => rulesIn(search, folder, top))
  if (enter(search, { path, top, rules }, info) > 0) return
  search.problems.push(
    unreadable(
      shownPath(search, path),
      'nothing-found',
      'no .yaml, .yml or .json file in this folder that is not ignored',
      'manifests',
      'Correct the path, or check .holdfastignore and .gitignore.',
    ),
  )
}
