// The phases of a drill that touch the world: prepare and inject, undo.
import { inWords, thrownInWords, type BoundFault, type Fault, type Hands, type Journal, type Json, type Moment, type Phase } from '../words/index.ts'

/** How long one undo may take, ms: a VM may have to boot for it. @source colima, recorded: start up to 394 s */
const undoDeadline = 600_000

/** Every fault by its name: an undo record knows only that. */
export type Faults = ReadonlyMap<string, Fault>

export interface Stage {
  hands: Hands
  faults: Faults
  journal: Journal
  moment(phase: Phase, says: string): void
}

/** Reads the present state and writes the way back; then, and only then, injects. `order` counts over the whole drill. */
export async function inject(bound: BoundFault, order: number, { hands, faults, journal, moment }: Stage): Promise<void> {
  const fault = faults.get(bound.name)
  if (fault === undefined) throw new Error(`The fault “${bound.name}” is not registered, so nobody could undo it: add it to helpers/faults/index.ts`)
  moment('prepare', bound.says)
  const record = await bound.prepare(hands)
  journal.open({ order, fault: bound.name, says: bound.says, record })
  moment('inject', bound.says)
  await fault.inject(record, hands)
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

/**
 * Undoes everything that the journal holds, newest first; one failure never stops the others. Returns what is left behind.
 * What ended the drill does not end this: undoing has a signal of its own, which aborts at its deadline.
 */
export async function undoAll({ hands, faults, journal, moment }: Stage): Promise<readonly { says: string; byHand: string }[]> {
  const left: { says: string; byHand: string }[] = []
  for (const entry of journal.pending().toReversed()) {
    const fault = faults.get(entry.fault)
    try {
      if (fault === undefined) throw new Error(`nobody knows the fault “${entry.fault}” any more`)
      const alarm = new AbortController()
      const over = new AbortController()
      const tooLate = hands.reach.clock.sleep(undoDeadline, alarm.signal).then(() => {
        const error = new Error(`not undone within ${inWords(undoDeadline)}`)
        over.abort(error)
        throw error
      }, () => new Promise<never>(() => {}))
      const undone = (async () => fault.undo(entry.record, { ...hands, signal: over.signal }))()
      await Promise.race([undone, tooLate]).finally(() => alarm.abort())
      journal.close(entry.order)
      moment('undo', `undone: ${entry.says}`)
    } catch (error) {
      moment('undo', `NOT undone: ${entry.says}: ${thrownInWords(error)}`)
      left.push({ says: `${entry.says}: ${thrownInWords(error)}`, byHand: byHandOf(fault, entry.record) })
    }
  }
  return left
}

/** A log of moments on a clock. */
export function momentsOn(now: () => number, heard?: (moment: Moment) => void): { list: Moment[]; add(phase: Phase, says: string): void } {
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
