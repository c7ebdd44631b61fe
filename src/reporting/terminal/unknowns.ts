// What is unknown on the full screen, by cause: one cause often stands for many verdicts.
import type { Run } from '#src/model/index.ts'
import { nameOf } from '#src/model/index.ts'
import { oneLine, wrap } from '#src/reporting/text.ts'
import { otherUnanswered, unknownReasons, type Reason } from '#src/reporting/verdict-counts.ts'
import type { Frame } from './frame.ts'

/** Unanswered questions shown before the rest is counted. */
const mostQuestions = 3

/** A text behind the sign of an unknown. */
const entry = (text: string, { paint, width }: Frame): readonly string[] =>
  wrap(text, width - 6).map((part, index) =>
    index === 0 ? `  ${paint('unknown', '?')} ${part}` : `      ${part}`,
  )

/** The verdicts of a cause by name, or its invariants with their numbers of verdicts. */
function namesIn({ judgements, invariants }: Reason, full: boolean): readonly string[] {
  const isSingle = judgements.length === 1
  if (full || isSingle) return judgements.map(judgement => oneLine(nameOf(judgement)))
  return invariants.map(({ name, amount }) => (amount === 1 ? name : `${name} (${amount})`))
}

/** The causes of unknown verdicts, then questions without an answer that no verdict needs. */
export function unknownLines(run: Run, frame: Frame): readonly string[] {
  const { paint, width, full } = frame
  const reasons = unknownReasons(run)
  const questions = otherUnanswered(run)
  if (reasons.length + questions.length === 0) return []
  const shown = questions.slice(0, full ? undefined : mostQuestions)
  const hidden = questions.length - shown.length
  return [
    '',
    paint('strong', 'unknown'),
    ...reasons.flatMap(reason => [
      ...entry(reason.why, frame),
      ...wrap(namesIn(reason, full).join(', '), width - 6).map(
        part => `      ${paint('quiet', part)}`,
      ),
    ]),
    ...shown.flatMap(({ question, origin, why }) =>
      entry(`could not ${question}: ${why} (asked ${origin})`, frame),
    ),
    ...(hidden === 0 ? [] : [paint('quiet', `    and ${hidden} more questions without an answer`)]),
  ]
}
