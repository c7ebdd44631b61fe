// One drill, from its steady state to its last undo: prepare, inject, watch, heal, judge, undo,
// report.
import {
  ms,
  type Drill,
  type DrillResult,
  type LeftBehind,
  type Milestone,
} from '#src/model/index.ts'
import { preflight, type DrillContext } from './preflight.ts'
import { missesOf, outcomeOf, uncertaintiesOf } from './result.ts'
import { newTrial, sessionOf, type Session, type Trial } from './session.ts'
import { notRestored } from './steady-state.ts'
import { runTrial } from './trial.ts'
import { undoAll } from './undo.ts'

/**
 * Runs a drill. Never rejects for anything that the cluster does: the result holds refusals,
 * failures and faults that could not be undone.
 */
export async function runDrill(drill: Drill, context: DrillContext): Promise<DrillResult> {
  const session = sessionOf(drill, context)
  const begun = await preflight(drill, context, session.timeline.add, session.draft)
  if ('ended' in begun) return begun.ended
  for (const chosen of drill.chosen ?? [])
    session.timeline.add('prepare', { kind: 'chosen', ...chosen })
  const trial = newTrial()
  await runTrial(session, trial, begun.guards)
  const leftBehind = await undoAll(session.stage)
  return conclude(session, trial, leftBehind)
}

/** How long the cluster may take to return to its state before the drill, ms. */
function patienceAfterUndo({ drill, context }: Session, { recovery }: Trial): number {
  const hasSetup = (drill.setup?.(context.policy) ?? []).length > 0
  const settled = recovery !== undefined && recovery.notHealed === undefined
  return settled && !hasSetup ? 0 : ms(drill.budgets.recovered)
}

async function conclude(
  session: Session,
  trial: Trial,
  leftBehind: readonly LeftBehind[],
): Promise<DrillResult> {
  const { drill, context, draft } = session
  if (trial.refused !== undefined)
    return draft(
      { kind: 'refused', cause: trial.refused },
      { leftBehind, misses: [{ kind: 'outcome' }] },
    )
  const { clock } = context.runtime
  const undoneAt = clock.now()
  const worse =
    context.signal?.aborted === true
      ? []
      : await notRestored(
          drill,
          context,
          trial.baseline,
          undoneAt + patienceAfterUndo(session, trial),
        )
  const { recovery, injectedAt, signals } = trial
  if (recovery === undefined || injectedAt === undefined)
    return aborted(session, trial, undoneAt, leftBehind)
  const outcome = outcomeOf(recovery)
  const milestones = milestonesOf(
    injectedAt,
    [...recovery.milestones, ...signals.milestones],
    undoneAt,
  )
  const observed = { drill, recovery, outcome, milestones, signals, injectedAt }
  return draft(outcome, {
    milestones: inOrder(milestones),
    misses: missesOf(observed, worse),
    unknown: uncertaintiesOf(observed),
    leftBehind,
  })
}

/** The result of a drill that ended before its recovery was observed. */
function aborted(
  { timeline, draft }: Session,
  trial: Trial,
  undoneAt: number,
  leftBehind: readonly LeftBehind[],
): DrillResult {
  const { injectedAt, injecting, signals } = trial
  const hasInjected = timeline.entries.some(({ phase }) => phase === 'inject')
  return draft(
    { kind: 'aborted', cause: trial.aborted ?? { kind: 'stopped', reason: 'stopped' } },
    {
      leftBehind,
      milestones:
        injectedAt === undefined || !hasInjected
          ? []
          : inOrder(milestonesOf(injectedAt, signals.milestones, undoneAt)),
      misses: [{ kind: 'outcome' }],
      ...(injecting === undefined ? {} : { halfway: [injecting] }),
    },
  )
}

const milestonesOf = (
  injectedAt: number,
  between: readonly Milestone[],
  undoneAt: number,
): readonly Milestone[] => [
  { milestone: 'injected', after: injectedAt, by: injectedAt },
  ...between,
  { milestone: 'undone', after: undoneAt, by: undoneAt },
]

const inOrder = (milestones: readonly Milestone[]): readonly Milestone[] =>
  milestones.toSorted((a, b) => a.by - b.by)
