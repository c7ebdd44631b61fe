// Questions as values: asked once per run, answered with time, duration and origin, or with the
// reason why not.
import type { Permission } from './guards/permission.ts'
import type { Policy } from './policy/policy.ts'
import type { Capability, Runtime } from './runtime.ts'
import { formatDuration } from './units.ts'
import type { NotApplicableCause, UnknownCause } from './verdict.ts'

/** What a question is asked with. */
export interface QuestionContext {
  runtime: Runtime
  policy: Policy
  /** Aborts at the question's deadline. */
  signal: AbortSignal
  /** Milliseconds left for each command or request of this question. */
  deadline: number
}

/** What a followed question has come to be. */
export interface FollowedValue<T> {
  value: T
  /** It was so at some moment since then, ms since the epoch. */
  since: number
  /** What was between the value before and this one is not known: there may have been others. */
  watchGap: boolean
}

/** Whoever follows a question instead of asking it again and again. */
export interface FollowContext<T> extends QuestionContext {
  /** Hears every value, one after the other, and from time to time that it is still the same. */
  onValue(heard: FollowedValue<T>): void
  /** From now on nothing is known, until `heard` is called again. */
  onLost(why: string): void
  /** The longest time, ms, until it is proved again that nothing was missed. */
  longestWatchMs(): number
  /** Aborts when stretches become shorter: the present one is to end. */
  shortenWatch(): AbortSignal
}

/** One thing to find out. Two questions with the same key are one question. */
export interface Question<T> {
  readonly key: string
  /** Completes “could not …”, e.g. `list pods`. */
  readonly description: string
  /** Whom it asks, e.g. `kubernetes`, `127.0.0.1:8108`. */
  readonly origin: string
  readonly needs: readonly Capability[]
  /** Milliseconds. Default 10,000. */
  readonly deadline?: number
  /** What the API must allow for it; absent: it asks no API server, or only what everybody may. */
  readonly permissions?: readonly Permission[]
  /** Reads only. A rejection makes the answer unknown, with its message as the reason. */
  ask(asking: QuestionContext): Promise<T>
  /**
   * Tells each change of the answer as it comes, where its origin can do that. Resolves when its
   * signal aborts, whatever happens until then.
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

export type Answer<T> =
  | (Asked & { kind: 'known'; value: T })
  | (Asked & { kind: 'unknown'; why: string })
  | (Asked & { kind: 'absent'; why: string })

/** All answers of one look. Plain JSON: it can be saved and judged again. */
export interface Snapshot {
  version: 1
  cluster: string
  target: Runtime['target']
  /** When the look began and ended, ms since the epoch. */
  startedAt: number
  endedAt: number
  answers: Readonly<Record<string, Answer<unknown>>>
}

type Unstated =
  | { kind: 'unknown'; cause: UnknownCause }
  | { kind: 'not-applicable'; cause: NotApplicableCause }

/** The sentence for a cause: an error needs one, and reports use the same. */
export function causeMessage(cause: UnknownCause | NotApplicableCause): string {
  switch (cause.kind) {
    case 'unanswered':
      return `could not ${cause.description}: ${cause.reason} (asked ${cause.origin}, ${formatDuration(cause.tookMs)})`
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
 * Thrown by {@link Answers} for a question without an answer, and by judges that cannot tell; the
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
 * The eyes of an invariant: the answer's value, or a throw that makes the verdict unknown or not
 * applicable.
 */
export interface Answers {
  <T>(question: Question<T>): T
  /** The whole answer, for judges to whom silence is itself a fact. */
  to<T>(question: Question<T>): Answer<T>
  /** When the snapshot ended, ms since the epoch. */
  readonly now: number
}

/** Eyes on a snapshot. */
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
