// Since when everything holds, and whether that is long enough to count as recovered.
import { worse, type Baseline } from '#src/engine/evaluate/baseline.ts'
import type { Evaluation } from '#src/engine/evaluate/evaluate.ts'
import { lastOf } from './signal-state.ts'
import type { Milestone } from '#src/model/index.ts'
import { lengthOf, type LastKnown } from './last-known.ts'

export interface Stability {
  note(evaluation: Evaluation): void
  /** Since when everything holds, ms since the epoch; undefined: something fails. */
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

/** The stability at the start of an injection: nothing counts as holding. */
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

  // All evaluations may fall between two outages of a signal. The cluster has recovered only after
  // the last one.
  const wellSince = (): number | undefined =>
    firstGood === undefined ? undefined : Math.max(firstGood, ...cameBack().map(({ by }) => by))
  // The window ends with an evaluation: time that was not evaluated does not count.
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
