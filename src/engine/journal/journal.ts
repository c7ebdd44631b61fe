// A journal in memory, and a journal with a copy in another place.
import { errorMessage, type Entry, type Journal } from '#src/model/index.ts'

/** A journal whose methods complete before they return. */
export interface SyncJournal extends Journal {
  open(entry: Entry): void
  close(order: number): void
}

/** A journal in memory, for the lab: its world ends with the process. */
export function memoryJournal(): SyncJournal {
  const entries = new Map<number, Entry>()
  return {
    open: entry => void entries.set(entry.order, entry),
    close: order => void entries.delete(order),
    pending: () => [...entries.values()].toSorted((a, b) => a.order - b.order),
  }
}

/** Another place that keeps the pending records of a journal. */
export interface Copy {
  /** Makes the copy hold exactly these records. Rejects if that is uncertain. */
  keep(pending: readonly Entry[]): Promise<void>
}

/** A journal and its copy. Only the journal counts: it never reads the copy. */
export interface CopiedJournal extends Journal {
  /** Whether the copy differs from the journal. */
  stale(): boolean
  /** Tries once more to update the copy. Resolves with whether it equals the journal. */
  settle(): Promise<boolean>
}

/** Updates a copy, one change after the other. Reports a series of failures once. */
function keeper(copy: Copy, report: (message: string) => void) {
  let stale = false
  let reported = false
  // In order: a late write must not overwrite a newer one.
  let last: Promise<unknown> = Promise.resolve()
  return {
    stale: () => stale,
    async keep(pending: readonly Entry[]): Promise<void> {
      const before = last
      const mine = before.then(() => copy.keep(pending))
      last = mine.catch(() => {})
      try {
        await mine
        stale = false
        reported = false
      } catch (error) {
        stale = true
        if (!reported)
          report(
            'the journal has no copy in the cluster, only on this machine: ' + errorMessage(error),
          )
        reported = true
      }
    },
  }
}

/**
 * Opens a record in the journal first and in the copy second, and closes it the other way round:
 * after a kill between the two, an undo does too much rather than too little. A failing copy stops
 * nothing, and `report` receives the reason.
 */
export function withCopy(
  journal: Journal,
  copy: Copy,
  report: (message: string) => void,
): CopiedJournal {
  const { keep, stale } = keeper(copy, report)
  return {
    async open(entry) {
      await journal.open(entry)
      await keep(journal.pending())
    },
    async close(order) {
      await keep(journal.pending().filter(entry => entry.order !== order))
      await journal.close(order)
    },
    pending: () => journal.pending(),
    stale,
    async settle() {
      if (stale()) await keep(journal.pending())
      return !stale()
    },
  }
}
