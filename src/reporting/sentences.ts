// Facts as sentences: no other part of holdfast puts verdicts, outcomes, misses or events into
// words.
import { causeMessage, type Verdict } from '#src/model/index.ts'

export { eventText, healingReason, heldText } from './sentences/events.ts'
export {
  missText,
  missTexts,
  outcomeReason,
  outcomeText,
  uncertaintyText,
} from './sentences/outcomes.ts'

/** Why there is no plain pass or violation; empty for a verdict without a cause. */
export const reasonOf = ({ verdict }: { verdict: Verdict }): string =>
  'cause' in verdict ? causeMessage(verdict.cause) : ''
