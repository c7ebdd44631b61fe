// How a drill opens: whether it applies, and what its guards say, before anything is written anywhere.
import type {
  Drill,
  DrillResult,
  Journal,
  Judgement,
  Moment,
  Outcome,
  Phase,
  Policy,
  Reach,
  Signal,
} from '#src/model/index.ts'
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
  steady: readonly Judgement[]
}

export interface DrillContext {
  reach: Reach
  policy: Policy
  faults: Faults
  signals: readonly Signal[]
  journal: Journal
  /** Names of fixes that may not act. */
  disabled?: ReadonlySet<string>
  /** Asks the guards. Only looks. */
  clear?(drill: Drill): Promise<Clearance>
  /** Hears every moment as it happens. */
  heard?(moment: Moment): void
  signal?: AbortSignal
}

/** Makes the result of a drill that began now. */
export function draftOf(
  drill: Drill,
  policy: Policy,
  now: () => number,
  moments: readonly Moment[] = [],
): (outcome: Outcome, rest?: Partial<DrillResult>) => DrillResult {
  const startedAt = now()
  const faults = drill.faults(policy)
  return (outcome, rest = {}) => ({
    drill: drill.name,
    clauses: drill.clauses,
    says: drill.says,
    incident: drill.incident,
    startedAt,
    endedAt: now(),
    faults: faults.map(fault => fault.says),
    outcome,
    marks: [],
    misses: [],
    unknown: [],
    budgets: drill.budgets,
    moments,
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

/** What a drill came to before its first write: an end, or what its guards let through. Only looks. */
export async function opening(
  drill: Drill,
  context: DrillContext,
  moment: (phase: Phase, says: string) => void,
  result: ReturnType<typeof draftOf>,
): Promise<{ ended: DrillResult } | { clearance: Clearance | undefined }> {
  const { reach, policy, signal } = context
  const faults = drill.faults(policy)
  const lacking = [...(drill.arrange?.(policy) ?? []), ...faults]
    .flatMap(fault => fault.needs)
    .flatMap(need => reach.lacks[need] ?? [])[0]
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
  for (const says of clearance?.passed ?? []) moment('prepare', says)
  if (clearance?.refused !== undefined)
    return {
      ended: result(
        { kind: 'refused', why: clearance.refused },
        { misses: [`refused: ${clearance.refused}`] },
      ),
    }
  return { clearance }
}

/** The end of a drill that may not begin, for whoever has to know before anybody is kept away; undefined: it may. Only looks. */
export async function mayNotBegin(
  drill: Drill,
  context: DrillContext,
): Promise<DrillResult | undefined> {
  const now = (): number => context.reach.clock.now()
  const moments = momentsOn(now, context.heard)
  const opened = await opening(
    drill,
    context,
    moments.add,
    draftOf(drill, context.policy, now, moments.list),
  )
  return 'ended' in opened ? opened.ended : undefined
}
