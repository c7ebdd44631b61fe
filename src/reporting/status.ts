// What became of a drill, in one word, and who ended the harm.
import { nameOf, type DrillResult } from '#src/model/index.ts'

export const statuses = [
  'passed',
  'failed',
  'unknown',
  'refused',
  'aborted',
  'not-applicable',
] as const
export type Status = (typeof statuses)[number]

/**
 * A drill passes only when nothing was missed, nothing stayed unseen and nothing is left behind.
 */
export function statusOf({ outcome, misses, unknown, leftBehind }: DrillResult): Status {
  if (outcome.kind === 'refused' || outcome.kind === 'not-applicable' || outcome.kind === 'aborted')
    return outcome.kind
  if (outcome.kind === 'not-healed' || misses.length > 0 || leftBehind.length > 0) return 'failed'
  return unknown.length > 0 ? 'unknown' : 'passed'
}

/** Names of what healed it: `cluster`, or fixes; none where it was not healed. */
export function healers({ outcome }: DrillResult): readonly string[] {
  return outcome.kind === 'healed-by-itself'
    ? ['cluster']
    : outcome.kind === 'healed-by-fixes'
      ? outcome.fixes
      : []
}

/**
 * What a drill says was well before it and is not any more; undefined where it never got so far.
 */
export function notBackToBefore(drill: DrillResult): readonly string[] | undefined {
  if (!drill.milestones.some(({ milestone }) => milestone === 'undone')) return undefined
  return drill.misses.flatMap(miss => (miss.kind === 'not-restored' ? [nameOf(miss)] : []))
}

/** `yes`, `no`, or `–` for a drill that never left. */
export function restoredText(drill: DrillResult): 'yes' | 'no' | '–' {
  if (drill.leftBehind.length > 0) return 'no'
  const missing = notBackToBefore(drill)
  return missing === undefined ? '–' : missing.length === 0 ? 'yes' : 'no'
}
