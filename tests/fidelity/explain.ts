// Differences and their reasons: each line that only one side says needs one, and each reason needs
// such a line.
import type { Difference, Odd } from './compare.ts'

export interface Reason {
  /** Why it is left as it is. */
  why: string
  /** Lines of commands that it is about. */
  on: RegExp
  /** Lines of output that it explains. */
  lines: RegExp
  /** Which of them there are is a matter of milliseconds: they are not shown. */
  varies?: true
}

/** Lines of one difference under one reason. */
export interface Row {
  line: string
  odd: readonly Odd[]
  reason: Reason | undefined
}

/** The differences, parted by their reasons: the first that fits a line has it. */
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

/** Reasons that nothing needs any more. */
export const idle = (rows: readonly Row[], reasons: readonly Reason[]): readonly Reason[] =>
  reasons.filter(reason => !rows.some(row => row.reason === reason))
