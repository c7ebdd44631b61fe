// The result of a fix in half a sentence, for all formats.
import { heldText } from './sentences.ts'
import { formatDuration, type Healing, type Run } from '#src/model/index.ts'
import type { Tone } from './message/signs.ts'

interface Look {
  readonly symbol: string
  readonly tone: Tone
  readonly description: string
}

/** The result of a healing, with its symbol and tone. */
export function outcomeOf({ outcome, harm }: Healing): Look {
  switch (outcome.kind) {
    case 'planned':
      return { symbol: '·', tone: 'strong', description: harm === 'none' ? 'harms nothing' : harm }
    case 'applied': {
      const took = formatDuration(outcome.tookMs)
      return outcome.helped
        ? { symbol: '✓', tone: 'good', description: `helped after ${took}` }
        : { symbol: '×', tone: 'bad', description: `did not help in ${took}` }
    }
    case 'failed':
      return { symbol: '×', tone: 'bad', description: `failed: ${outcome.error}` }
    case 'held':
      return { symbol: '–', tone: 'unknown', description: `held back: ${heldText(outcome.cause)}` }
  }
}

/** Whether a run only planned its healings. */
export const isPlan = ({ healings }: Pick<Run, 'healings'>): boolean =>
  healings.length > 0 && healings.every(({ outcome }) => outcome.kind === 'planned')

/**
 * The number of violations before the healings and now. Undefined if no fix acted, or if nothing
 * was judged before.
 */
export function beforeAndNow({
  before,
  judgements,
  healings,
}: Pick<Run, 'before' | 'judgements' | 'healings'>): string | undefined {
  if (
    before.length === 0 ||
    !healings.some(({ outcome }) => outcome.kind === 'applied' || outcome.kind === 'failed')
  )
    return undefined
  const violated = (verdicts: Run['before']) =>
    verdicts.filter(({ verdict }) => verdict.kind === 'violated').length
  return `violated before: ${violated(before)}, now: ${violated(judgements)}`
}
