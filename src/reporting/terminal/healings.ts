// The healings on the screen: each fix with its result, and its acts as a person would type them.
import type { Healing, Run } from '#src/model/index.ts'
import { beforeAndNow, isPlan, outcomeOf } from '#src/reporting/healing.ts'
import { clip, oneLine, padEnd, widthOf, wrap } from '#src/reporting/text.ts'
import type { Part } from './brief.ts'
import type { Frame } from './frame.ts'

/** Acts that a fix shows before it counts the rest. */
const mostActs = 3

/** The fixes of a screen: with three acts each, with one, and without. */
export const healingPart = (run: Run, frame: Frame): Part =>
  [mostActs, 1, 0].map(acts => healingLines(run, frame, acts))

function headLine(run: Run, { paint }: Frame): string {
  if (isPlan(run))
    return `${paint('strong', 'would heal')} ${paint('quiet', '(a plan: nothing was changed)')}`
  const now = beforeAndNow(run)
  return `${paint('strong', 'healed')}${now === undefined ? '' : ` ${paint('quiet', `(${now})`)}`}`
}

function actLines(acts: readonly string[], most: number, room: number, frame: Frame) {
  const { paint, full } = frame
  const shown = acts.slice(0, full ? undefined : most)
  const hidden = acts.length - shown.length
  return [
    ...shown.map(act => (full ? oneLine(act) : clip(oneLine(act), room))),
    ...(hidden === 0 || most === 0 ? [] : [paint('quiet', `and ${hidden} more acts`)]),
  ]
}

/** The lines of one fix. `name`: the width of the column of names. */
function fixLines(healing: Healing, name: number, most: number, frame: Frame): readonly string[] {
  const { paint, width, full } = frame
  const margin = ' '.repeat(name + 6)
  const room = width - margin.length
  const { symbol, tone, description } = outcomeOf(healing)
  const [first = '', ...others] = wrap(description, room)
  const because = `because of ${healing.because.map(oneLine).join(', ')}`
  return [
    `  ${paint(tone, symbol)} ${padEnd(healing.fix, name)}  ${paint(tone, first)}`,
    ...[
      ...others.map(part => paint(tone, part)),
      ...actLines(healing.acts, most, room, frame),
      ...(full ? [paint('quiet', because)] : []),
    ].map(line => `${margin}${line}`),
  ]
}

/** `most`: the number of acts that each fix shows. */
export function healingLines(run: Run, frame: Frame, most = mostActs): readonly string[] {
  if (run.healings.length === 0) return []
  const name = Math.max(...run.healings.map(({ fix }) => widthOf(fix)))
  return [
    '',
    headLine(run, frame),
    ...run.healings.flatMap(healing => fixLines(healing, name, most, frame)),
  ]
}
