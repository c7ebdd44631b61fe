// Everything before the first write of a drill: whether the drill applies here, and whether a guard
// refuses it.
import type { Evaluation } from '#src/engine/evaluate/evaluate.ts'
import {
  clausesProvenBy,
  type Drill,
  type DrillEvent,
  type DrillResult,
  type GuardAllowance,
  type GuardRefusal,
  type InapplicableCause,
  type Journal,
  type LogEntry,
  type Outcome,
  type Phase,
  type Policy,
  type Runtime,
  type Signal,
} from '#src/model/index.ts'
import { newTimeline } from './timeline.ts'
import type { Faults } from './inject.ts'

/** The result of all guards. */
export interface GuardResult {
  /** Guards that refuse the drill. Empty: it may begin. */
  refusals: readonly GuardRefusal[]
  /** Guards whose objections a person or the policy allows. */
  allowed: readonly GuardAllowance[]
  /** The steady state, as the guards observed it. */
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
  /** Asks the guards. Reads only. Absent: the drill has no guards. */
  guard?(drill: Drill): Promise<GuardResult>
  /** Receives every entry of the timeline as it happens. */
  heard?(logEntry: LogEntry): void
  signal?: AbortSignal
}

export type AddEvent = (phase: Phase, event: DrillEvent) => void
export type Draft = (outcome: Outcome, rest?: Partial<DrillResult>) => DrillResult

/** Makes results for a drill that begins now. */
export function draftOf(
  drill: Drill,
  policy: Policy,
  now: () => number,
  timeline: readonly LogEntry[] = [],
): Draft {
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
export const stoppedEarly = (draft: Draft): DrillResult =>
  draft({ kind: 'aborted', cause: { kind: 'stopped-early' } }, { misses: [{ kind: 'outcome' }] })

/** Why a drill cannot be run on a target at all; undefined: it can. */
export function inapplicable(
  drill: Drill,
  policy: Policy,
  lacks: Runtime['lacks'],
): InapplicableCause | undefined {
  const faults = drill.faults(policy)
  if (faults.length === 0) return { kind: 'nothing-to-drill' }
  for (const capability of [...(drill.setup?.(policy) ?? []), ...faults].flatMap(
    ({ needs }) => needs,
  )) {
    const reason = lacks[capability]
    if (reason !== undefined) return { kind: 'lacking', capability, reason }
  }
  return undefined
}

/**
 * The result of a drill that may not begin, or else the result of its guards; undefined: it has
 * none. Reads only.
 */
export async function preflight(
  drill: Drill,
  context: DrillContext,
  add: AddEvent,
  draft: Draft,
): Promise<{ ended: DrillResult } | { guards: GuardResult | undefined }> {
  const cause = inapplicable(drill, context.policy, context.runtime.lacks)
  if (cause !== undefined) return { ended: draft({ kind: 'not-applicable', cause }) }
  if (context.signal?.aborted === true) return { ended: stoppedEarly(draft) }
  const guards = await context.guard?.(drill)
  for (const allowance of guards?.allowed ?? [])
    add('prepare', { kind: 'guard-allowed', ...allowance })
  if (guards === undefined || guards.refusals.length === 0) return { guards }
  return {
    ended: draft(
      { kind: 'refused', cause: { kind: 'guards', refusals: guards.refusals } },
      { misses: [{ kind: 'outcome' }] },
    ),
  }
}

/**
 * The result of a drill that may not begin; undefined: it may. Reads only, and takes no lock.
 */
export async function mayNotBegin(
  drill: Drill,
  context: DrillContext,
): Promise<DrillResult | undefined> {
  const now = (): number => context.runtime.clock.now()
  const timeline = newTimeline(now, context.heard)
  const draft = draftOf(drill, context.policy, now, timeline.entries)
  const begun = await preflight(drill, context, timeline.add, draft)
  return 'ended' in begun ? begun.ended : undefined
}
