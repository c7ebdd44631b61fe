// A run's judgements arranged for reading: by section, then by invariant, with counts.
import { reasonOf } from './sentences.ts'
import {
  worstVerdict,
  type InvariantInfo,
  type Judgement,
  type Run,
  type Verdict,
} from '#src/model/index.ts'

type Kind = Verdict['kind']
export type Counts = Readonly<Record<Kind, number>>

export function countKinds(judgements: readonly Judgement[]): Counts {
  const of = (kind: Kind) => judgements.filter(({ verdict }) => verdict.kind === kind).length
  return {
    holds: of('holds'),
    violated: of('violated'),
    unknown: of('unknown'),
    waived: of('waived'),
    'not-applicable': of('not-applicable'),
  }
}

/** One invariant with all that was said of it. */
export interface Row {
  readonly info: InvariantInfo
  readonly judgements: readonly Judgement[]
  readonly worst: Kind
  readonly counts: Counts
}

export interface Section {
  readonly name: string
  readonly rows: readonly Row[]
  readonly worst: Kind
}

/** A judgement of an invariant that the run does not describe still has to be shown. */
const undescribed = ({ invariant, clauses }: Judgement): InvariantInfo => ({
  name: invariant,
  section: clauses[0]?.split('.')[0] ?? 'other',
  title: invariant,
  reason: '',
  stories: [],
  clauses,
})

/** Sections in the order in which their first invariant comes; only those with verdicts. */
export function sectionsOf({
  invariants,
  judgements,
}: Pick<Run, 'invariants' | 'judgements'>): readonly Section[] {
  const infos = new Map(invariants.map(info => [info.name, info]))
  for (const judgement of judgements) {
    if (!infos.has(judgement.invariant)) infos.set(judgement.invariant, undescribed(judgement))
  }
  const rows = [...infos.values()].flatMap((info): Row[] => {
    const mine = judgements.filter(({ invariant }) => invariant === info.name)
    return mine.length === 0
      ? []
      : [
          {
            info,
            judgements: mine,
            worst: worstVerdict(mine.map(({ verdict }) => verdict.kind)),
            counts: countKinds(mine),
          },
        ]
  })
  return [...new Set(rows.map(({ info }) => info.section))].map(name => {
    const mine = rows.filter(({ info }) => info.section === name)
    return { name, rows: mine, worst: worstVerdict(mine.map(({ worst }) => worst)) }
  })
}

/**
 * `9 of 10`, `14 of 17, 3 waived`, `3 unknown`, `not applicable`: how much of an invariant holds.
 */
export function countText({ judgements, counts }: Row): string {
  const applicable = judgements.length - counts['not-applicable']
  if (applicable === 0) return 'not applicable'
  if (counts.unknown === applicable) return `${counts.unknown} unknown`
  return [
    `${counts.holds} of ${applicable}`,
    ...(counts.unknown > 0 ? [`${counts.unknown} unknown`] : []),
    ...(counts.waived > 0 ? [`${counts.waived} waived`] : []),
  ].join(', ')
}

/** A reason with all that it leaves without a verdict. */
export interface Reason {
  readonly why: string
  readonly judgements: readonly Judgement[]
  /** Invariants, each with how many of its verdicts are concerned. */
  readonly invariants: readonly { readonly name: string; readonly amount: number }[]
}

type Unseen = Pick<Run, 'judgements' | 'unanswered'>

/** What several verdicts may share: why a question got no answer, or the verdict's own reason. */
export const sharedCause = ({ verdict }: Judgement): string =>
  verdict.kind === 'unknown' && verdict.cause.kind === 'unanswered'
    ? verdict.cause.reason
    : reasonOf({ verdict })

/**
 * Everything unknown, by its cause: a silent API is one cause, not one for each verdict or
 * question.
 */
export const unknownReasons = (run: Unseen): readonly Reason[] =>
  groupBy(
    run.judgements.filter(({ verdict }) => verdict.kind === 'unknown'),
    sharedCause,
  ).map(({ key, items }) => {
    const questions = run.unanswered.filter(({ why }) => why === key)
    return {
      why:
        questions.length > 1
          ? `${key}; could not ${questions.map(({ question }) => question).join(', ')}`
          : reasonOf(items[0]!),
      judgements: items,
      invariants: groupBy(items, ({ invariant }) => invariant).map(
        ({ key: name, items: mine }) => ({ name, amount: mine.length }),
      ),
    }
  })

/** Questions without an answer that no reason of {@link unknownReasons} tells already. */
export function otherUnanswered(run: Unseen): Run['unanswered'] {
  const told = new Set(
    run.judgements.filter(({ verdict }) => verdict.kind === 'unknown').map(sharedCause),
  )
  return run.unanswered.filter(({ why }) => !told.has(why))
}

/**
 * Items that share a text, e.g. subjects that are unknown for the same reason, in the order of
 * first sight.
 */
export function groupBy<T>(
  items: readonly T[],
  by: (item: T) => string,
): readonly { key: string; items: readonly T[] }[] {
  return [...new Set(items.map(by))].map(key => ({
    key,
    items: items.filter(item => by(item) === key),
  }))
}
