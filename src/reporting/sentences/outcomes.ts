// The result of a drill in words: its outcome with the cause, its misses, and what it cannot state.
import {
  causeMessage,
  formatDuration,
  nameOf,
  type AbortCause,
  type DrillResult,
  type Judgement,
  type Miss,
  type NotHealedCause,
  type Outcome,
  type RefusalCause,
  type Uncertainty,
} from '#src/model/index.ts'
import { refusalsText, unsteadyText } from '#src/reporting/guards/objections.ts'
import { inapplicableText } from '#src/reporting/guards/plan.ts'

/** Longest list of what still fails after a drill. */
const mostFailing = 5

const findings = ({ verdict }: Judgement): string =>
  verdict.kind === 'violated' ? verdict.findings.map(({ seen }) => seen).join('; ') : verdict.kind

const refusalText = (cause: RefusalCause): string =>
  cause.kind === 'guards' ? refusalsText(cause.refusals) : unsteadyText(cause.judgements)

const notHealedText = (cause: NotHealedCause): string =>
  cause.kind === 'unstable'
    ? `it did not stay well for ${cause.stability}`
    : cause.judgements
        .slice(0, mostFailing)
        .map(judgement => `${nameOf(judgement)}: ${findings(judgement)}`)
        .join(' / ')

/** Why a drill ended early. */
export function abortText(cause: AbortCause): string {
  switch (cause.kind) {
    case 'stopped-early':
      return 'stopped before anything was injected'
    case 'stopped':
      return cause.reason
    case 'must-hold': {
      const { judgement } = cause
      return `must always hold, but does not: ${nameOf(judgement)}: ${findings(judgement)}`
    }
    case 'failed':
      return cause.error
  }
}

/** The cause of an outcome; empty for a drill that healed. */
export function outcomeReason(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'healed-by-itself':
    case 'healed-by-fixes':
      return ''
    case 'not-healed':
      return notHealedText(outcome.cause)
    case 'refused':
      return refusalText(outcome.cause)
    case 'aborted':
      return abortText(outcome.cause)
    case 'not-applicable':
      return inapplicableText(outcome.cause)
  }
}

/** The outcome as half a sentence. */
export function outcomeText(outcome: Outcome): string {
  const reason = outcomeReason(outcome)
  switch (outcome.kind) {
    case 'healed-by-itself':
      return 'the cluster healed itself'
    case 'healed-by-fixes':
      return `healed by ${outcome.fixes.join(', ')}`
    case 'not-healed':
      return `not healed: ${reason}`
    case 'refused':
      return `refused, nothing was injected: ${reason}`
    case 'not-applicable':
      return `not applicable here: ${reason}`
    case 'aborted':
      return `aborted: ${reason}`
  }
}

/** One miss of a drill. Only `outcome` needs the drill's outcome. */
export function missText(miss: Miss, outcome: Outcome): string {
  switch (miss.kind) {
    case 'outcome':
      return `${outcome.kind.replace('-', ' ')}: ${outcomeReason(outcome)}`
    case 'over-budget': {
      const { milestone, after, budget } = miss
      return `over budget: ${milestone} after ${formatDuration(after)}, budget ${budget}`
    }
    case 'never-came':
      return `over budget: ${miss.milestone} never came, budget ${miss.budget}`
    case 'unnoticed':
      return `${miss.invariant} never noticed`
    case 'noticed-late':
      return `${miss.invariant} noticed later than ${miss.within}`
    case 'unexpected-fix':
      return `${miss.fix} had to act, which the drill does not expect`
    case 'not-restored':
      return `not restored: ${nameOf(miss)}`
  }
}

/** All misses of a drill. */
export const missTexts = ({
  misses,
  outcome,
}: Pick<DrillResult, 'misses' | 'outcome'>): readonly string[] =>
  misses.map(miss => missText(miss, outcome))

/** One thing that a drill cannot state. */
export function uncertaintyText(about: Uncertainty): string {
  if (about.kind === 'verdict') return `${nameOf(about)}: ${causeMessage(about.cause)}`
  if (about.kind === 'unobserved') {
    const { milestone, since, budget } = about
    return `${milestone}: not observed since ${formatDuration(since)}, budget ${budget}`
  }
  const of = about.kind === 'milestone' ? about.milestone : `${about.invariant} noticing`
  const span = `between ${formatDuration(about.after)} and ${formatDuration(about.by)}`
  const unobserved = formatDuration(about.unobserved)
  return `${of}: ${span}, budget ${about.budget}; not observed for ${unobserved}`
}
