// The journal on disk: undo records survive the end of this process and the next boot of this
// machine.
import { mkdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { headOf } from '#src/model/journal-form.ts'
import type { Entry, Journal, JournalOf } from '#src/model/journal.ts'
import { append, createWhole, syncFolder } from './disk.ts'
import { inOrder, type Found } from './unfinished.ts'

export interface FileJournal extends Journal {
  readonly path: string
  open(entry: Entry): void
  close(order: number): void
  /** Removes the file. */
  forget(): void
}

/**
 * Continues a journal from disk. Closing its last record removes the file, unless `keeps` returns
 * true: the copy in the cluster still exists then, and the file stays until that is gone.
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
 * A journal in a folder; its first record creates the file. `open` returns once the record is on
 * disk, with file and folder synced. Two runs never share a file name. Throws if the folder is not
 * writable: nothing may be injected then.
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
