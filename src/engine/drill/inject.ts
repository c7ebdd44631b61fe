// Injects one fault. Its undo record is in the journal before it acts.
import type {
  BoundFault,
  DrillEvent,
  Fault,
  FaultContext,
  Journal,
  Phase,
} from '#src/model/index.ts'
import { orStopped, withLastMoment } from './stopping.ts'

/**
 * How long one undo may take, ms: it may have to boot a VM. @source recorded on a real VM: a start
 * of up to 394 s
 */
export const undoDeadline = 600_000

/** Every fault by its name. An undo record holds only the name. */
export type Faults = ReadonlyMap<string, Fault>

export interface Stage {
  context: FaultContext
  faults: Faults
  journal: Journal
  add(phase: Phase, event: DrillEvent): void
}

/**
 * Reads the present state, journals the undo record, and only then injects. `order` counts all
 * faults of the drill. Rejects with the signal's reason after a stop.
 */
export async function inject(
  bound: BoundFault,
  order: number,
  { context, faults, journal, add }: Stage,
): Promise<void> {
  const fault = faults.get(bound.name)
  if (fault === undefined)
    throw new Error(
      `The fault “${bound.name}” is not registered, so no run could undo it: ` +
        'add it to the faults of its platform',
    )
  const { description } = bound
  add('prepare', { kind: 'fault', description })
  const {
    runtime: { clock },
    signal,
  } = context
  const record = await orStopped(bound.prepare(context), signal)
  const entry = {
    order,
    fault: bound.name,
    description,
    record,
    at: clock.now(),
    undoWithin: undoDeadline,
  }
  await orStopped(Promise.resolve(journal.open(entry)), signal)
  add('inject', { kind: 'fault', description })
  await withLastMoment(signal, clock, last => fault.inject(record, { ...context, signal: last }))
}
