// The latest answer to each question of the signals, and how old it may be.
import type { Answer } from '#src/model/index.ts'

export interface LatestAnswer {
  answer: Answer<unknown>
  /** When it was asked; of what is followed, from when on it was so. */
  since: number
  /** The same of the latest answer that is known. */
  knownSince: number
  /** How often something may have gone unobserved. */
  gaps: number
}

export interface LatestAnswers {
  get(key: string): LatestAnswer | undefined
  /** Takes an answer. `gap`: something between it and the one before may have gone unobserved. */
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
