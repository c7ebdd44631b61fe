// What must be undone: written before the fault acts, closed when it is undone.
import type { Json } from './fault.ts'

export interface Entry {
  /** Order of injection, from 0. */
  order: number
  fault: string
  says: string
  record: Json
}

/** Where records are kept. `open` must be durable when it returns. */
export interface Journal {
  open(entry: Entry): void
  close(order: number): void
  /** Records that are not undone yet, oldest first. */
  pending(): readonly Entry[]
}
