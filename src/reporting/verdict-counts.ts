// The judgements of a run by section and invariant, with counts, and unknowns by their cause.
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

/** One invariant with all its judgements. */
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

/** Stands in for the description of an invariant that the run does not describe. */
const undescribed = ({ invariant, clauses }: Judgement): InvariantInfo => ({
  name: invariant,
  section: clauses[0]?.split('.')[0] ?? 'other',
  title: invariant,
  reason: '',
  stories: [],
  clauses,
})

/** The sections with verdicts, in the order of their first invariants. */
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
    if (mine.length === 0) return []
    const worst = worstVerdict(mine.map(({ verdict }) => verdict.kind))
    return [{ info, judgements: mine, worst, counts: countKinds(mine) }]
  })
  return [...new Set(rows.map(({ info }) => info.section))].map(name => {
    const mine = rows.filter(({ info }) => info.section === name)
    return { name, rows: mine, worst: worstVerdict(mine.map(({ worst }) => worst)) }
  })
}

/** How many verdicts hold: `9 of 10`, `14 of 17, 3 waived`, `3 unknown`, `not applicable`. */
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

/** One reason with all verdicts that are unknown because of it. */
export interface Reason {
  readonly why: string
  readonly judgements: readonly Judgement[]
  /** The invariants, each with the number of its verdicts. */
  readonly invariants: readonly { readonly name: string; readonly amount: number }[]
}

type Unseen = Pick<Run, 'judgements' | 'unanswered'>

/** Verdicts can share a cause: a question without an answer. Others have a reason of their own. */
export const sharedCause = ({ verdict }: Judgement): string =>
  verdict.kind === 'unknown' && verdict.cause.kind === 'unanswered'
    ? verdict.cause.reason
    : reasonOf({ verdict })

/** Unknown verdicts by cause: an API that does not answer is one cause for all its verdicts. */
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

/** Questions without an answer that {@link unknownReasons} does not mention. */
export function otherUnanswered(run: Unseen): Run['unanswered'] {
  const mentioned = new Set(
    run.judgements.filter(({ verdict }) => verdict.kind === 'unknown').map(sharedCause),
  )
  return run.unanswered.filter(({ why }) => !mentioned.has(why))
}

/** Items with the same key. The groups are in the order of their first items. */
export function groupBy<T>(
  items: readonly T[],
  by: (item: T) => string,
): readonly { key: string; items: readonly T[] }[] {
  return [...new Set(items.map(by))].map(key => ({
    key,
    items: items.filter(item => by(item) === key),
  }))
}
