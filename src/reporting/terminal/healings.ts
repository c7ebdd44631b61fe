// What was healed, or would be: the acts as a person would type them, and what came of it.
import type { Run } from '#src/model/index.ts'
import { beforeAndNow, isPlan, outcomeOf } from '#src/reporting/healing.ts'
import { clip, widthOf, oneLine, padEnd, wrap } from '#src/reporting/text.ts'
import type { Part } from './brief.ts'
import type { Frame } from './frame.ts'

/** Acts shown before the rest is counted. */
const mostActs = 3

/** The fixes of a screen: with their acts, then a line each. */
export const healingPart = (run: Run, frame: Frame): Part =>
  [mostActs, 1, 0].map(acts => healingLines(run, frame, acts))

/** `most`: acts shown of each fix. */
export function healingLines(
  run: Run,
  { paint, width, full }: Frame,
  most = mostActs,
): readonly string[] {
  if (run.healings.length === 0) return []
  const name = Math.max(...run.healings.map(({ fix }) => widthOf(fix)))
  const margin = ' '.repeat(name + 6)
  const now = beforeAndNow(run)
  return [
    '',
    isPlan(run)
      ? `${paint('strong', 'would heal')} ${paint('quiet', '(a plan: nothing was changed)')}`
      : `${paint('strong', 'healed')}${now === undefined ? '' : ` ${paint('quiet', `(${now})`)}`}`,
    ...run.healings.flatMap(healing => {
      const { symbol, tone, description } = outcomeOf(healing)
      const acts = healing.acts.slice(0, full ? undefined : most)
      const hidden = healing.acts.length - acts.length
      const [first = '', ...others] = wrap(description, width - name - 6)
      return [
        `  ${paint(tone, symbol)} ${padEnd(healing.fix, name)}  ${paint(tone, first)}`,
        ...others.map(part => `${margin}${paint(tone, part)}`),
        ...acts.map(
          act => `${margin}${full ? oneLine(act) : clip(oneLine(act), width - name - 6)}`,
        ),
        ...(hidden === 0 || most === 0
          ? []
          : [`${margin}${paint('quiet', `and ${hidden} more acts`)}`]),
        ...(full
          ? [`${margin}${paint('quiet', `because of ${healing.because.map(oneLine).join(', ')}`)}`]
          : []),
      ]
    }),
  ]
}
