// Since when everything holds, and whether it has held for long enough to count as recovered.
import { worse, type Baseline } from '#src/engine/evaluate/baseline.ts'
import type { Evaluation } from '#src/engine/evaluate/evaluate.ts'
import { lastOf } from './signal-state.ts'
import type { Milestone } from '#src/model/index.ts'
import { lengthOf, type LastKnown } from './last-known.ts'

export interface Stability {
  note(evaluation: Evaluation): void
  /** Since when everything holds, ms since the epoch; undefined: something does not. */
  wellSince(): number | undefined
  /** Everything has held for the whole window. */
  isReached(): boolean
  /** The milestone `recovered`, once it is reached. */
  milestone(): Milestone | undefined
}

interface Injection {
  baseline: Baseline
  injectedAt: number
  /** Aborts when the injection is over. */
  injected: AbortSignal
  /** ms. */
  window: number
  /** The signals that were lost and are back. */
  cameBack(): readonly Milestone[]
}

/** Nothing holds yet: the injection has just begun. */
export function newStability({
  baseline,
  injectedAt,
  injected,
  window,
  cameBack,
}: Injection): Stability {
  let lastBad: LastKnown = { at: injectedAt, unobservedFrom: undefined }
  let unobserved = 0
  let latest = injectedAt
  let firstGood: number | undefined

  // Evaluations may all fall between two outages that a signal observes: it has not recovered
  // before the last of them is back.
  const wellSince = (): number | undefined =>
    firstGood === undefined ? undefined : Math.max(firstGood, ...cameBack().map(({ by }) => by))
  // What was not evaluated has not held: the window ends with an evaluation, not with time.
  const isReached = (): boolean => {
    const since = wellSince()
    return since !== undefined && latest - since >= window
  }

  return {
    note({ judgements, snapshot: { startedAt, endedAt } }) {
      const changed = worse(judgements, baseline)
      if (!injected.aborted || changed.some(({ verdict }) => verdict.kind === 'violated'))
        lastBad = { at: startedAt, unobservedFrom: undefined }
      else if (changed.length > 0)
        lastBad = { ...lastBad, unobservedFrom: lastBad.unobservedFrom ?? startedAt }
      else if (firstGood === undefined) unobserved = lengthOf(lastBad, endedAt).unobserved ?? 0
      firstGood = changed.length > 0 || !injected.aborted ? undefined : (firstGood ?? endedAt)
      latest = startedAt
    },
    wellSince,
    isReached,
    milestone() {
      if (!isReached() || firstGood === undefined) return undefined
      const interval = lastOf([{ after: lastBad.at, by: firstGood, unobserved }, ...cameBack()])
      return interval === undefined ? undefined : { milestone: 'recovered', ...interval }
    },
  }
}
