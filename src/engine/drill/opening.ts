// How a drill opens: whether it applies, and what its guards say, before anything is written
// anywhere.
import { clausesProvenBy } from '#src/model/proof.ts'
import type {
  Drill,
  DrillResult,
  Journal,
  LogEntry,
  Outcome,
  Phase,
  Policy,
  Runtime,
  Signal,
} from '#src/model/index.ts'
import type { Evaluation } from '#src/engine/evaluate/evaluate.ts'
import { momentsOn, type Faults } from './phases.ts'

/** What the guards say together, before the first write. */
export interface Clearance {
  /** Why the drill may not begin, every reason with how to allow it; undefined: it may. */
  refused: string | undefined
  /** What was let through, and by whom, in words. */
  passed: readonly string[]
  /** A steady state that does not hold was let through. */
  unsteady: boolean
  /** What the drill needs to hold, as the guards have seen it. */
  before: Evaluation
}

export interface DrillContext {
  runtime: Runtime
  policy: Policy
  faults: Faults
  signals: readonly Signal[]
  journal: Journal
  /** Names of fixes that may not act. */
  disabled?: ReadonlySet<string>
  /** Asks the guards. Only looks. */
  clear?(drill: Drill): Promise<Clearance>
  /** Hears every moment as it happens. */
  heard?(logEntry: LogEntry): void
  signal?: AbortSignal
}

/** Makes the result of a drill that began now. */
export function draftOf(
  drill: Drill,
  policy: Policy,
  now: () => number,
  timeline: readonly LogEntry[] = [],
): (outcome: Outcome, rest?: Partial<DrillResult>) => DrillResult {
  const startedAt = now()
  const faults = drill.faults(policy)
  return (outcome, rest = {}) => ({
    drill: drill.name,
    clauses: clausesProvenBy(policy, 'drill', drill.name),
    title: drill.title,
    incident: drill.incident,
    startedAt,
    endedAt: now(),
    faults: faults.map(fault => fault.description),
    outcome,
    milestones: [],
    misses: [],
    unknown: [],
    budgets: drill.budgets,
    timeline,
    leftBehind: [],
    ...rest,
  })
}

/** The result of a drill that was stopped before its first write. */
export const stoppedEarly = (result: ReturnType<typeof draftOf>): DrillResult =>
  result(
    { kind: 'aborted', why: 'stopped before anything was injected' },
    { misses: ['aborted: stopped before anything was injected'] },
  )

/**
 * What a drill came to before its first write: an end, or what its guards let through. Only looks.
 */
export async function opening(
  drill: Drill,
  context: DrillContext,
  logEntry: (phase: Phase, message: string) => void,
  result: ReturnType<typeof draftOf>,
): Promise<{ ended: DrillResult } | { clearance: Clearance | undefined }> {
  const { runtime, policy, signal } = context
  const faults = drill.faults(policy)
  const lacking = [...(drill.setup?.(policy) ?? []), ...faults]
    .flatMap(fault => fault.needs)
    .flatMap(need => runtime.lacks[need] ?? [])[0]
  if (faults.length === 0)
    return {
      ended: result({
        kind: 'not-applicable',
        why: 'the policy names nothing that it could be tried on',
      }),
    }
  if (lacking !== undefined) return { ended: result({ kind: 'not-applicable', why: lacking }) }
  if (signal?.aborted === true) return { ended: stoppedEarly(result) }
  const clearance = await context.clear?.(drill)
  for (const description of clearance?.passed ?? []) logEntry('prepare', description)
  if (clearance?.refused !== undefined)
    return {
      ended: result(
        { kind: 'refused', why: clearance.refused },
        { misses: [`refused: ${clearance.refused}`] },
      ),
    }
  return { clearance }
}

/**
 * The end of a drill that may not begin, for whoever has to know before anybody is kept away;
 * undefined: it may. Only looks.
 */
export async function mayNotBegin(
  drill: Drill,
  context: DrillContext,
): Promise<DrillResult | undefined> {
  const now = (): number => context.runtime.clock.now()
  const timeline = momentsOn(now, context.heard)
  const opened = await opening(
    drill,
    context,
    timeline.add,
    draftOf(drill, context.policy, now, timeline.list),
  )
  return 'ended' in opened ? opened.ended : undefined
}
