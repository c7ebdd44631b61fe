// Journals that others are made of: one that lives as long as the process, and one with a copy
// elsewhere.
import { errorMessage, type Entry, type Journal } from '#src/model/index.ts'

/** A journal that is done when its methods return. */
export interface SyncJournal extends Journal {
  open(entry: Entry): void
  close(order: number): void
}

/** A journal for a world that ends with the process. */
export function memoryJournal(): SyncJournal {
  const entries = new Map<number, Entry>()
  return {
    open: entry => void entries.set(entry.order, entry),
    close: order => void entries.delete(order),
    pending: () => [...entries.values()].toSorted((a, b) => a.order - b.order),
  }
}

/** Where else the records of one journal are kept: all of what is pending, each time. */
export interface Copy {
  /** Makes the copy hold exactly this. Rejects when it cannot be told whether it does. */
  keep(pending: readonly Entry[]): Promise<void>
}

/**
 * A journal and its copy. The journal alone decides: it is written first, and what it has lost is
 * never taken from the copy.
 */
export interface CopiedJournal extends Journal {
  /** The copy holds something else than the journal. */
  stale(): boolean
  /** Tries once more to bring the copy up to the journal. Resolves with whether it is. */
  settle(): Promise<boolean>
}

/** Keeps a copy, one change after the other, and tells once of each time that it cannot. */
function keeper(copy: Copy, tell: (message: string) => void) {
  let stale = false
  let told = false
  // One after the other: what was given up waiting for must not come after what was done later.
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
        told = false
      } catch (error) {
        stale = true
        if (!told)
          tell(
            `what is to be undone is not noted in the cluster, only on this machine: ${errorMessage(error)}`,
          )
        told = true
      }
    },
  }
}

/**
 * Opens a record in the journal, then in the copy; closes it in the copy, then in the journal:
 * whoever finds only one of
 * them after a kill undoes too much rather than too little. A copy that fails stops nothing, and
 * `tell` hears of it.
 */
export function withCopy(
  journal: Journal,
  copy: Copy,
  tell: (message: string) => void,
): CopiedJournal {
  const { keep, stale } = keeper(copy, tell)
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
