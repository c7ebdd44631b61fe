// One fault of a plan: prepared for real, and injected into a runtime that refuses every change.
import {
  Unanswered,
  errorMessage,
  type Answers,
  type BoundFault,
  type Fault,
  type FaultContext,
  type Json,
  type PlannedFault,
  type Policy,
} from '#src/model/index.ts'
import { WouldChange } from '#src/commands/forbidden-act.ts'
import { objectsHit } from './hit.ts'

/** What planning a fault reads, and what it records. */
export interface Planning {
  readonly answers: Answers
  readonly policy: Policy
  readonly context: FaultContext
  /** Changes that the runtime refused since this list was last emptied. */
  readonly changes: string[]
  /** When a dead-man's switch would end the fault, ms after the injection. */
  readonly after: number
}

/** The value, or what `otherwise` makes of the reason why a question has no answer. */
export function knownOr<T>(read: () => T, otherwise: (why: string) => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof Unanswered) return otherwise(error.message)
    throw error
  }
}

function aboutFault(
  as: PlannedFault['as'],
  bound: BoundFault,
  { answers, policy }: Planning,
): Pick<PlannedFault, 'as' | 'fault' | 'description' | 'blast' | 'impacts'> {
  const impacts = bound.impacts?.flatMap(impact =>
    knownOr(
      () => objectsHit(impact, answers, policy),
      why => [`${impact.kind}, unknown which: ${why}`],
    ),
  )
  return {
    as,
    fault: bound.name,
    description: bound.description,
    blast: bound.blast,
    impacts: impacts ?? ['unknown: the fault declares no impact'],
  }
}

const whyUnprepared = (error: unknown): string =>
  error instanceof WouldChange
    ? `preparing it would change something: ${error.message}`
    : errorMessage(error)

/** What a fault does once it is prepared: its first change, its undo, its dead-man's switch. */
async function actsOf(
  record: Json,
  fault: Fault | undefined,
  { context, changes, after }: Planning,
): Promise<Pick<PlannedFault, 'begins' | 'manualUndo' | 'deadMan'>> {
  const found = fault?.deadMan?.(record, context) ?? 'the platform has no mechanism that ends it'
  changes.length = 0
  // In a context without the dead-man's switch, so that the first change is the fault's own.
  await fault?.inject(record, { ...context }).catch(() => {})
  return {
    begins: changes[0],
    manualUndo: fault?.manualUndo(record),
    deadMan: typeof found === 'string' ? { why: found } : { description: found.description, after },
  }
}

/** Prepares a fault, and lets it begin until its first change. */
export async function plannedFault(
  as: PlannedFault['as'],
  bound: BoundFault,
  fault: Fault | undefined,
  planning: Planning,
): Promise<PlannedFault> {
  const about = aboutFault(as, bound, planning)
  let record: Json
  try {
    record = await bound.prepare(planning.context)
  } catch (error) {
    return {
      ...about,
      record: undefined,
      unprepared: whyUnprepared(error),
      begins: undefined,
      manualUndo: undefined,
      deadMan: { why: 'it could not be prepared' },
    }
  }
  return { ...about, record, unprepared: undefined, ...(await actsOf(record, fault, planning)) }
}
