// The sign of each verdict and of each end of a drill: a symbol, a word and a tone, the same in all
// formats.
import type { Verdict } from '#src/model/index.ts'
import type { Status } from '#src/reporting/status.ts'

export type Tone = 'good' | 'bad' | 'unknown' | 'waived' | 'quiet' | 'strong'

/** Gives a text the look of a tone. */
export type Paint = (tone: Tone, text: string) => string

/** Without colours. */
export const plain: Paint = (_, text) => text

export interface Sign {
  readonly symbol: string
  readonly word: string
  readonly tone: Tone
}

export const signs: Readonly<Record<Verdict['kind'] | Status, Sign>> = {
  holds: { symbol: '✓', word: 'holds', tone: 'good' },
  violated: { symbol: '×', word: 'violated', tone: 'bad' },
  unknown: { symbol: '?', word: 'unknown', tone: 'unknown' },
  waived: { symbol: 'w', word: 'waived', tone: 'waived' },
  'not-applicable': { symbol: '–', word: 'not applicable', tone: 'quiet' },
  passed: { symbol: '✓', word: 'passed', tone: 'good' },
  failed: { symbol: '×', word: 'failed', tone: 'bad' },
  refused: { symbol: '–', word: 'refused', tone: 'unknown' },
  aborted: { symbol: '?', word: 'aborted', tone: 'unknown' },
}
