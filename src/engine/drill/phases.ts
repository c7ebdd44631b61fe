// The phases of a drill that touch the world: prepare and inject, undo.
import {
  inWords,
  thrownInWords,
  type BoundFault,
  type Entry,
  type Fault,
  type Hands,
  type Journal,
  type Json,
  type Moment,
  type Phase,
} from '#src/model/index.ts'
import { orStopped, withLastMoment } from './stopping.ts'

/** How long one undo may take, ms: a VM may have to boot for it. @source colima, recorded: start up to 394 s */
const undoDeadline = 600_000

/** Every fault by its name: an undo record knows only that. */
export type Faults = ReadonlyMap<string, Fault>

/** Between tries of one undo, ms: a request that was refused once is most often let through a moment later, and a person who waits wants to leave. */
const pauses = [1_000, 3_000] as const

export interface Stage {
  hands: Hands
  faults: Faults
  journal: Journal
  moment(phase: Phase, says: string): void
}

/** Reads the present state and writes the way back; then, and only then, injects. `order` counts over the whole drill. */
export async function inject(
  bound: BoundFault,
  order: number,
  { hands, faults, journal, moment }: Stage,
): Promise<void> {
  const fault = faults.get(bound.name)
  if (fault === undefined)
    throw new Error(
      `The fault “${bound.name}” is not registered, so nobody could undo it: add it to helpers/faults.ts`,
    )
  moment('prepare', bound.says)
  const {
    reach: { clock },
    signal,
  } = hands
  const record = await orStopped(bound.prepare(hands), signal)
  await orStopped(
    Promise.resolve(
      journal.open({
        order,
        fault: bound.name,
        says: bound.says,
        record,
        at: clock.now(),
        undoWithin: undoDeadline,
      }),
    ),
    signal,
  )
  moment('inject', bound.says)
  await withLastMoment(signal, clock, last => fault.inject(record, { ...hands, signal: last }))
}

/** What a person types; the record itself where nobody can say it. */
function byHandOf(fault: Fault | undefined, record: Json): string {
  try {
    if (fault !== undefined) return fault.byHand(record)
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
  { reach: { clock } }: Hands,
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
 * Undoes everything that the journal holds, newest first; one failure never stops the others. Returns what is left behind.
 * What ended the drill does not end this: undoing has a signal of its own, which aborts at its deadline.
 */
export async function undoAll({
  hands,
  faults,
  journal,
  moment,
}: Stage): Promise<readonly { says: string; byHand: string }[]> {
  const left: { says: string; byHand: string }[] = []
  // What was undone before a later one could be is what that one will change once more: it counts as injected again.
  for (const { undone, ...entry } of journal.pending())
    if (undone === true) await noted(journal, entry)
  for (const entry of journal.pending().toReversed()) {
    const fault = faults.get(entry.fault)
    try {
      if (fault === undefined) throw new Error(`nobody knows the fault “${entry.fault}” any more`)
      const alarm = new AbortController()
      const over = new AbortController()
      const within = entry.undoWithin ?? undoDeadline
      const tooLate = hands.reach.clock.sleep(within, alarm.signal).then(
        () => {
          const error = new Error(`not undone within ${inWords(within)}`)
          over.abort(error)
          throw error
        },
        () => new Promise<never>(() => {}),
      )
      await Promise.race([
        tried(
          () => fault.undo(entry.record, { ...hands, signal: over.signal }),
          hands,
          over.signal,
        ),
        tooLate,
      ]).finally(() => alarm.abort())
      // What a later one will be set back to may be this one's doing: it stays noted until nothing later is.
      if (left.length > 0) await journal.open({ ...entry, undone: true })
      else await journal.close(entry.order)
      moment('undo', `undone: ${entry.says}`)
    } catch (error) {
      moment('undo', `NOT undone: ${entry.says}: ${thrownInWords(error)}`)
      left.push({
        says: `${entry.says}: ${thrownInWords(error)}`,
        byHand: byHandOf(fault, entry.record),
      })
    }
  }
  return left
}

/** A log of moments on a clock. */
export function momentsOn(
  now: () => number,
  heard?: (moment: Moment) => void,
): { list: Moment[]; add(phase: Phase, says: string): void } {
  const list: Moment[] = []
  return {
    list,
    add(phase, says) {
      const moment = { at: now(), phase, says }
      list.push(moment)
      heard?.(moment)
    },
  }
}
