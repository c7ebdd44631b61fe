// The outcome of a verdict or a drill in Allure, and a category for each outcome that fails a test.
import type { DrillResult, Judgement } from '#src/model/index.ts'
import { statusOf } from '#src/reporting/status.ts'

/** Allure's status of a test: `failed` for a broken policy, `broken` for an unknown result. */
type Failure = 'failed' | 'broken'

interface Kind {
  readonly category: string
  readonly description: string
  readonly status: Failure
}

/** Every outcome that fails a test, worst first. */
const failures = {
  'left behind': {
    category: 'Left behind',
    description: 'A drill could not undo a fault. The test names the command that does.',
    status: 'failed',
  },
  violated: {
    category: 'Violated',
    description: 'The cluster breaks a clause of its policy.',
    status: 'failed',
  },
  'over budget': {
    category: 'Over budget',
    description: 'The cluster recovered, but later than the drill allows.',
    status: 'failed',
  },
  'not healed': {
    category: 'Not healed',
    description: 'The cluster did not recover as the drill expects.',
    status: 'failed',
  },
  unknown: {
    category: 'Unknown',
    description: 'A source gave no answer, so there is no verdict. Silence is not a pass.',
    status: 'broken',
  },
  aborted: {
    category: 'Aborted',
    description: 'holdfast stopped the drill early and undid its faults.',
    status: 'broken',
  },
  refused: {
    category: 'Refused',
    description: 'A guard refused the drill before the first write.',
    status: 'broken',
  },
} as const satisfies Readonly<Record<string, Kind>>

export type FailedOutcome = keyof typeof failures
export type AllureOutcome = FailedOutcome | 'holds' | 'waived' | 'not applicable' | 'passed'

const names = Object.keys(failures) as readonly FailedOutcome[]

/** Whether an outcome fails its test. */
export const isFailure = (outcome: AllureOutcome): outcome is FailedOutcome =>
  names.some(name => name === outcome)

/** Allure's status of a failed test. */
export const failureStatus = (outcome: FailedOutcome): Failure => failures[outcome].status

/** The trace of a failed test. Categories match it, so that they do not depend on the message. */
export const traceOf = (outcome: FailedOutcome): string => `outcome: ${outcome}`

/** `categories.json`: a group for each outcome that fails a test. */
export const categories = names.map(outcome => ({
  name: failures[outcome].category,
  description: failures[outcome].description,
  matchedStatuses: [failures[outcome].status],
  traceRegex: traceOf(outcome),
}))

/** Whether the cluster recovered, but later than the drill allows. */
const isOverBudget = ({ outcome, misses }: DrillResult): boolean =>
  outcome.kind !== 'not-healed' && misses.some(({ kind }) => kind === 'over-budget')

/** The outcome of a verdict. */
export const outcomeOfJudgement = ({ verdict }: Judgement): AllureOutcome =>
  verdict.kind === 'not-applicable' ? 'not applicable' : verdict.kind

/** The outcome of a drill. */
export function outcomeOfDrill(drill: DrillResult): AllureOutcome {
  const status = statusOf(drill)
  if (drill.leftBehind.length > 0) return 'left behind'
  if (status === 'not-applicable') return 'not applicable'
  if (status !== 'failed') return status
  return isOverBudget(drill) ? 'over budget' : 'not healed'
}
