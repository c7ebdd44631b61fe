// Whether something works, where “no” is an answer.
/**
 * Whether something works, and the reason if it does not: “no” is an answer, too.
 */

import { CommandError } from './command.ts'

export type Works = { works: true } | { works: false; why: string }
/**
 * A missing program, or one with unreadable output, answers nothing: only its own “no” and its
 * silence count.
 */
export async function works(attempt: Promise<unknown>): Promise<Works> {
  try {
    await attempt
    return { works: true }
  } catch (error) {
    if (!(error instanceof CommandError) || error.exit.kind === 'missing') throw error
    return { works: false, why: error.message }
  }
}
