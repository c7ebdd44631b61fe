// The context of a client: the runtime, the time for one call, and the signal that ends it.
import type { QuestionContext } from '#src/model/question.ts'

/**
 * The part of {@link QuestionContext} that clients need; `deadline` in ms holds for each command or
 * request.
 */
export type Call = Pick<QuestionContext, 'runtime' | 'deadline' | 'signal'>

/**
 * The context of a fault or a fix, at most `deadline` ms for each call. A fix has no signal: its
 * acts run to their end.
 */
export const callOf = (
  { runtime, signal }: Pick<Call, 'runtime'> & Partial<Pick<Call, 'signal'>>,
  deadline: number,
): Call => ({ runtime, deadline, signal: signal ?? new AbortController().signal })
