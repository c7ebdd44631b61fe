// The state of one signal, sample by sample, and the interval in which it came back.
import type { Milestone, SignalChange } from '#src/model/index.ts'

/** One observation of a signal. Times are ms since the epoch. */
export type Sample =
  | {
      kind: 'good' | 'bad'
      /** The earliest time of the state: the question was sent, or the watch had no gap. */
      after: number
      /** The latest time of the state: the answer arrived. */
      by: number
      /** Its question did not wait for the answer before. */
      overlaps?: boolean
      /** A change between the last sample and this one may be unobserved. */
      gap?: boolean
      /** A fingerprint that an unobserved loss would change; undefined: there is none. */
      trace?: string | undefined
    }
  /** It could not be observed. The last known state is as old as `after`. */
  | { kind: 'unseen'; after: number; by: number }

export interface SignalState {
  /** Takes a sample, in the order of time, and returns the changes that it makes. */
  note(sample: Sample): readonly SignalChange[]
  /** The last known state; undefined before the first sample. */
  known(): 'good' | 'bad' | undefined
  /** Since when it is unobserved; undefined: it is observed. */
  unseenSince(): number | undefined
  /** When it came back; undefined: it is bad, or was never lost. */
  milestone(): Omit<Milestone, 'milestone'> | undefined
}

/**
 * The interval in which the last of several intervals ended, and how much of it was unobserved.
 * Undefined: there are none.
 */
export function lastOf(
  intervals: readonly Omit<Milestone, 'milestone'>[],
): Omit<Milestone, 'milestone'> | undefined {
  if (intervals.length === 0) return undefined
  const by = Math.max(...intervals.map(one => one.by))
  const after = Math.min(by, Math.max(...intervals.map(one => one.after)))
  const unobservedFor = Math.max(
    0,
    ...intervals.flatMap(one => (one.by > after ? [one.unobserved ?? 0] : [])),
  )
  return {
    after,
    by,
    ...(unobservedFor > 0 ? { unobserved: Math.min(unobservedFor, by - after) } : {}),
  }
}

/**
 * How much longer than the fastest an answer may take by chance, ms. @source measured by
 * tests/watch: 23 ms on two cores with a load of 27
 */
const jitter = 50

type Seen = Exclude<Sample, { kind: 'unseen' }>

/** The mutable state behind a SignalState. */
interface Known {
  kind: 'good' | 'bad' | undefined
  lastGood: number
  lastBad: number
  unseenSince: number | undefined
  trace: string | undefined
  back: { after: number; by: number; unobservedFor: number } | undefined
  /** The shortest time that an answer has taken since it came back, ms. */
  quickest: number
  /** When the questions were sent that were unanswered when it came back. */
  waiting: number[]
}

/** The return that a good sample proves; undefined: it proves none. */
function returnOf(known: Known, sample: Seen, unobservedFor: number): Known['back'] {
  const { by } = sample
  if (known.kind === 'bad') return { after: known.lastBad, by, unobservedFor }
  const another = sample.trace === undefined || sample.trace !== known.trace
  return sample.gap === true && another
    ? { after: known.lastGood, by, unobservedFor: by - known.lastGood }
    : undefined
}

/** Takes an overlapping answer: it may prove an earlier return. */
function noteOverlap(known: Known, { after, by }: Seen): void {
  if (known.back === undefined) return
  known.back.by = Math.min(known.back.by, by)
  known.quickest = Math.min(known.quickest, by - after)
  if (after < known.back.by) known.waiting.push(after)
}

/** Takes an observed sample, and returns whether the signal was lost or is back. */
function noteSeen(known: Known, sample: Seen): 'lost' | 'back' | undefined {
  const unobservedFor = known.unseenSince === undefined ? 0 : sample.by - known.unseenSince
  const before = known.kind
  if (sample.kind === 'bad') {
    known.kind = 'bad'
    known.lastBad = sample.after
    known.back = undefined
    return before === 'bad' ? undefined : 'lost'
  }
  const back = returnOf(known, sample, unobservedFor)
  if (back !== undefined) {
    known.back = back
    known.quickest = Infinity
    known.waiting = []
  }
  known.kind = 'good'
  known.lastGood = sample.after
  known.trace = sample.trace
  if (sample.overlaps === true) noteOverlap(known, sample)
  return back === undefined ? undefined : 'back'
}

function milestoneOf({ back, waiting, quickest }: Known): Omit<Milestone, 'milestone'> | undefined {
  if (back === undefined) return undefined
  const { by } = back
  // Questions that had waited for longer than an answer takes prove that it was not yet back.
  const overdue = waiting.filter(sent => by - sent >= quickest + jitter)
  const after = Math.max(back.after, ...overdue)
  return {
    after,
    by,
    ...(back.unobservedFor > 0 ? { unobserved: Math.min(back.unobservedFor, by - after) } : {}),
  }
}

/** A signal that begins good: a drill starts from its steady state. */
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
    note(sample) {
      const { unseenSince } = known
      if (sample.kind === 'unseen') {
        known.unseenSince ??= sample.after
        return unseenSince === undefined ? [{ kind: 'unobserved' }] : []
      }
      const turn = noteSeen(known, sample)
      known.unseenSince = undefined
      return [
        ...(unseenSince === undefined
          ? []
          : [{ kind: 'observed-again' as const, unobserved: sample.by - unseenSince }]),
        ...(turn === undefined ? [] : [{ kind: turn }]),
      ]
    },
    known: () => known.kind,
    unseenSince: () => known.unseenSince,
    milestone: () => milestoneOf(known),
  }
}
