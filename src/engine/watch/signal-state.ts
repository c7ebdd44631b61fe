// What is known of one signal, sight by sight, and the mark that it makes: an interval that holds
// the moment at which it came back.
import type { Milestone, SignalChange } from '#src/model/index.ts'

/** What a look or an event says. ms since the epoch. */
export type Sample =
  | {
      kind: 'good' | 'bad'
      /**
       * It was so at some moment from then on: when the question was sent, or what was followed
       * last proved to be whole.
       */
      after: number
      /** It was so at some moment until then: when the answer had come. */
      by: number
      /** It is the answer to a question that did not wait for the one before. */
      overlaps?: boolean
      /** Something between the last sight and this one may have gone unseen. */
      gap?: boolean
      /** What is another after a loss that nobody saw; undefined: nothing tells. */
      trace?: string | undefined
    }
  /** Nobody could look. What was known is as old as `after`. */
  | { kind: 'unseen'; after: number; by: number }

export interface SignalState {
  /** Takes a sight, in the order of their making, and tells what turned by it. */
  note(sight: Sample): readonly SignalChange[]
  /** How it is, as far as known; undefined before the first sight. */
  known(): 'good' | 'bad' | undefined
  /** Since when nobody could look. */
  unseenSince(): number | undefined
  /** When it came back; undefined while it is bad, and where it never was. */
  milestone(): Omit<Milestone, 'milestone'> | undefined
}

/**
 * When the last of them came back: of several intervals that all have to end, and the part of it in
 * which nobody could look. Undefined where there is none.
 */
export function lastOf(
  intervals: readonly Omit<Milestone, 'milestone'>[],
): Omit<Milestone, 'milestone'> | undefined {
  if (intervals.length === 0) return undefined
  const by = Math.max(...intervals.map(one => one.by))
  const after = Math.min(by, Math.max(...intervals.map(one => one.after)))
  const blind = Math.max(
    0,
    ...intervals.flatMap(one => (one.by > after ? [one.unobserved ?? 0] : [])),
  )
  return { after, by, ...(blind > 0 ? { unobserved: Math.min(blind, by - after) } : {}) }
}

/**
 * How much longer than the quickest an answer may take by chance, ms. @source measured by
 * tests/watch: 23 ms on two cores with a load of 27
 */
const jitter = 50

/** A track that begins well: what a drill starts from is its steady state. */
export function newSignalState(startedAt: number): SignalState {
  let known: 'good' | 'bad' | undefined
  let lastGood = startedAt
  let lastBad = startedAt
  let unseenSince: number | undefined
  let blind = 0
  let trace: string | undefined
  let back: { after: number; by: number; blind: number } | undefined
  /**
   * The shortest time that an answer has taken since it came back, ms, and when the questions were
   * sent that waited for theirs at that moment.
   */
  let quickest = Infinity
  let waiting: number[] = []

  function note(sight: Sample): readonly SignalChange[] {
    const turns: SignalChange[] = []
    if (sight.kind === 'unseen') {
      if (unseenSince !== undefined) return turns
      unseenSince = sight.after
      return [{ kind: 'unobserved' }]
    }
    const { after, by } = sight
    if (unseenSince !== undefined) {
      blind += by - unseenSince
      turns.push({ kind: 'observed-again', unobserved: by - unseenSince })
      unseenSince = undefined
    }
    if (sight.kind === 'bad') {
      if (known !== 'bad') turns.push({ kind: 'lost' })
      lastBad = after
      back = undefined
    } else if (known === 'bad') {
      back = { after: lastBad, by, blind }
      turns.push({ kind: 'back' })
    } else if (sight.gap === true && (sight.trace === undefined || sight.trace !== trace)) {
      back = { after: lastGood, by, blind: by - lastGood }
      turns.push({ kind: 'back' })
    }
    if (turns.some(({ kind }) => kind === 'back')) [quickest, waiting] = [Infinity, []]
    if (sight.kind === 'good') {
      lastGood = after
      trace = sight.trace
      if (back !== undefined && sight.overlaps === true) {
        back.by = Math.min(back.by, by)
        quickest = Math.min(quickest, by - after)
        if (after < back.by) waiting.push(after)
      }
    }
    known = sight.kind
    blind = 0
    return turns
  }

  return {
    note,
    known: () => known,
    unseenSince: () => unseenSince,
    milestone() {
      if (back === undefined) return undefined
      const { by } = back
      // Questions that had already waited for longer than an answer takes were not answered because
      // it was not yet back.
      const overdue = waiting.filter(sent => by - sent >= quickest + jitter)
      const after = Math.max(back.after, ...overdue)
      return {
        after,
        by,
        ...(back.blind > 0 ? { unobserved: Math.min(back.blind, by - after) } : {}),
      }
    },
  }
}
