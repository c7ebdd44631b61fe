// Undoes what a journal holds, newest first. One failing undo never stops the others.
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
 * Between attempts of one undo, ms: a request that was refused once is most often accepted a moment
 * later, and a person who waits wants to leave.
 */
const pauses = [1_000, 3_000] as const

/** What a person types; the record itself where the fault cannot say it. */
function manualUndoOf(fault: Fault | undefined, record: Json): string {
  try {
    if (fault !== undefined) return fault.manualUndo(record)
  } catch {
    // Its own fault cannot read the record: what the record holds is all that is left.
  }
  return `undo it by what was noted before: ${JSON.stringify(record)}`
}

/** Where it cannot be journalled it is undone all the same. */
async function journalled(journal: Journal, entry: Entry): Promise<void> {
  try {
    await journal.open(entry)
  } catch {
    // The entry stays marked as undone until it is closed.
  }
}

/** Tries again after each pause: an undo may run twice. Rejects with the last failure. */
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

/** Undoes one entry. Rejects when that fails or takes longer than its entry allows. */
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
 * Undoes everything that the journal holds; returns what is left behind. What ended the drill does
 * not end this: undoing has a signal of its own, which aborts at its deadline.
 */
export async function undoAll({
  context,
  faults,
  journal,
  add,
}: Stage): Promise<readonly LeftBehind[]> {
  const left: LeftBehind[] = []
  // What was undone before a later entry could be is changed once more by that one: it counts as
  // injected again.
  for (const { undone, ...entry } of journal.pending())
    if (undone === true) await journalled(journal, entry)
  for (const entry of journal.pending().toReversed()) {
    const { description } = entry
    const fault = faults.get(entry.fault)
    try {
      if (fault === undefined)
        throw new Error(`this version does not know the fault “${entry.fault}”`)
      await undoEntry(entry, fault, context)
      // What a later entry is set back to may be this one's doing: it stays until none is later.
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
