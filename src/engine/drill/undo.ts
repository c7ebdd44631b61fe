// Undoes the records of a journal, newest first. A failed undo never stops the others.
import {
  formatDuration,
  errorMessage,
  type Entry,
  type Fault,
  type FaultContext,
  type Journal,
  type Json,
  type LeftBehind,
} from '#src/model/index.ts'
import { undoDeadline, type Stage } from './inject.ts'

/**
 * Between attempts of one undo, ms. Most failed requests succeed a moment later, and a person waits
 * for the end.
 */
const pauses = [1_000, 3_000] as const

/** The command that a person types, or the record if the fault cannot name one. */
function manualUndoOf(fault: Fault | undefined, record: Json): string {
  try {
    if (fault !== undefined) return fault.manualUndo(record)
  } catch {
    // The fault cannot read its record.
  }
  return `restore the recorded state by hand: ${JSON.stringify(record)}`
}

/** Journals an entry. The undo goes on if that fails. */
async function journalled(journal: Journal, entry: Entry): Promise<void> {
  try {
    await journal.open(entry)
  } catch {
    // The entry stays marked as undone until it is closed.
  }
}

/** Tries again after each pause, for an undo may run twice. Rejects with the last error. */
async function withRetries(
  undo: () => Promise<void>,
  { runtime: { clock } }: FaultContext,
  signal: AbortSignal,
): Promise<void> {
  for (const pause of pauses) {
    try {
      return await undo()
    } catch {
      await clock.sleep(pause, signal)
    }
  }
  return undo()
}

/** Undoes one entry. Rejects if that fails or takes longer than the entry allows. */
async function undoEntry(entry: Entry, fault: Fault, context: FaultContext): Promise<void> {
  const alarm = new AbortController()
  const over = new AbortController()
  const within = entry.undoWithin ?? undoDeadline
  const tooLate = context.runtime.clock.sleep(within, alarm.signal).then(
    () => {
      const error = new Error(`not undone within ${formatDuration(within)}`)
      over.abort(error)
      throw error
    },
    () => new Promise<never>(() => {}),
  )
  const undo = () => fault.undo(entry.record, { ...context, signal: over.signal })
  await Promise.race([withRetries(undo, context, over.signal), tooLate]).finally(() =>
    alarm.abort(),
  )
}

/**
 * Undoes all records of the journal and returns those that it could not undo. A stop does not end
 * it: each undo has its own signal, which aborts at its deadline.
 */
export async function undoAll({
  context,
  faults,
  journal,
  add,
}: Stage): Promise<readonly LeftBehind[]> {
  const left: LeftBehind[] = []
  // The undo of a later entry may change this state again, so the entry counts as open again.
  for (const { undone, ...entry } of journal.pending())
    if (undone === true) await journalled(journal, entry)
  for (const entry of journal.pending().toReversed()) {
    const { description } = entry
    const fault = faults.get(entry.fault)
    try {
      if (fault === undefined)
        throw new Error(`this version does not know the fault “${entry.fault}”`)
      await undoEntry(entry, fault, context)
      // The undo of a later entry may bring this fault back: the entry stays until none is later.
      if (left.length > 0) await journal.open({ ...entry, undone: true })
      else await journal.close(entry.order)
      add('undo', { kind: 'undone', description })
    } catch (thrown) {
      const error = errorMessage(thrown)
      add('undo', { kind: 'not-undone', description, error })
      left.push({
        description: `${description}: ${error}`,
        manualUndo: manualUndoOf(fault, entry.record),
      })
    }
  }
  return left
}
