// The points at which a drill is killed: after each of its messages, and at times in between. Every
// run uses the same points.
import type { LogEntry } from './processes.ts'

export interface Point extends LogEntry {
  /**
   * The drill first gets a signal, and dies this many ms after it reports that it stops: in the
   * middle of its undo.
   */
  undoing?: number
}

export interface Scenario {
  name: string
  /** The message of an injection; a drill prints one for each fault. */
  injects: readonly string[]
  /** Which quarters of its points to test: all of them, or one. */
  quarters: readonly number[]
}

const all = [0, 1, 2, 3] as const

/** Faults by API requests, by commands in the node and by connections, on one object and on two. */
export const scenarios: readonly Scenario[] = [
  {
    name: 'node-comes-back-cordoned',
    injects: ['· inject · cordon', '· inject · delete the pods'],
    quarters: all,
  },
  { name: 'image-missing', injects: ['· inject · deploy'], quarters: all },
  { name: 'typesense-hangs-unnoticed', injects: ['· inject · freeze'], quarters: all },
  { name: 'redis-dies-while-writing', injects: ['· inject · write to'], quarters: all },
  // While the API is down, every start waits for it. Five such points take as long as ten others.
  // @source measured on a v1.35 node
  { name: 'node-container-paused', injects: ['· inject · docker pause'], quarters: [1] },
]

/**
 * The drill starts, checks the cluster's identity, asks its guards, and takes the locks. @source
 * measured on a v1.35 node: the guards are through 2.1 s after its first word
 */
const beginning: readonly Point[] = [0, 700, 1_400, 1_900].map(after => ({
  text: 'drilling',
  after,
}))
const steady: readonly Point[] = [0, 8].map(after => ({ text: 'the steady state holds', after }))
/**
 * From the record through the request or command to the evaluations that follow. @source measured
 * on a v1.35 node: a request 30 ms, docker pause 80 ms, the first look 700 ms later
 */
const around = {
  first: [0, 15, 40, 100, 300],
  last: [0, 25, 70, 150, 500, 2_000],
  only: [0, 8, 15, 25, 40, 70, 100, 150, 300, 500, 2_000],
} as const
const undoing: readonly number[] = [0, 25, 80]

/** Twenty points of a drill. */
export function pointsOf({ injects }: Scenario): readonly Point[] {
  const [first = '', last = first] = injects
  const injecting =
    injects.length > 1
      ? [
          ...around.first.map(after => ({ text: first, after })),
          ...around.last.map(after => ({ text: last, after })),
        ]
      : around.only.map(after => ({ text: first, after }))
  return [
    ...beginning,
    ...steady,
    ...injecting,
    ...undoing.map(after => ({ text: last, after: 600, undoing: after })),
  ]
}

/**
 * Every fourth point, beginning at one of the first four, so that each quarter covers the whole
 * drill.
 */
export const quarter = (points: readonly Point[], number: number): readonly Point[] =>
  points.filter((_, index) => index % 4 === number)

export const inWords = ({ text, after, undoing: dying }: Point): string =>
  `${after} ms after ` +
  `“${text}”${dying === undefined ? '' : `, asked to stop, ${dying} ms into its undo`}`
