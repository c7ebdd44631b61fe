// Asks every question once, all in parallel, each with its deadline, and puts the answers into a
// snapshot.
import { tlsFailure } from '#src/kubernetes/errors.ts'
import { CommandError } from '#src/commands/command.ts'
import { withoutUndefined } from '#src/model/json.ts'
import {
  formatDuration,
  errorMessage,
  type Answer,
  type Policy,
  type Question,
  type Runtime,
  type Snapshot,
} from '#src/model/index.ts'

/** The default deadline of a question, ms. @source docs/decisions/0003-observe-once.md */
export const defaultDeadline = 10_000

/** One reason for all questions: to create an error for each costs more than to ask it. */
const calledOff = new Error('answered in time')

/** One deadline, shared by all questions that have the same and are asked at once. */
interface Limit {
  signal: AbortSignal
  /** Rejects at the deadline. */
  tooLate: Promise<never>
  off(): void
}

function limitAfter(deadline: number, { clock }: Runtime): Limit {
  const over = new AbortController()
  const alarm = new AbortController()
  const tooLate = clock.sleep(deadline, alarm.signal).then(
    () => {
      const error = new Error(`no answer within ${formatDuration(deadline)}`)
      over.abort(error)
      throw error
    },
    // All questions were answered in time.
    () => new Promise<never>(() => {}),
  )
  // A question with an answer no longer awaits it.
  tooLate.catch(() => {})
  return { signal: over.signal, tooLate, off: () => alarm.abort(calledOff) }
}

const deadlineOf = ({ deadline }: Question<unknown>): number => deadline ?? defaultDeadline

/** All that a failed program printed, unless its error has all of it. */
function printedBy(error: unknown): { raw?: string } {
  if (!(error instanceof CommandError) || error.exit.kind !== 'exited') return {}
  const raw = `${error.exit.stderr}\n${error.exit.stdout}`.trim()
  return raw === '' || error.message.includes(raw) ? {} : { raw }
}

async function askWithin<T>(
  question: Question<T>,
  { signal, tooLate }: Limit,
  runtime: Runtime,
  policy: Policy,
): Promise<Answer<T>> {
  const { clock } = runtime
  const began = clock.now()
  const about = { description: question.description, origin: question.origin }
  for (const need of question.needs) {
    const why = runtime.lacks[need]
    if (why !== undefined) return { ...about, kind: 'absent', why, at: began, tookMs: 0 }
  }
  try {
    const value = await Promise.race([
      question.ask({ runtime, policy, signal, deadline: deadlineOf(question) }),
      tooLate,
    ])
    return { ...about, kind: 'known', value, at: clock.now(), tookMs: clock.now() - began }
  } catch (error) {
    return {
      ...about,
      kind: 'unknown',
      why: errorMessage(error),
      ...withoutUndefined({ failure: tlsFailure(error) }),
      ...printedBy(error),
      at: clock.now(),
      tookMs: clock.now() - began,
    }
  }
}

/** Asks one question. Never rejects: every failure becomes an answer with its reason. */
export async function ask<T>(
  question: Question<T>,
  runtime: Runtime,
  policy: Policy,
): Promise<Answer<T>> {
  const limit = limitAfter(deadlineOf(question), runtime)
  try {
    return await askWithin(question, limit, runtime, policy)
  } finally {
    limit.off()
  }
}

/** Asks questions. Resolves when each is answered or past its deadline. */
export async function observe(
  questions: readonly Question<unknown>[],
  runtime: Runtime,
  policy: Policy,
): Promise<Snapshot> {
  const startedAt = runtime.clock.now()
  const limits = new Map(
    [...new Set(questions.map(deadlineOf))].map(deadline => [
      deadline,
      limitAfter(deadline, runtime),
    ]),
  )
  const answers = await Promise.all(
    questions.map(
      async question =>
        [
          question.key,
          await askWithin(question, limits.get(deadlineOf(question))!, runtime, policy),
        ] as const,
    ),
  )
  for (const { off } of limits.values()) off()
  return {
    version: 1,
    cluster: policy.cluster,
    target: runtime.target,
    startedAt,
    endedAt: runtime.clock.now(),
    answers: Object.fromEntries(answers.toSorted(([a], [b]) => (a < b ? -1 : 1))),
  }
}
