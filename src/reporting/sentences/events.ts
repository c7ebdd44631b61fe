// The events of a drill and the acts of fixes in words, one line each.
import {
  chosenText,
  formatDuration,
  type DrillEvent,
  type Healing,
  type HeldCause,
  type SignalChange,
} from '#src/model/index.ts'
import { objectionsText } from '#src/reporting/guards/objections.ts'
import { abortText } from './outcomes.ts'

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
      return 'backing off after a failed recovery'
    case 'not-needed':
      return 'no longer needed when checked again'
    case 'not-reached':
      return 'the run ended before its turn'
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
    return `observed again after ${formatDuration(change.unobserved)}: ${signal}`
  return `${change.kind === 'unobserved' ? 'not observed' : change.kind}: ${signal}`
}

const fixResults = {
  helped: 'helped',
  'did-not-help': 'did not help',
  stopped: 'acted; the run stopped before it was clear whether that helped',
} as const

type FixEvent = Extract<DrillEvent, { kind: `fix-${string}` }>

const isAboutFix = (event: DrillEvent): event is FixEvent => event.kind.startsWith('fix-')

function fixText(event: FixEvent): string {
  switch (event.kind) {
    case 'fix-held':
      return `${event.fix} is held back: ${event.reason}`
    case 'fix-confirming': {
      const { fix, looks, every } = event
      return `${fix} is called for; checking ${looks} times, ${every} apart, before it acts`
    }
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

/** One line of a timeline. */
export function eventText(event: DrillEvent): string {
  if (isAboutFix(event)) return fixText(event)
  switch (event.kind) {
    case 'note':
      return event.text
    case 'guard-allowed': {
      const { by, guard, objections } = event
      return `allowed by ${by.join('; ')}: ${guard}: ${objectionsText(objections)}`
    }
    case 'steady-state':
      return `the steady state ${event.holds ? 'holds' : 'does not hold; the drill is allowed'}`
    case 'chosen':
      return `on ${chosenText(event)}`
    case 'fault':
      return event.description
    case 'noticed':
      return `${event.invariant} notices`
    case 'signal':
      return signalText(event.signal, event.change)
    case 'aborted':
      return `aborted: ${abortText(event.cause)}`
    case 'undone':
      return `undone: ${event.description}`
    case 'not-undone':
      return `NOT undone: ${event.description}: ${event.error}`
  }
}
