// When something was last known to be so, and since when it could not be observed.

export interface LastKnown {
  /** ms since the epoch. */
  at: number
  /** The first evaluation after it that could not tell, ms since the epoch. */
  unobservedFrom: number | undefined
}

/** For how much of the time until then it could not be observed; nothing where it always could. */
export const lengthOf = ({ unobservedFrom }: LastKnown, until: number): { unobserved?: number } =>
  unobservedFrom === undefined ? {} : { unobserved: until - unobservedFrom }
