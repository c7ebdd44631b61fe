// What every client works with: the runtime, the time for one call, and the signal that ends it.
import type { QuestionContext } from '#src/model/question.ts'

/**
 * The part of {@link QuestionContext} that clients need; `deadline` in ms holds for each command or
 * request.
 */
export type Call = Pick<QuestionContext, 'runtime' | 'deadline' | 'signal'>

/** Calls of a fault or a fix, at most `deadline` ms each. A fix has no signal: it is finished. */
export const callOf = (
  { runtime, signal }: Pick<Call, 'runtime'> & Partial<Pick<Call, 'signal'>>,
  deadline: number,
): Call => ({ runtime, deadline, signal: signal ?? new AbortController().signal })
