// What was healed, or would be: the acts as a person would type them, and what came of it.
import { inWords, type Healing, type Run } from '../../words/index.ts'
import type { Tone } from '../message.ts'
import { clip, lengthOf, oneLine, padEnd, wrap } from '../text.ts'
import type { Frame } from './frame.ts'

/** Acts told before the rest is counted. */
const mostActs = 3

/** What came of a healing, in half a sentence. */
export function outcomeOf({ outcome, harm }: Healing): { symbol: string; tone: Tone; says: string } {
  switch (outcome.kind) {
    case 'planned': return { symbol: '·', tone: 'strong', says: harm === 'none' ? 'harms nothing' : harm }
    case 'applied': return outcome.helped
      ? { symbol: '✓', tone: 'good', says: `helped after ${inWords(outcome.tookMs)}` }
      : { symbol: '×', tone: 'bad', says: `did not help in ${inWords(outcome.tookMs)}` }
    case 'failed': return { symbol: '×', tone: 'bad', says: `failed: ${outcome.why}` }
    case 'held': return { symbol: '–', tone: 'unknown', says: `held back: ${outcome.why}` }
  }
}

/** Whether a run only says what it would do. */
export const isPlan = ({ healings }: Pick<Run, 'healings'>): boolean => healings.length > 0 && healings.every(({ outcome }) => outcome.kind === 'planned')

export function healingLines(run: Run, { paint, width, full }: Frame): readonly string[] {
  if (run.healings.length === 0) return []
  const name = Math.max(...run.healings.map(({ fix }) => lengthOf(fix)))
  const margin = ' '.repeat(name + 6)
  return [
    '',
    isPlan(run) ? `${paint('strong', 'would heal')} ${paint('quiet', '(a plan: nothing was changed)')}` : paint('strong', 'healed'),
    ...run.healings.flatMap(healing => {
      const { symbol, tone, says } = outcomeOf(healing)
      const acts = healing.acts.slice(0, full ? undefined : mostActs)
      const hidden = healing.acts.length - acts.length
      const [first = '', ...others] = wrap(says, width - name - 6)
      return [
        `  ${paint(tone, symbol)} ${padEnd(healing.fix, name)}  ${paint(tone, first)}`,
        ...others.map(part => `${margin}${paint(tone, part)}`),
        ...acts.map(act => `${margin}${full ? oneLine(act) : clip(oneLine(act), width - name - 6)}`),
        ...(hidden === 0 ? [] : [`${margin}${paint('quiet', `and ${hidden} more acts`)}`]),
        ...(full ? [`${margin}${paint('quiet', `because of ${healing.because.map(oneLine).join(', ')}`)}`] : []),
      ]
    }),
  ]
}
