// The latest answer to each question of the signals, and how old its value may be.
import type { Answer } from '#src/model/index.ts'

export interface LatestAnswer {
  answer: Answer<unknown>
  /** When it was asked. For a followed question: the earliest time of the value. */
  since: number
  /** The same for the latest known answer. */
  knownSince: number
  /** How often a change may have been unobserved. */
  gaps: number
}

export interface LatestAnswers {
  get(key: string): LatestAnswer | undefined
  /** Takes an answer. `gap`: a change since the last answer may be unobserved. */
  post(key: string, answer: Answer<unknown>, since: number, gap: boolean): void
}

/** No question has an answer yet. */
export function newLatestAnswers(): LatestAnswers {
  const latest = new Map<string, LatestAnswer>()
  return {
    get: key => latest.get(key),
    post(key, answer, since, gap) {
      const before = latest.get(key)
      latest.set(key, {
        answer,
        since,
        knownSince: answer.kind === 'known' ? since : (before?.knownSince ?? since),
        gaps: (before?.gaps ?? 0) + (gap ? 1 : 0),
      })
    },
  }
}
