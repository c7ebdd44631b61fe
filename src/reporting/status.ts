// The result of a drill in one word, who healed it, and whether it was restored.
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

/** A drill passes only if it missed nothing, observed everything and left nothing behind. */
export function statusOf({ outcome, misses, unknown, leftBehind }: DrillResult): Status {
  if (outcome.kind === 'refused' || outcome.kind === 'not-applicable' || outcome.kind === 'aborted')
    return outcome.kind
  if (outcome.kind === 'not-healed' || misses.length > 0 || leftBehind.length > 0) return 'failed'
  return unknown.length > 0 ? 'unknown' : 'passed'
}

/** What healed the cluster: the cluster itself, or fixes by name; empty if nothing did. */
export function healers({ outcome }: DrillResult): readonly string[] {
  if (outcome.kind === 'healed-by-itself') return ['cluster']
  return outcome.kind === 'healed-by-fixes' ? outcome.fixes : []
}

/**
 * Judgements that held before the drill and do not hold after it, by name; undefined for a drill
 * that ended before its undo.
 */
export function notRestored(drill: DrillResult): readonly string[] | undefined {
  if (!drill.milestones.some(({ milestone }) => milestone === 'undone')) return undefined
  return drill.misses.flatMap(miss => (miss.kind === 'not-restored' ? [nameOf(miss)] : []))
}

/** Whether the state from before the drill is back; `–` for a drill that ended before its undo. */
export function restoredText(drill: DrillResult): 'yes' | 'no' | '–' {
  if (drill.leftBehind.length > 0) return 'no'
  const missing = notRestored(drill)
  if (missing === undefined) return '–'
  return missing.length === 0 ? 'yes' : 'no'
}
