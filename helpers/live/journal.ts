// The journal on disk: what must be undone survives the end of this process, and of this machine's next boot.
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, readdirSync, rmSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import type { Entry, Journal, Json } from '../words/index.ts'

/** The form of the lines below. A journal of a newer form is never guessed at. */
const version = 1

/** What a journal belongs to. */
export interface JournalOf {
  run: string
  cluster: string
  drill: string
  /** Who runs it, e.g. `joel@panda (pid 4711)`. */
  by: string
  /** ms since the epoch. */
  startedAt: number
}

const head = z.strictObject({ holdfast: z.literal('journal'), version: z.number(), run: z.string(), cluster: z.string(), drill: z.string(), by: z.string(), startedAt: z.number() })
const line = z.union([
  z.strictObject({ open: z.strictObject({ order: z.int(), fault: z.string(), says: z.string(), record: z.json() }) }),
  z.strictObject({ close: z.int() }),
])

/** A journal that was found, with what is still to be undone. */
export interface Found {
  path: string
  of: JournalOf
  pending: readonly Entry[]
  /** The last line was cut off in the middle: its fault was not injected, for a record is whole before its fault acts. */
  torn: boolean
}

/** A journal that cannot be used; the message names the file and what to do. */
export class JournalError extends Error {}

function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

function append(path: string, value: unknown, flags: 'wx' | 'a'): void {
  const fd = openSync(path, flags, 0o600)
  try {
    writeSync(fd, `${JSON.stringify(value)}\n`)
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

function foundIn(path: string): Found | undefined {
  const lines = readFileSync(path, 'utf8').split('\n')
  const last = lines.pop() ?? ''
  const [first, ...rest] = lines
  if (first === undefined) return undefined
  const parsed = head.safeParse(parse(path, first))
  if (!parsed.success) throw new JournalError(`${path} is no journal of holdfast: move it away`)
  const { holdfast: _, version: written, ...of } = parsed.data
  if (written > version) throw new JournalError(`${path} was written by a newer holdfast (journal version ${written}, this one knows ${version}): undo it with that one`)
  const pending = new Map<number, Entry>()
  for (const text of rest) {
    const entry = line.safeParse(parse(path, text))
    if (!entry.success) throw new JournalError(`${path} holds a line that is none of a journal: ${text.slice(0, 80)}`)
    if ('open' in entry.data) pending.set(entry.data.open.order, { ...entry.data.open, record: asJson(entry.data.open.record) })
    else pending.delete(entry.data.close)
  }
  return { path, of, pending: [...pending.values()].toSorted((a, b) => a.order - b.order), torn: last !== '' }
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new JournalError(`${path} holds a line that is no JSON: ${text.slice(0, 80)}`)
  }
}

/** zod's JSON and ours are the same values. */
const asJson = (value: z.infer<ReturnType<typeof z.json>>): Json => value

/** Goes on with a journal that was found; closing its last record removes the file. */
export function journalAt(found: Found): Journal {
  const pending = new Map(found.pending.map(entry => [entry.order, entry]))
  return {
    open(entry) {
      append(found.path, { open: entry }, 'a')
      pending.set(entry.order, entry)
    },
    close(order) {
      append(found.path, { close: order }, 'a')
      pending.delete(order)
      if (pending.size > 0) return
      rmSync(found.path, { force: true })
      syncFolder(dirname(found.path))
    },
    pending: () => [...pending.values()].toSorted((a, b) => a.order - b.order),
  }
}

/**
 * A journal in a folder, made when its first record is opened. `open` returns when the record is on disk, file and
 * folder synced. Two runs never share a name. Throws when the folder cannot be written: then nothing may be injected.
 */
export function fileJournal(folder: string, of: JournalOf): Journal & { readonly path: string } {
  const path = join(folder, `${of.run}-${of.drill}.jsonl`)
  let journal: Journal | undefined
  return {
    path,
    open(entry) {
      if (journal === undefined) {
        mkdirSync(folder, { recursive: true, mode: 0o700 })
        append(path, { holdfast: 'journal', version, ...of }, 'wx')
        syncFolder(folder)
        journal = journalAt({ path, of, pending: [], torn: false })
      }
      journal.open(entry)
    },
    close: order => journal?.close(order),
    pending: () => journal?.pending() ?? [],
  }
}

/** Journals of a cluster that still hold something to undo, newest first. */
export function unfinished(folder: string, cluster: string): readonly Found[] {
  let names: string[]
  try {
    names = readdirSync(folder).filter(name => name.endsWith('.jsonl'))
  } catch {
    return []
  }
  return names.flatMap(name => foundIn(join(folder, name)) ?? [])
    .filter(({ of, pending }) => of.cluster === cluster && pending.length > 0)
    .toSorted((a, b) => b.of.startedAt - a.of.startedAt)
}
