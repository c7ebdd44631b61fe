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

type Seen = Exclude<Sample, { kind: 'unseen' }>

/** What is known of one signal. */
interface Known {
  kind: 'good' | 'bad' | undefined
  lastGood: number
  lastBad: number
  unseenSince: number | undefined
  trace: string | undefined
  back: { after: number; by: number; blind: number } | undefined
  /**
   * The shortest time that an answer has taken since it came back, ms, and when the questions were
   * sent that waited for theirs at that moment.
   */
  quickest: number
  waiting: number[]
}

/** The way back that a good sight shows; undefined: it shows none. */
function wayBack(known: Known, sight: Seen, blind: number): Known['back'] {
  const { by } = sight
  if (known.kind === 'bad') return { after: known.lastBad, by, blind }
  const another = sight.trace === undefined || sight.trace !== known.trace
  return sight.gap === true && another
    ? { after: known.lastGood, by, blind: by - known.lastGood }
    : undefined
}

/** Notes an answer that did not wait for the one before: it may tell an earlier moment. */
function noteOverlap(known: Known, { after, by }: Seen): void {
  if (known.back === undefined) return
  known.back.by = Math.min(known.back.by, by)
  known.quickest = Math.min(known.quickest, by - after)
  if (after < known.back.by) known.waiting.push(after)
}

/** Takes what was seen, and tells whether it turned by that. */
function noteSeen(known: Known, sight: Seen): 'lost' | 'back' | undefined {
  const blind = known.unseenSince === undefined ? 0 : sight.by - known.unseenSince
  const before = known.kind
  if (sight.kind === 'bad') {
    known.kind = 'bad'
    known.lastBad = sight.after
    known.back = undefined
    return before === 'bad' ? undefined : 'lost'
  }
  const back = wayBack(known, sight, blind)
  if (back !== undefined) {
    known.back = back
    known.quickest = Infinity
    known.waiting = []
  }
  known.kind = 'good'
  known.lastGood = sight.after
  known.trace = sight.trace
  if (sight.overlaps === true) noteOverlap(known, sight)
  return back === undefined ? undefined : 'back'
}

function milestoneOf({ back, waiting, quickest }: Known): Omit<Milestone, 'milestone'> | undefined {
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
}

/** A track that begins well: what a drill starts from is its steady state. */
export function newSignalState(startedAt: number): SignalState {
  const known: Known = {
    kind: undefined,
    lastGood: startedAt,
    lastBad: startedAt,
    unseenSince: undefined,
    trace: undefined,
    back: undefined,
    quickest: Infinity,
    waiting: [],
  }
  return {
    note(sight) {
      const { unseenSince } = known
      if (sight.kind === 'unseen') {
        known.unseenSince ??= sight.after
        return unseenSince === undefined ? [{ kind: 'unobserved' }] : []
      }
      const turn = noteSeen(known, sight)
      known.unseenSince = undefined
      return [
        ...(unseenSince === undefined
          ? []
          : [{ kind: 'observed-again' as const, unobserved: sight.by - unseenSince }]),
        ...(turn === undefined ? [] : [{ kind: turn }]),
      ]
    },
    known: () => known.kind,
    unseenSince: () => known.unseenSince,
    milestone: () => milestoneOf(known),
  }
}
