// What must be undone: written before the fault acts, closed when it is undone.
import type { Json } from './fault.ts'

export interface Entry {
  /** Order of injection, from 0. */
  order: number
  fault: string
  description: string
  record: Json
  /**
   * When it was noted, ms since the epoch: the moment before its fault acted. Journals of version 1
   * do not say.
   */
  at?: number
  /** How long its undo may take, ms. Journals of version 1 do not say. */
  undoWithin?: number
  /**
   * Undone already, while a later one was not: once that is, this is undone once more, for the
   * state that a later one found may be what this one had made. Nothing of it is injected.
   */
  undone?: boolean
}

/** What a journal belongs to. */
export interface JournalOf {
  /** Of one run and no other, e.g. `2026-11-21T03-00-00-000Z-1f6e09ab`. */
  run: string
  cluster: string
  drill: string
  /** Who runs it, e.g. `joel@panda (pid 4711)`. */
  by: string
  /**
   * Where its local journal is: the same for all runs of one state folder, and for no others.
   * Empty: not known.
   */
  machine: string
  /** ms since the epoch. */
  startedAt: number
  /**
   * When it has undone everything at the latest, ms since the epoch, by the drill's own budgets.
   */
  until?: number
}

/**
 * Where records are kept. What `open` returns is settled when the record is durable; nothing is
 * injected before.
 */
export interface Journal {
  open(entry: Entry): void | Promise<void>
  close(order: number): void | Promise<void>
  /** Records that are not undone yet, oldest first. */
  pending(): readonly Entry[]
}

/** A journal that cannot be used; the message names it and what to do. */
export class JournalError extends Error {}
