// The expected result of a drill on a real node: healed, nothing left behind, and everything as
// before.
import { outcomeReason } from '#src/reporting/sentences.ts'
import { expect } from 'vitest'
import type { Stage } from './stage.ts'

export const healed = {
  misses: [],
  unknown: [],
  leftBehind: [],
  badAfterwards: [],
  outcome: expect.objectContaining({
    kind: expect.stringMatching(/^healed-by-/) as string,
  }) as object,
}

/**
 * Runs a drill to its end under its own role. `skip` receives the reason if this node lacks what
 * the drill needs, such as flannel as a DaemonSet.
 */
export async function endOf(
  { runInRole, bad }: Stage,
  name: string,
  skip: (why: string) => never,
): Promise<Record<keyof typeof healed, unknown>> {
  const { misses, unknown, leftBehind, outcome } = await runInRole(name)
  if (outcome.kind === 'not-applicable') skip(outcomeReason(outcome))
  return { misses, unknown, leftBehind, badAfterwards: await bad(), outcome }
}
