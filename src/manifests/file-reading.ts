// Reads the bytes of single files into a search, and turns failures into problems.
import { errorMessage } from '#src/model/error-message.ts'
import { closeSync, openSync, readFileSync, readSync, type Stats } from 'node:fs'
import { relative, sep } from 'node:path'
import type { ManifestProblem } from '#src/model/manifest.ts'
import { bySource } from './rendered.ts'
import { textOf, unreadable } from './yaml/bytes.ts'

const MiB = 2 ** 20
/**
 * Bytes of one file. @source measured: 50 MiB of manifests are 125,000 objects and take 600 MiB of
 * memory
 */
export const maxFileSize = 64 * MiB
/** Bytes of a whole set, for the same reason. */
const maxSetSize = 64 * MiB

/** What one run has read so far. */
export interface Search {
  /** The folder that shown file names are relative to. */
  readonly from: string
  readonly texts: Map<string, string>
  readonly problems: ManifestProblem[]
  /** Device and inode of everything read: links are followed once, and never in a circle. */
  readonly seen: Set<string>
  /** The folders above the one being searched: links to them lead back. */
  above: ReadonlySet<string>
  bytes: number
}

export const newSearch = (from: string): Search => ({
  from,
  texts: new Map(),
  problems: [],
  seen: new Set(),
  above: new Set(),
  bytes: 0,
})

/** Identifies a file whatever path leads to it. */
export const idOf = ({ dev, ino }: Stats): string => `${dev}:${ino}`

/** The code of a failed system call, e.g. ENOENT; empty for other errors. */
export const codeOf = (error: unknown): string =>
  error instanceof Error ? String(Reflect.get(error, 'code')) : ''

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'this user may not read it',
  EPERM: 'this user may not read it',
  ELOOP: 'its links lead in a circle',
  EISDIR: 'it is a folder',
  ENOTDIR: 'part of its path is not a folder',
}

const reasonOf = (error: unknown): string => reasons[codeOf(error)] ?? errorMessage(error)

/** A file or folder that the system did not let us read. */
export const unread = (file: string, error: unknown): ManifestProblem =>
  unreadable(
    file,
    'unreadable',
    reasonOf(error),
    'a readable file or folder',
    'Correct the path or the permissions; nothing in it was judged.',
  )

const tooLarge = (file: string, seen: string): ManifestProblem =>
  unreadable(
    file,
    'too-large',
    seen,
    `at most ${maxFileSize / MiB} MiB at once`,
    'Give the gate parts of it, one after another; nothing in it was judged.',
  )

/** A path as reports show it: relative to the start folder, with `/`. */
export function shownPath({ from }: Search, path: string): string {
  const name = relative(from, path)
  return name === '' ? '.' : name.split(sep).join('/')
}

/** Bytes of a pipe or device, whose size is unknown; undefined above the limit. */
function readAll(path: string): Uint8Array | undefined {
  const file = openSync(path, 'r')
  try {
    const parts: Uint8Array[] = []
    for (let total = 0; total <= maxFileSize;) {
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

/** Adds the bytes of a file to a search: its text, or the problem with it. */
export function addBytes(search: Search, file: string, bytes: Uint8Array): void {
  search.bytes += bytes.length
  if (search.bytes > maxSetSize) {
    search.problems.push(tooLarge(file, `with it the set exceeds ${maxSetSize / MiB} MiB`))
    return
  }
  const read = textOf(file, bytes)
  if ('problem' in read) search.problems.push(read.problem)
  // A file on disk is what people open and what --fix edits: it stays whole, whoever wrote it.
  else if (file !== '<stdin>') search.texts.set(file, read.text)
  else for (const [name, text] of bySource(file, read.text)) search.texts.set(name, text)
}

/** Reads one file that exists, once. */
export function readOne(search: Search, path: string, info: Stats): void {
  const file = shownPath(search, path)
  if (info.isFile() && search.seen.has(idOf(info))) return
  search.seen.add(idOf(info))
  if (info.size > maxFileSize) {
    search.problems.push(tooLarge(file, `${(info.size / MiB).toFixed(1)} MiB`))
    return
  }
  try {
    const bytes = info.isFile() ? readFileSync(path) : readAll(path)
    if (bytes === undefined)
      search.problems.push(tooLarge(file, `more than ${maxFileSize / MiB} MiB`))
    else addBytes(search, file, bytes)
  } catch (error) {
    search.problems.push(unread(file, error))
  }
}
