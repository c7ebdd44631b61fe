// Whether something works, where “no” is an answer.
/**
 * Whether something works, with the reason where it does not: for facts in which “no” is an answer.
 */

import { CommandError } from './command.ts'

export type Works = { works: true } | { works: false; why: string }
/**
 * A program that is not there, or prints rubbish, says nothing of what it was asked about: only its
 * own “no” and its silence do.
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
