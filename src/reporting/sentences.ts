// Facts as sentences: the only place where verdicts, outcomes, misses and events become words.
import {
  causeMessage,
  chosenText,
  formatDuration,
  nameOf,
  type AbortCause,
  type DrillEvent,
  type DrillResult,
  type Healing,
  type HeldCause,
  type Judgement,
  type Miss,
  type NotHealedCause,
  type Outcome,
  type RefusalCause,
  type SignalChange,
  type Uncertainty,
  type Verdict,
} from '#src/model/index.ts'
import { inapplicableText } from './guards/plan.ts'
import { objectionsText, refusalsText, unsteadyText } from './guards/objections.ts'

/** Longest list of what still fails after a drill. */
const mostFailing = 5

const findings = ({ verdict }: Judgement): string =>
  verdict.kind === 'violated' ? verdict.findings.map(({ seen }) => seen).join('; ') : verdict.kind

/** Why a verdict states nothing; empty for one that does. */
export const reasonOf = ({ verdict }: { verdict: Verdict }): string =>
  'cause' in verdict ? causeMessage(verdict.cause) : ''

const refusalText = (cause: RefusalCause): string =>
  cause.kind === 'guards' ? refusalsText(cause.refusals) : unsteadyText(cause.judgements)

const notHealedText = (cause: NotHealedCause): string =>
  cause.kind === 'unstable'
    ? `it did not stay well for ${cause.stability}`
    : cause.judgements
        .slice(0, mostFailing)
        .map(judgement => `${nameOf(judgement)}: ${findings(judgement)}`)
        .join(' / ')

/** Why a drill ended before its time. */
export function abortText(cause: AbortCause): string {
  switch (cause.kind) {
    case 'stopped-early':
      return 'stopped before anything was injected'
    case 'stopped':
      return cause.reason
    case 'must-hold':
      return `what must always hold does not: ${nameOf(cause.judgement)}: ${findings(cause.judgement)}`
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
    case 'over-budget':
      return `over budget: ${miss.milestone} after ${formatDuration(miss.after)}, budget ${miss.budget}`
    case 'never-came':
      return `over budget: ${miss.milestone} never came, budget ${miss.budget}`
    case 'unnoticed':
      return `${miss.invariant} never noticed`
    case 'noticed-late':
      return `${miss.invariant} noticed later than ${miss.within}`
    case 'unexpected-fix':
      return `${miss.fix} had to act, which the drill does not expect`
    case 'not-restored':
      return `not back to before: ${nameOf(miss)}`
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
  if (about.kind === 'unobserved')
    return `${about.milestone}: not observed since ${formatDuration(about.since)}, budget ${about.budget}`
  const of = about.kind === 'milestone' ? about.milestone : `${about.invariant} noticing`
  const span = `between ${formatDuration(about.after)} and ${formatDuration(about.by)}`
  return `${of}: ${span}, budget ${about.budget}; not observed for ${formatDuration(about.unobserved)}`
}

/** Why a fix did not act. */
export function heldText(cause: HeldCause): string {
  switch (cause.kind) {
    case 'disabled':
      return 'it is disabled'
    case 'tried-enough':
      return `it was tried ${cause.times} times`
    case 'cooling-down':
      return `it was tried less than ${cause.cooldown} ago`
    case 'backing-off':
      return 'a recovery has failed: held'
    case 'not-needed':
      return 'the need for it had gone when it was looked at again'
    case 'not-reached':
      return 'it was not reached'
    case 'not-permitted':
    case 'stopped':
      return cause.reason
  }
}

/** Why a fix failed or did not act; empty for one that acted. */
export function healingReason({ outcome }: Pick<Healing, 'outcome'>): string {
  if (outcome.kind === 'failed') return outcome.error
  return outcome.kind === 'held' ? heldText(outcome.cause) : ''
}

function signalText(signal: string, change: SignalChange): string {
  if (change.kind === 'observed-again')
    return `seen again after ${formatDuration(change.unobserved)}: ${signal}`
  return `${change.kind === 'unobserved' ? 'not seen' : change.kind}: ${signal}`
}

const fixResults = {
  helped: 'helped',
  'did-not-help': 'did not help',
  stopped: 'has acted; the stop came before it was known whether it helped',
} as const

/** One line of a timeline. */
export function eventText(event: DrillEvent): string {
  switch (event.kind) {
    case 'note':
      return event.text
    case 'guard-allowed':
      return `let through by ${event.by.join('; ')}: ${event.guard}: ${objectionsText(event.objections)}`
    case 'steady-state':
      return event.holds
        ? 'the steady state holds'
        : 'the steady state does not hold, and was let through'
    case 'chosen':
      return `on ${chosenText(event)}`
    case 'fault':
      return event.description
    case 'noticed':
      return `${event.invariant} notices`
    case 'signal':
      return signalText(event.signal, event.change)
    case 'aborted':
      return `broken off: ${abortText(event.cause)}`
    case 'undone':
      return `undone: ${event.description}`
    case 'not-undone':
      return `NOT undone: ${event.description}: ${event.error}`
    case 'fix-held':
      return `${event.fix} is held: ${event.reason}`
    case 'fix-confirming':
      return `${event.fix} is called for; looking ${event.looks} times, ${event.every} apart, before it acts`
    case 'fix-acts':
      return `${event.fix}: ${event.command}`
    case 'fix-failed':
      return `${event.fix} failed: ${event.error}`
    case 'fix-ended':
      return `${event.fix} ${fixResults[event.result]}`
    case 'fix-not-needed':
      return `${event.fix} is no longer called for`
  }
}
