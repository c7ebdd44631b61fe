// When a state was last known, and since when it is unobserved.

export interface LastKnown {
  /** ms since the epoch. */
  at: number
  /** The first evaluation after it without a verdict, ms since the epoch. */
  unobservedFrom: number | undefined
}

/** How much of the time until then was unobserved. Absent: nothing. */
export const lengthOf = ({ unobservedFrom }: LastKnown, until: number): { unobserved?: number } =>
  unobservedFrom === undefined ? {} : { unobserved: until - unobservedFrom }
