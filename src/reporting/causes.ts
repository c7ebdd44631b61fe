// Why verdicts are unknown, by source: an API that does not answer is one cause for all its
// verdicts.
import type { Judgement, Run } from '#src/model/index.ts'
import { reasonOf } from './sentences.ts'
import { groupBy } from './verdict-counts.ts'

/** One reason for unknown verdicts. */
export interface Cause {
  /** The source that did not answer, such as `kubernetes`; undefined for another reason. */
  readonly origin: string | undefined
  /** Why it did not answer, or the reason itself. */
  readonly why: string
  readonly judgements: readonly Judgement[]
}

type RunWithUnknowns = Pick<Run, 'judgements' | 'unanswered'>

/** The source whose answer a verdict lacks; undefined for a verdict with a reason of its own. */
const originOf = ({ verdict }: Judgement): string | undefined =>
  verdict.kind === 'unknown' && verdict.cause.kind === 'unanswered'
    ? verdict.cause.origin
    : undefined

/** The most frequent reason. */
function mostCommon(reasons: readonly string[]): string {
  const groups = groupBy(reasons, reason => reason)
  return groups.toSorted((a, b) => b.items.length - a.items.length)[0]?.key ?? ''
}

/** The causes of unknown verdicts and unanswered questions. The most frequent comes first. */
export function causesOf(run: RunWithUnknowns): readonly Cause[] {
  const unknown = run.judgements.filter(({ verdict }) => verdict.kind === 'unknown')
  const origins = new Set(run.unanswered.map(({ origin }) => origin))
  const about = unknown.map(judgement => {
    const origin = originOf(judgement)
    const known = origin !== undefined && origins.has(origin) ? origin : undefined
    return { judgement, reason: reasonOf(judgement), origin: known }
  })
  const silent = groupBy(run.unanswered, ({ origin }) => origin).map(({ key, items }) => ({
    origin: key,
    why: mostCommon(items.map(({ why }) => why)),
    judgements: about.flatMap(({ judgement, origin }) => (origin === key ? [judgement] : [])),
  }))
  const others = groupBy(
    about.filter(({ origin }) => origin === undefined),
    ({ reason }) => reason,
  ).map(({ key, items }) => ({
    origin: undefined,
    why: key,
    judgements: items.map(({ judgement }) => judgement),
  }))
  return [...silent, ...others].toSorted((a, b) => b.judgements.length - a.judgements.length)
}
