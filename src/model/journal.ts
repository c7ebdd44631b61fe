// The journal of faults that must be undone: written before a fault acts, closed after its undo.
import type { Json } from './fault.ts'

export interface Entry {
  /** Order of injection, from 0. */
  order: number
  fault: string
  description: string
  record: Json
  /** When it was written, ms since the epoch: just before its fault acted. Missing in version 1. */
  at?: number
  /** How long its undo may take, ms. Missing in version 1. */
  undoWithin?: number
  /**
   * It was undone while a later fault was not. After the later undo, it must be undone again,
   * because the later fault may have recorded its effects as the original state.
   */
  undone?: boolean
}

/** The run, the cluster and the process of a journal. */
export interface JournalOf {
  /** Unique to one run, e.g. `2026-11-21T03-00-00-000Z-1f6e09ab`. */
  run: string
  cluster: string
  drill: string
  /** Who runs it, e.g. `joel@panda (pid 4711)`. */
  by: string
  /**
   * The state folder of its local journal: the same for all runs of that folder, and for no others.
   * Empty: unknown.
   */
  machine: string
  /** ms since the epoch. */
  startedAt: number
  /**
   * The latest time at which everything is undone, by the budgets of the drill. ms since the epoch.
   */
  until?: number
}

/**
 * Where records are kept. `open` settles when the record is durable, and nothing is injected
 * before.
 */
export interface Journal {
  open(entry: Entry): void | Promise<void>
  close(order: number): void | Promise<void>
  /** Open records, oldest first. */
  pending(): readonly Entry[]
}

/** An unusable journal. The message names it and the remedy. */
export class JournalError extends Error {}
