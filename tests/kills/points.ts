// Where a drill is killed: after what it says, and at times between. Enumerated: the same points in
// every run.
import type { LogEntry } from './processes.ts'

export interface Point extends LogEntry {
  /**
   * It is asked to stop first, and dies so many ms after it has said that it stops: in the middle
   * of its undo.
   */
  undoing?: number
}

export interface Scenario {
  name: string
  /** What it says when it injects, one for each fault. */
  injects: readonly string[]
  /** Which quarters of its points are tried: all of them, or one. */
  quarters: readonly number[]
}

const all = [0, 1, 2, 3] as const

/**
 * Faults by requests to the API, by commands inside of the node, by connections; of one object and
 * of two.
 */
export const scenarios: readonly Scenario[] = [
  {
    name: 'node-comes-back-cordoned',
    injects: ['· inject · cordon', '· inject · delete the pods'],
    quarters: all,
  },
  { name: 'image-missing', injects: ['· inject · deploy'], quarters: all },
  { name: 'typesense-hangs-unnoticed', injects: ['· inject · freeze'], quarters: all },
  { name: 'redis-dies-while-writing', injects: ['· inject · write to'], quarters: all },
  // While its API is away every start waits for it: five points take as long as ten of the others.
  // @source measured on a v1.35 node
  { name: 'node-container-paused', injects: ['· inject · docker pause'], quarters: [1] },
]

/**
 * While it is loaded, asks who the cluster is, asks its guards, and takes what keeps others away.
 * @source measured on a v1.35 node: the guards are through 2.1 s after its first word
 */
const beginning: readonly Point[] = [0, 700, 1_400, 1_900].map(after => ({
  text: 'drilling',
  after,
}))
const steady: readonly Point[] = [0, 8].map(after => ({ text: 'the steady state holds', after }))
/**
 * From its record over its request or command to the looks that follow. @source measured on a v1.35
 * node: a request 30 ms, docker pause 80 ms, the first look 700 ms later
 */
const around = {
  first: [0, 15, 40, 100, 300],
  last: [0, 25, 70, 150, 500, 2_000],
  only: [0, 8, 15, 25, 40, 70, 100, 150, 300, 500, 2_000],
} as const
const undoing: readonly number[] = [0, 25, 80]

/** Twenty points of a scenario. */
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

/** Every fourth point from one of the first four: each quarter is spread over the whole drill. */
export const quarter = (points: readonly Point[], number: number): readonly Point[] =>
  points.filter((_, index) => index % 4 === number)

export const inWords = ({ text, after, undoing: dying }: Point): string =>
  `${after} ms after ` +
  `“${text}”${dying === undefined ? '' : `, asked to stop, ${dying} ms into its undo`}`
