// Journals on disk that a run left behind: what they still hold to undo.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { errorMessage } from '#src/model/error-message.ts'
import { asHead, asLine } from '#src/model/journal-form.ts'
import { JournalError, type Entry, type JournalOf } from '#src/model/journal.ts'
import { isMissing } from './disk.ts'

/** A journal on disk, with the records that are still to undo. */
export interface Found {
  path: string
  of: JournalOf
  pending: readonly Entry[]
  /**
   * Its last line is incomplete. The fault of that line was never injected: its record is on disk
   * before it acts.
   */
  torn: boolean
  /** Bytes of its complete lines. */
  length: number
}

export const inOrder = (entries: ReadonlyMap<number, Entry>): readonly Entry[] =>
  [...entries.values()].toSorted((a, b) => a.order - b.order)

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new JournalError(`${path} holds a line that is not JSON: ${text.slice(0, 80)}`)
  }
}

/** The text of a file; undefined: another process has undone and removed it. */
function textAt(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** The records that some lines open and do not close. */
function pendingIn(path: string, lines: readonly string[]): readonly Entry[] {
  const pending = new Map<number, Entry>()
  for (const row of lines) {
    const read = asLine(path, parse(path, row))
    if ('open' in read) pending.set(read.open.order, read.open)
    else pending.delete(read.close)
  }
  return inOrder(pending)
}

function foundIn(path: string): Found | undefined {
  const text = textAt(path)
  if (text === undefined) return undefined
  const lines = text.split('\n')
  const last = lines.pop() ?? ''
  const [first, ...rest] = lines
  if (first === undefined) return undefined
  return {
    path,
    of: asHead(path, parse(path, first)),
    pending: pendingIn(path, rest),
    torn: last !== '',
    length: Buffer.byteLength(text) - Buffer.byteLength(last),
  }
}

/** Names of the journals in a folder; none if it does not exist. */
function journalsIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter(name => name.endsWith('.jsonl'))
  } catch (error) {
    if (isMissing(error)) return []
    throw new JournalError(
      `cannot read ${folder}, so holdfast does not know what it still has to undo: ` +
        errorMessage(error),
      { cause: error },
    )
  }
}

/**
 * Journals of a cluster, newest first: those with something to undo, and those whose copy in the
 * cluster could not be removed. Throws a JournalError for a file that is no journal, or of a newer
 * version.
 */
export const unfinished = (folder: string, cluster: string): readonly Found[] =>
  journalsIn(folder)
    .flatMap(name => foundIn(join(folder, name)) ?? [])
    .filter(({ of }) => of.cluster === cluster)
    .toSorted((a, b) => b.of.startedAt - a.of.startedAt)
