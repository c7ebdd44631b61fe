// What came of a fix, in half a sentence, for all formats.
import { heldText } from './sentences.ts'
import { formatDuration, type Healing, type Run } from '#src/model/index.ts'
import type { Tone } from './message.ts'

/** What came of a healing, in half a sentence. */
export function outcomeOf({ outcome, harm }: Healing): {
  symbol: string
  tone: Tone
  description: string
} {
  switch (outcome.kind) {
    case 'planned':
      return { symbol: '·', tone: 'strong', description: harm === 'none' ? 'harms nothing' : harm }
    case 'applied':
      return outcome.helped
        ? {
            symbol: '✓',
            tone: 'good',
            description: `helped after ${formatDuration(outcome.tookMs)}`,
          }
        : {
            symbol: '×',
            tone: 'bad',
            description: `did not help in ${formatDuration(outcome.tookMs)}`,
          }
    case 'failed':
      return { symbol: '×', tone: 'bad', description: `failed: ${outcome.error}` }
    case 'held':
      return { symbol: '–', tone: 'unknown', description: `held back: ${heldText(outcome.cause)}` }
  }
}

/** Whether a run only says what it would do. */
export const isPlan = ({ healings }: Pick<Run, 'healings'>): boolean =>
  healings.length > 0 && healings.every(({ outcome }) => outcome.kind === 'planned')

/**
 * How much was violated before and is now. Undefined where nothing was done, or nothing was judged
 * before.
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
