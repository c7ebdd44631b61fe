// A run in a few words: what it proves, its worst result, and the meaning of its exit code.
import type { Run } from '#src/model/index.ts'
import { unknownClauses, violatedClauses } from './clauses.ts'
import { statuses, statusOf } from './status.ts'
import { countKinds } from './verdict-counts.ts'
import { count } from './text.ts'

/** What a run on each target proves. */
export function proofOf({ target }: Pick<Run, 'target'>): string {
  switch (target.kind) {
    case 'lab':
      return 'LAB, a rehearsal: not proof about a live cluster'
    case 'container':
      return 'CONTAINER, a real node: not proof about the live cluster'
    case 'live':
      return 'LIVE, the cluster and its host'
  }
}

const meanings: Readonly<Record<number, string>> = {
  0: 'everything holds',
  1: 'violated, or over budget',
  2: 'something is unknown',
  3: 'an undo is incomplete: see Left behind',
  4: 'a guard refused a drill',
  64: 'usage or configuration error',
  70: 'holdfast failed',
  129: 'the terminal closed',
  130: 'interrupted from the keyboard',
  143: 'terminated by a signal',
}

/** What a run's exit code means. */
export function exitMeaning({ exitCode, drills }: Pick<Run, 'exitCode' | 'drills'>): string {
  // `heal` can refuse to change the cluster and still repair the host: the report shows the acts.
  if (exitCode === 4 && drills.length === 0) return 'refused: the cluster was not changed'
  return meanings[exitCode] ?? 'unknown exit code'
}

export type Tone = 'good' | 'bad' | 'unknown'

export interface Headline {
  readonly tone: Tone
  /** A few words: `Holds`, `2 clauses violated`. */
  readonly title: string
}

/** A green rehearsal must not read like a green cluster. */
const holds = {
  lab: 'Holds in the lab',
  container: 'Holds in the container',
  live: 'Holds',
} as const

/** The worst result of a run. Its data counts even if its exit code is better. */
export function headline(run: Run): Headline {
  const left = run.drills.flatMap(({ leftBehind }) => leftBehind).length
  const violated = violatedClauses(run).length
  const unknown = unknownClauses(run).length
  const drills = run.drills.map(statusOf)
  const refused = drills.filter(status => status === 'refused').length
  if (run.exitCode === 70) return { tone: 'bad', title: 'holdfast failed' }
  if (left > 0) return { tone: 'bad', title: `${count(left, 'fault')} left behind` }
  if (violated > 0) return { tone: 'bad', title: `${count(violated, 'clause')} violated` }
  if (drills.includes('failed'))
    return {
      tone: 'bad',
      title: `${count(drills.filter(status => status === 'failed').length, 'drill')} failed`,
    }
  if ([129, 130, 143].includes(run.exitCode)) return { tone: 'unknown', title: 'Ended early' }
  if (refused > 0 && run.judgements.length === 0)
    return {
      tone: 'unknown',
      title: refused === drills.length ? 'Refused' : `${count(refused, 'drill')} refused`,
    }
  if (unknown > 0) return { tone: 'unknown', title: `${count(unknown, 'clause')} unknown` }
  if (run.judgements.length === 0 && run.drills.length === 0)
    return { tone: 'unknown', title: 'Nothing was judged' }
  return run.exitCode === 0
    ? { tone: 'good', title: holds[run.target.kind] }
    : { tone: 'unknown', title: exitMeaning(run) }
}

const drillWords = {
  passed: 'passed',
  failed: 'failed',
  unknown: 'unknown',
  refused: 'refused',
  aborted: 'aborted',
  'not-applicable': 'not applicable',
} as const

/** `26 invariants, 98 verdicts: 97 hold, 1 violated`; undefined for a run without verdicts. */
export function verdictCounts({ judgements }: Pick<Run, 'judgements'>): string | undefined {
  if (judgements.length === 0) return undefined
  const counts = countKinds(judgements)
  const invariants = new Set(judgements.map(({ invariant }) => invariant)).size
  const kinds = [
    [counts.holds, counts.holds === 1 ? 'holds' : 'hold'],
    [counts.violated, 'violated'],
    [counts.unknown, 'unknown'],
    [counts.waived, 'waived'],
    [counts['not-applicable'], 'not applicable'],
  ] as const
  return `${count(invariants, 'invariant')}, ${count(judgements.length, 'verdict')}: ${kinds
    .filter(([amount]) => amount > 0)
    .map(([amount, word]) => `${amount} ${word}`)
    .join(', ')}`
}

/** `11 drills: 9 passed, 2 failed`; undefined for a run without drills. */
export function drillCounts({ drills }: Pick<Run, 'drills'>): string | undefined {
  if (drills.length === 0) return undefined
  const all = drills.map(statusOf)
  const parts = statuses.flatMap(status => {
    const amount = all.filter(each => each === status).length
    return amount === 0 ? [] : [`${amount} ${drillWords[status]}`]
  })
  return `${count(drills.length, 'drill')}: ${parts.join(', ')}`
}
