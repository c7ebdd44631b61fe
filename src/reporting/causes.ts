// Why verdicts are unknown, by source: an API that does not answer is one cause, however many
// verdicts wait for it.
import type { Judgement, Run } from '#src/model/index.ts'
import { groupBy, reasonOf } from './tally.ts'

/** One reason for unknown verdicts. */
export interface Cause {
  /** The source that did not answer, e.g. `docker`; undefined where the reason names none. */
  readonly origin: string | undefined
  /** What it answered instead. */
  readonly why: string
  readonly judgements: readonly Judgement[]
}

type Seen = Pick<Run, 'judgements' | 'unanswered'>

/** The question without an answer that a reason is about. */
const questionOf = (reason: string, { unanswered }: Seen) =>
  unanswered.find(({ question, why }) => reason.includes(`could not ${question}: ${why}`))

/** The reason that most questions of a source have. */
function mostCommon(reasons: readonly string[]): string {
  const groups = groupBy(reasons, reason => reason)
  return groups.toSorted((a, b) => b.items.length - a.items.length)[0]?.key ?? ''
}

/** Causes of unknown verdicts and unanswered questions, the one with most verdicts first. */
export function causesOf(run: Seen): readonly Cause[] {
  const unknown = run.judgements.filter(({ verdict }) => verdict.kind === 'unknown')
  const about = unknown.map(judgement => {
    const reason = reasonOf(judgement)
    return { judgement, reason, question: questionOf(reason, run) }
  })
  const silent = groupBy(run.unanswered, ({ origin }) => origin).map(({ key, items }) => ({
    origin: key,
    why: mostCommon(items.map(({ why }) => why)),
    judgements: about.flatMap(({ judgement, question }) =>
      question?.origin === key ? [judgement] : [],
    ),
  }))
  const others = groupBy(
    about.filter(({ question }) => question === undefined),
    ({ reason }) => reason,
  ).map(({ key, items }) => ({
    origin: undefined,
    why: key,
    judgements: items.map(({ judgement }) => judgement),
  }))
  return [...silent, ...others].toSorted((a, b) => b.judgements.length - a.judgements.length)
}
