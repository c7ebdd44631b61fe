// Asks every question of a run once, in parallel, each with its deadline, and freezes the answers
// into a Snapshot.
import { CommandError } from '#src/commands/command.ts'
import {
  formatDuration,
  errorMessage,
  type Answer,
  type Policy,
  type Question,
  type Runtime,
  type Snapshot,
} from '#src/model/index.ts'

/**
 * How long a question may take when it does not say otherwise, ms. @source
 * docs/decisions/0003-observe-once.md
 */
export const defaultDeadline = 10_000

/** One reason for all: making an error for each question costs more than asking it. */
const calledOff = new Error('answered in time')

/** The end of everybody's patience, for all questions that have the same and are asked at once. */
interface Limit {
  signal: AbortSignal
  /** Rejects when it is reached. */
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
    // Called off: all were answered in time.
    () => new Promise<never>(() => {}),
  )
  // Who has its answer does not listen any more.
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
      ...printedBy(error),
      at: clock.now(),
      tookMs: clock.now() - began,
    }
  }
}

/**
 * Asks one question. Never rejects: silence, refusals and rubbish become an answer that says so.
 */
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

/** One look at the world. Resolves when every question is answered or past its deadline. */
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
