// The phases of a drill that touch the world: prepare and inject, undo.
import {
  formatDuration,
  errorMessage,
  type BoundFault,
  type Entry,
  type Fault,
  type FaultContext,
  type Journal,
  type Json,
  type LogEntry,
  type Phase,
} from '#src/model/index.ts'
import { orStopped, withLastMoment } from './stopping.ts'

/**
 * How long one undo may take, ms: a VM may have to boot for it. @source colima, recorded: start up
 * to 394 s
 */
const undoDeadline = 600_000

/** Every fault by its name: an undo record knows only that. */
export type Faults = ReadonlyMap<string, Fault>

/**
 * Between tries of one undo, ms: a request that was refused once is most often let through a moment
 * later, and a person who waits wants to leave.
 */
const pauses = [1_000, 3_000] as const

export interface Stage {
  context: FaultContext
  faults: Faults
  journal: Journal
  logEntry(phase: Phase, message: string): void
}

/**
 * Reads the present state and writes the way back; then, and only then, injects. `order` counts
 * over the whole drill.
 */
export async function inject(
  bound: BoundFault,
  order: number,
  { context, faults, journal, logEntry }: Stage,
): Promise<void> {
  const fault = faults.get(bound.name)
  if (fault === undefined)
    throw new Error(
      `The fault “${bound.name}” is not registered, so nobody could undo it: add it to helpers/faults.ts`,
    )
  logEntry('prepare', bound.description)
  const {
    runtime: { clock },
    signal,
  } = context
  const record = await orStopped(bound.prepare(context), signal)
  await orStopped(
    Promise.resolve(
      journal.open({
        order,
        fault: bound.name,
        description: bound.description,
        record,
        at: clock.now(),
        undoWithin: undoDeadline,
      }),
    ),
    signal,
  )
  logEntry('inject', bound.description)
  await withLastMoment(signal, clock, last => fault.inject(record, { ...context, signal: last }))
}

/** What a person types; the record itself where nobody can say it. */
function byHandOf(fault: Fault | undefined, record: Json): string {
  try {
    if (fault !== undefined) return fault.manualUndo(record)
  } catch {
    // A record that its own fault cannot read: what it holds is all that is left.
  }
  return `undo it by what was noted before: ${JSON.stringify(record)}`
}

/** Where it cannot be noted it is undone all the same. */
async function noted(journal: Journal, entry: Entry): Promise<void> {
  try {
    await journal.open(entry)
  } catch {
    // It says “undone already” until it is closed.
  }
}

/** Tries again after each pause, as an undo may be done twice. Rejects with the last failure. */
async function tried(
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

/**
 * Undoes everything that the journal holds, newest first; one failure never stops the others.
 * Returns what is left behind.
 * What ended the drill does not end this: undoing has a signal of its own, which aborts at its
 * deadline.
 */
export async function undoAll({
  context,
  faults,
  journal,
  logEntry,
}: Stage): Promise<readonly { description: string; manualUndo: string }[]> {
  const left: { description: string; manualUndo: string }[] = []
  // What was undone before a later one could be is what that one will change once more: it counts
  // as injected again.
  for (const { undone, ...entry } of journal.pending())
    if (undone === true) await noted(journal, entry)
  for (const entry of journal.pending().toReversed()) {
    const fault = faults.get(entry.fault)
    try {
      if (fault === undefined) throw new Error(`nobody knows the fault “${entry.fault}” any more`)
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
      await Promise.race([
        tried(
          () => fault.undo(entry.record, { ...context, signal: over.signal }),
          context,
          over.signal,
        ),
        tooLate,
      ]).finally(() => alarm.abort())
      // What a later one will be set back to may be this one's doing: it stays noted until nothing
      // later is.
      if (left.length > 0) await journal.open({ ...entry, undone: true })
      else await journal.close(entry.order)
      logEntry('undo', `undone: ${entry.description}`)
    } catch (error) {
      logEntry('undo', `NOT undone: ${entry.description}: ${errorMessage(error)}`)
      left.push({
        description: `${entry.description}: ${errorMessage(error)}`,
        manualUndo: byHandOf(fault, entry.record),
      })
    }
  }
  return left
}

/** A log of moments on a clock. */
export function momentsOn(
  now: () => number,
  heard?: (logEntry: LogEntry) => void,
): { list: LogEntry[]; add(phase: Phase, message: string): void } {
  const list: LogEntry[] = []
  return {
    list,
    add(phase, message) {
      const logEntry = { at: now(), phase, message }
      list.push(logEntry)
      heard?.(logEntry)
    },
  }
}
