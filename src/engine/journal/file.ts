// The journal on disk: what must be undone survives the end of this process, and of this machine's
// next boot.
import { errorMessage } from '#src/model/error-message.ts'
import {
  closeSync,
  fsyncSync,
  fstatSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { asHead, asLine, headOf } from '#src/model/journal-form.ts'
import { JournalError, type Entry, type Journal, type JournalOf } from '#src/model/journal.ts'

/** A journal that was found, with what is still to be undone. */
export interface Found {
  path: string
  of: JournalOf
  pending: readonly Entry[]
  /**
   * The last line was cut off in the middle: its fault was not injected, for a record is whole
   * before its fault acts.
   */
  torn: boolean
  /** Bytes of its whole lines. */
  length: number
}

function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

/** Writes all of a text at a place of an open file, and has it on disk. */
function writeAll(fd: number, text: string, at: number): void {
  const bytes = Buffer.from(text)
  for (let written = 0; written < bytes.length;)
    written += writeSync(fd, bytes, written, bytes.length - written, at + written)
  fsyncSync(fd)
}

/**
 * Puts a whole line behind the whole lines that are there, over whatever an interrupted write has
 * left. Returns its bytes; undefined when the file is gone.
 */
function append(path: string, length: number, value: unknown): number | undefined {
  let fd: number
  try {
    fd = openSync(path, 'r+')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
  try {
    if (fstatSync(fd).size > length) ftruncateSync(fd, length)
    const text = `${JSON.stringify(value)}\n`
    writeAll(fd, text, length)
    return Buffer.byteLength(text)
  } finally {
    closeSync(fd)
  }
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && Reflect.get(error, 'code') === 'ENOENT'

/**
 * Makes a file that holds a text from its first moment on. Rejects with EEXIST where there is one
 * of that name.
 */
function createWhole(path: string, text: string): void {
  const draft = `${path}.${process.pid}.draft`
  const fd = openSync(draft, 'w', 0o600)
  try {
    writeAll(fd, text, 0)
  } finally {
    closeSync(fd)
  }
  try {
    linkSync(draft, path)
  } finally {
    rmSync(draft, { force: true })
  }
  syncFolder(dirname(path))
}

function foundIn(path: string): Found | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    // Somebody else has undone it since the folder was read.
    if (isMissing(error)) return undefined
    throw error
  }
  const lines = text.split('\n')
  const last = lines.pop() ?? ''
  const [first, ...rest] = lines
  if (first === undefined) return undefined
  const of = asHead(path, parse(path, first))
  const pending = new Map<number, Entry>()
  for (const row of rest) {
    const read = asLine(path, parse(path, row))
    if ('open' in read) pending.set(read.open.order, read.open)
    else pending.delete(read.close)
  }
  return {
    path,
    of,
    pending: inOrder(pending),
    torn: last !== '',
    length: Buffer.byteLength(text) - Buffer.byteLength(last),
  }
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new JournalError(`${path} holds a line that is no JSON: ${text.slice(0, 80)}`)
  }
}

const inOrder = (entries: ReadonlyMap<number, Entry>): readonly Entry[] =>
  [...entries.values()].toSorted((a, b) => a.order - b.order)

/** A journal on disk. */
export interface FileJournal extends Journal {
  readonly path: string
  open(entry: Entry): void
  close(order: number): void
  /**
   * Removes the file. While `keeps` says so it stays although nothing is left to undo: its copy
   * elsewhere is not gone yet.
   */
  forget(): void
}

/**
 * Goes on with a journal that was found; closing its last record removes the file, unless `keeps`
 * says that it has to stay.
 */
export function journalAt(found: Found, keeps: () => boolean = () => false): FileJournal {
  const pending = new Map(found.pending.map(entry => [entry.order, entry]))
  let { length } = found
  const add = (value: unknown): void => {
    length += append(found.path, length, value) ?? 0
  }
  const forget = (): void => {
    rmSync(found.path, { force: true })
    syncFolder(dirname(found.path))
  }
  return {
    path: found.path,
    open(entry) {
      add({ open: entry })
      pending.set(entry.order, entry)
    },
    close(order) {
      if (!pending.has(order)) return
      add({ close: order })
      pending.delete(order)
      if (pending.size === 0 && !keeps()) forget()
    },
    pending: () => inOrder(pending),
    forget,
  }
}

/**
 * A journal in a folder, made when its first record is opened. `open` returns when the record is on
 * disk, file and
 * folder synced. Two runs never share a name. Throws when the folder cannot be written: then
 * nothing may be injected.
 */
export function fileJournal(
  folder: string,
  of: JournalOf,
  keeps: () => boolean = () => false,
): FileJournal {
  const path = join(folder, `${of.run}-${of.drill}.jsonl`)
  let journal: FileJournal | undefined
  return {
    path,
    open(entry) {
      if (journal !== undefined) return journal.open(entry)
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      const text = `${JSON.stringify(headOf(of))}\n${JSON.stringify({ open: entry })}\n`
      createWhole(path, text)
      journal = journalAt(
        { path, of, pending: [entry], torn: false, length: Buffer.byteLength(text) },
        keeps,
      )
    },
    close: order => journal?.close(order),
    pending: () => journal?.pending() ?? [],
    forget: () => journal?.forget(),
  }
}

/**
 * Journals of a cluster, newest first: those that still hold something to undo, and those that
 * stayed because their copy
 * in the cluster could not be removed. Throws a JournalError for a file that is none, or of a newer
 * version.
 */
export function unfinished(folder: string, cluster: string): readonly Found[] {
  let names: string[]
  try {
    names = readdirSync(folder).filter(name => name.endsWith('.jsonl'))
  } catch (error) {
    if (isMissing(error)) return []
    throw new JournalError(
      `${folder} cannot be read, so nobody knows what is still to be undone: ${errorMessage(error)}`,
      { cause: error },
    )
  }
  return names
    .flatMap(name => foundIn(join(folder, name)) ?? [])
    .filter(({ of }) => of.cluster === cluster)
    .toSorted((a, b) => b.of.startedAt - a.of.startedAt)
}
