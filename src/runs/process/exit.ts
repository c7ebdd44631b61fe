// Exit codes: their meaning, and which one counts when several apply.

/** @source docs/decisions/0004-exit-codes.md */
export const exits = {
  holds: 0,
  violated: 1,
  unknown: 2,
  undoIncomplete: 3,
  refused: 4,
  usage: 64,
  internal: 70,
} as const

/** The most severe first: never 0 with something unknown. */
const order = [70, 64, 3, 4, 1, 2] as const

/** The most severe of several codes; 0 for none. */
export const worstExit = (codes: readonly number[]): number =>
  order.find(code => codes.includes(code)) ?? codes.find(code => code !== 0) ?? 0
