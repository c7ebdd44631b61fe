// What every adapter works with: the reach, the time left and the signal that ends it all.
import type { QuestionContext } from '#src/model/question.ts'

/**
 * The part of {@link QuestionContext} that adapters need; `deadline` in ms holds for each command
 * or request.
 */
export type Call = Pick<QuestionContext, 'runtime' | 'deadline' | 'signal'>
