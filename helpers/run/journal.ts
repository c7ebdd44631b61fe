// A journal that lives as long as the process: for worlds that do not live longer.
import type { Entry, Journal } from '../words/index.ts'

/** A journal for a world that ends with the process. */
export function memoryJournal(): Journal {
  const entries = new Map<number, Entry>()
  return {
    open: entry => void entries.set(entry.order, entry),
    close: order => void entries.delete(order),
    pending: () => [...entries.values()].toSorted((a, b) => a.order - b.order),
  }
}
