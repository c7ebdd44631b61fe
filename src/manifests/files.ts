// Finds and reads the files of a set: the only place here that touches the disk.
import {
  closeSync,
  createReadStream,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
  type Stats,
} from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import type { ManifestProblem } from '#src/model/manifest.ts'
import { textOf, unreadable } from './yaml/bytes.ts'
import { ignoreRulesOf, ignoreRulesWithin, isIgnored, type IgnoreRules } from './ignore-rules.ts'
import { bySource } from './rendered.ts'
import type { Input } from './read.ts'

const MiB = 2 ** 20
/**
 * Bytes of one file. @source measured: 50 MiB of manifests are 125,000 objects and take 600 MiB of
 * memory
 */
export const longestFile = 64 * MiB
/** Bytes of a whole set, for the same reason. */
const largestSet = 64 * MiB

/** Files that say what is left out, the later ones having the last word. */
const ignoreFiles = ['.gitignore', '.holdfastignore']
const isManifestFile = (name: string): boolean => /\.(?:ya?ml|json)$/i.test(name)

interface Search {
  /** The folder from which files are named. */
  readonly from: string
  readonly texts: Map<string, string>
  readonly problems: ManifestProblem[]
  /** Device and inode of what was read: links lead to nothing twice, and never in a circle. */
  readonly seen: Set<string>
  /** The folders above the one that is searched: links to them lead back. */
  above: ReadonlySet<string>
  bytes: number
}

const idOf = ({ dev, ino }: Stats): string => `${dev}:${ino}`

const reasonOf = (error: unknown): string => {
  const code = error instanceof Error ? String(Reflect.get(error, 'code')) : ''
  const known: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such file or folder',
    EACCES: 'it may not be read by this user',
    EPERM: 'it may not be read by this user',
    ELOOP: 'its links lead in a circle',
    EISDIR: 'it is a folder',
    ENOTDIR: 'a part of its path is no folder',
  }
  return known[code] ?? (error instanceof Error ? error.message : String(error))
}

const unread = (file: string, error: unknown): ManifestProblem =>
  unreadable(
    file,
    'unreadable',
    reasonOf(error),
    'a file or folder that can be read',
    'Mend the path or the permissions; nothing of it was judged.',
  )
const tooLarge = (file: string, what: string): ManifestProblem =>
  unreadable(
    file,
    'too-large',
    what,
    `at most ${longestFile / MiB} MiB at once`,
    'Give the gate parts of it, one after another; nothing of it was judged.',
  )

function shown({ from }: Search, path: string): string {
  const name = relative(from, path)
  return name === '' ? '.' : name.split(sep).join('/')
}

/**
 * Bytes of a pipe or a device, which does not say how many it has; undefined where they are too
 * many.
 */
function readAll(path: string): Uint8Array | undefined {
  const file = openSync(path, 'r')
  try {
    const parts: Uint8Array[] = []
    for (let total = 0; total <= longestFile;) {
      const part = new Uint8Array(65_536)
      const got = readSync(file, part)
      if (got === 0) return Buffer.concat(parts)
      parts.push(part.subarray(0, got))
      total += got
    }
    return undefined
  } finally {
    closeSync(file)
  }
}

function take(search: Search, file: string, bytes: Uint8Array): void {
  search.bytes += bytes.length
  if (search.bytes > largestSet) {
    search.problems.push(tooLarge(file, `with it the set has more than ${largestSet / MiB} MiB`))
    return
  }
  const read = textOf(file, bytes)
  if ('problem' in read) search.problems.push(read.problem)
  else for (const [name, text] of bySource(file, read.text)) search.texts.set(name, text)
}

function readOne(search: Search, path: string, info: Stats): void {
  const file = shown(search, path)
  if (info.isFile() && search.seen.has(idOf(info))) return
  search.seen.add(idOf(info))
  if (info.size > longestFile) {
    search.problems.push(tooLarge(file, `${(info.size / MiB).toFixed(1)} MiB`))
    return
  }
  try {
    const bytes = info.isFile() ? readFileSync(path) : readAll(path)
    if (bytes === undefined)
      search.problems.push(tooLarge(file, `more than ${longestFile / MiB} MiB`))
    else take(search, file, bytes)
  } catch (error) {
    search.problems.push(unread(file, error))
  }
}

function rulesIn(search: Search, folder: string, top: string): IgnoreRules {
  return ignoreFiles.flatMap(name => {
    const path = join(folder, name)
    const base = relative(top, folder).split(sep).join('/')
    try {
      return ignoreRulesOf(readFileSync(path, 'utf8'), base === '' ? '' : `${base}/`)
    } catch (error) {
      if (
        error instanceof Error &&
        ['ENOENT', 'ENOTDIR'].includes(String(Reflect.get(error, 'code')))
      )
        return []
      search.problems.push(unread(shown(search, path), error))
      return []
    }
  })
}

/** Files that a folder holds are counted, so that an empty set is never a pass. */
function walk(search: Search, folder: string, top: string, above: IgnoreRules): number {
  const rules = [...above, ...rulesIn(search, folder, top)]
  let found = 0
  for (const { name } of readdirSync(folder, { withFileTypes: true }).toSorted((a, b) =>
    a.name < b.name ? -1 : 1,
  )) {
    // Hidden files configure programs; packages bring manifests that are not ours.
    if (name.startsWith('.') || name === 'node_modules') continue
    const path = join(folder, name)
    const inside = relative(top, path).split(sep).join('/')
    try {
      const info = statSync(path)
      if (isIgnored(rules, inside, info.isDirectory())) continue
      if (info.isDirectory()) {
        if (!search.seen.has(idOf(info)) && !search.above.has(idOf(info)))
          found += enter(search, path, info, top, ignoreRulesWithin(rules, inside))
      } else if (isManifestFile(name) && info.isFile()) {
        found += 1
        readOne(search, path, info)
      }
    } catch (error) {
      if (!isManifestFile(name) || isIgnored(rules, inside, false)) continue
      found += 1
      search.problems.push(unread(shown(search, path), error))
    }
  }
  return found
}

function enter(
  search: Search,
  folder: string,
  info: Stats,
  top: string,
  rules: IgnoreRules,
): number {
  search.seen.add(idOf(info))
  try {
    return walk(search, folder, top, rules)
  } catch (error) {
    search.problems.push(unread(shown(search, folder), error))
    return 1
  }
}

const isThere = (path: string): boolean => statSync(path, { throwIfNoEntry: false }) !== undefined

/** The folders above one whose ignore files count for it, too: up to the top of its repository. */
function foldersAbove(folder: string): readonly string[] {
  const above: string[] = []
  for (let here = folder; ; here = dirname(here)) {
    if (isThere(join(here, '.git'))) return above.toReversed()
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

function readFolder(search: Search, path: string, info: Stats): void {
  search.above = idsAbove(path)
  const above = foldersAbove(path)
  const top = above[0] ?? path
  const found = enter(
    search,
    path,
    info,
    top,
    above.flatMap(folder => rulesIn(search, folder, top)),
  )
  if (found === 0)
    search.problems.push(
      unreadable(
        shown(search, path),
        'nothing-found',
        'no .yaml, .yml or .json file in this folder that is not ignored',
        'manifests',
        'Mend the path, or look into .holdfastignore and .gitignore.',
      ),
    )
}

/**
 * Reads files and folders; `-` is what came on standard input. Folders are searched to their
 * depths, in the order of
 * names, for .yaml, .yml and .json; what is named is read whatever it is called. `from`: the folder
 * from which files are
 * named. It never throws: what cannot be read is a problem.
 */
export function readFiles(
  paths: readonly string[],
  { from, stdin }: { from: string; stdin?: Uint8Array },
): Input {
  const search: Search = {
    from,
    texts: new Map(),
    problems: [],
    seen: new Set(),
    above: new Set(),
    bytes: 0,
  }
  for (const path of paths) {
    if (path === '-') {
      if (stdin === undefined || stdin.length === 0)
        search.problems.push(
          unreadable(
            '<stdin>',
            'nothing-found',
            'nothing came on standard input',
            'manifests',
            'See whether the program before the pipe failed.',
          ),
        )
      else take(search, '<stdin>', stdin)
      continue
    }
    const whole = resolve(from, path)
    try {
      const info = statSync(whole)
      if (info.isDirectory()) readFolder(search, whole, info)
      else readOne(search, whole, info)
    } catch (error) {
      search.problems.push(unread(path, error))
    }
  }
  return { texts: search.texts, problems: search.problems }
}

/** All that comes on standard input, up to a little more than the gate reads. */
export async function readStdin(): Promise<Uint8Array> {
  const parts: Buffer[] = []
  let total = 0
  // The stream gives bytes: it was told of no encoding.
  for await (const part of createReadStream('', {
    fd: 0,
    autoClose: false,
  }) as AsyncIterable<Buffer>) {
    parts.push(part)
    total += part.length
    if (total > longestFile) break
  }
  return Buffer.concat(parts)
}
