// Questions as values: asked once per run, and answered with a time, a duration and an origin, or
// with the reason why not.
import type { Permission } from './guards/permission.ts'
import type { Policy } from './policy/policy.ts'
import type { Capability, Runtime } from './runtime.ts'
import { formatDuration } from './units.ts'
import type { NotApplicableCause, UnknownCause } from './verdict.ts'

/** Everything that a question needs to be asked. */
export interface QuestionContext {
  runtime: Runtime
  policy: Policy
  /** Aborts at the question's deadline. */
  signal: AbortSignal
  /** Milliseconds left for each command or request of this question. */
  deadline: number
}

/** A new value of a followed question. */
export interface FollowedValue<T> {
  value: T
  /** When the value was first known to be valid, ms since the epoch. */
  since: number
  /** There may have been other values between the previous one and this one. */
  watchGap: boolean
}

/** The listener of a followed question. */
export interface FollowContext<T> extends QuestionContext {
  /**
   * Receives every value in turn, and from time to time the confirmation that it is still the same.
   */
  onValue(heard: FollowedValue<T>): void
  /** The value is unknown from now on, until the next call of `onValue`. */
  onLost(why: string): void
  /** The longest time, ms, until the origin must prove again that nothing was missed. */
  longestWatchMs(): number
  /** Aborts when watches become shorter: the current one must end. */
  shortenWatch(): AbortSignal
}

/** One read of the cluster. Two questions with the same key are one question. */
export interface Question<T> {
  readonly key: string
  /** Completes “could not …”, e.g. `list pods`. */
  readonly description: string
  /** The system that it asks, e.g. `kubernetes`, `127.0.0.1:8108`. */
  readonly origin: string
  readonly needs: readonly Capability[]
  /** Milliseconds. Default 10,000. */
  readonly deadline?: number
  /**
   * Requests that the API must allow. Absent: it sends none, or only those that everyone may send.
   */
  readonly permissions?: readonly Permission[]
  /** Reads only. A rejection makes the answer unknown, with its message as the reason. */
  ask(asking: QuestionContext): Promise<T>
  /**
   * Reports each change of the answer, if the origin supports that. Resolves when its signal
   * aborts, and never before.
   */
  follow?(following: FollowContext<T>): Promise<void>
}

interface Asked {
  description: string
  origin: string
  /** When the answer arrived, ms since the epoch. */
  at: number
  tookMs: number
}

/**
 * `tls`: server and client do not trust each other's certificates, or the server speaks no TLS.
 * `tls-name`: the certificate is trusted, but not for the name or address that was asked.
 */
export type AnswerFailure = 'tls' | 'tls-name'

export type Answer<T> =
  | (Asked & { kind: 'known'; value: T })
  /**
   * `failure`: the kind of failure behind `why`, where a judge or a fix depends on it. `raw`: all
   * that a program printed, where `why` is shorter; for reports, not for screens.
   */
  | (Asked & { kind: 'unknown'; why: string; failure?: AnswerFailure; raw?: string })
  | (Asked & { kind: 'absent'; why: string })

/** All answers of one evaluation. Plain JSON: it can be saved and judged again. */
export interface Snapshot {
  version: 1
  cluster: string
  target: Runtime['target']
  /** When the evaluation began and ended, ms since the epoch. */
  startedAt: number
  endedAt: number
  answers: Readonly<Record<string, Answer<unknown>>>
}

type Unstated =
  | { kind: 'unknown'; cause: UnknownCause }
  | { kind: 'not-applicable'; cause: NotApplicableCause }

/** The sentence for a cause. Errors and reports share it. */
export function causeMessage(cause: UnknownCause | NotApplicableCause): string {
  switch (cause.kind) {
    case 'unanswered': {
      const asked = `asked ${cause.origin}, ${formatDuration(cause.tookMs)}`
      return `could not ${cause.description}: ${cause.reason} (${asked})`
    }
    case 'judge-failed':
      return `the judge itself failed: ${cause.error}`
    case 'discovery-failed':
      return `looking for what the policy does not name failed: ${cause.error}`
    case 'no-subjects':
      return 'the policy names nothing that this is about'
    case 'doubtful':
    case 'lacking':
    case 'out-of-scope':
      return cause.reason
  }
}

/**
 * Thrown by {@link Answers} for a question without an answer, and by judges without a verdict. The
 * engine turns it into a verdict.
 */
export class Unanswered extends Error {
  readonly verdict: Unstated
  constructor(verdict: Unstated) {
    super(causeMessage(verdict.cause))
    this.verdict = verdict
  }
}

const unansweredBy = (
  key: string,
  { description, origin, tookMs, why }: Answer<unknown> & { kind: 'unknown' },
): Unanswered =>
  new Unanswered({
    kind: 'unknown',
    cause: { kind: 'unanswered', question: key, description, origin, tookMs, reason: why },
  })

/**
 * The answers of a snapshot, as a judge reads them. A missing answer throws, which makes the
 * verdict unknown or not applicable.
 */
export interface Answers {
  <T>(question: Question<T>): T
  /** The whole answer, for judges to which silence is a fact. */
  to<T>(question: Question<T>): Answer<T>
  /** When the snapshot ended, ms since the epoch. */
  readonly now: number
}

/** The answers of a snapshot. */
export function answersOf(snapshot: Snapshot): Answers {
  function answer<T>(question: Question<T>): Answer<T> {
    const found = snapshot.answers[question.key] as Answer<T> | undefined
    return (
      found ?? {
        kind: 'unknown',
        why: 'the snapshot does not hold it',
        description: question.description,
        origin: question.origin,
        at: snapshot.endedAt,
        tookMs: 0,
      }
    )
  }
  function answers<T>(question: Question<T>): T {
    const found = answer(question)
    if (found.kind === 'known') return found.value
    if (found.kind === 'unknown') throw unansweredBy(question.key, found)
    throw new Unanswered({
      kind: 'not-applicable',
      cause: { kind: 'lacking', reason: found.why },
    })
  }
  return Object.assign(answers, { to: answer, now: snapshot.endedAt })
}
