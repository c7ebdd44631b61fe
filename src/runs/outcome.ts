// From verdicts and drill results to the one exit code of a run.
import type { DrillResult, Judgement } from '#src/model/index.ts'
import { exits, worstExit } from './process/exit.ts'

function ofJudgement({ verdict }: Judgement): number {
  if (verdict.kind === 'violated') return exits.violated
  return verdict.kind === 'unknown' ? exits.unknown : exits.holds
}

function ofDrill(result: DrillResult): number {
  if (result.leftBehind.length > 0) return exits.undoIncomplete
  if (result.outcome.kind === 'refused') return exits.refused
  if (result.misses.length > 0) return exits.violated
  return result.unknown.length > 0 ? exits.unknown : exits.holds
}

/**
 * 0 only if everything that was judged holds, is waived or does not apply, and every drill passed.
 * A run that judged nothing is unknown.
 */
export function exitCodeOf(
  judgements: readonly Judgement[],
  drills: readonly DrillResult[],
  others: readonly number[] = [],
): number {
  if (judgements.length === 0 && drills.length === 0) return worstExit([exits.unknown, ...others])
  return worstExit([...judgements.map(ofJudgement), ...drills.map(ofDrill), ...others])
}
