// Differences and their reasons: each line that only one side has needs a reason, and each reason
// needs such a line.
import type { Difference, Odd } from './compare.ts'

export interface Reason {
  /** Why the difference stays. */
  why: string
  /** Matches the command lines that the reason is about. */
  on: RegExp
  /** Matches the output lines that it explains. */
  lines: RegExp
  /** Timing decides which of these lines appear, so the document does not show them. */
  varies?: true
}

/** Lines of one difference under one reason. */
export interface Row {
  line: string
  odd: readonly Odd[]
  reason: Reason | undefined
}

/** Groups the differences by the first reason that matches each line. */
export const explained = (
  differences: readonly Difference[],
  reasons: readonly Reason[],
): readonly Row[] =>
  differences.flatMap(({ line, odd }) =>
    [
      ...Map.groupBy(odd, one =>
        reasons.find(({ on, lines }) => on.test(line) && lines.test(one.line)),
      ),
    ].map(([reason, same]) => ({ line, odd: same, reason })),
  )

/** Reasons that no difference needs. */
export const idle = (rows: readonly Row[], reasons: readonly Reason[]): readonly Reason[] =>
  reasons.filter(reason => !rows.some(row => row.reason === reason))
