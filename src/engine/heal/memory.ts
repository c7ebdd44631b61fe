// What holdfast has tried, and whether it may try a fix again.
import { isDeepStrictEqual } from 'node:util'
import { harms, ms, type Fix, type Harm, type HeldCause } from '#src/model/index.ts'

/** Attempts of this run and of earlier ones. */
export interface Memory {
  /** How often this run tried a fix, and when any run tried it last, ms since the epoch. */
  attempts: Map<string, { times: number; lastAt: number }>
  /** Until then no fix that restarts a node or more may act, ms since the epoch. */
  backoffUntil: number
  /** The acts of fixes without harm that did not help in this run, by name. */
  inVain: Map<string, readonly string[]>
  /** Fixes that may not act now, by name, each with the reason that was reported last. */
  held: Map<string, string>
}

export const freshMemory = (): Memory => ({
  attempts: new Map(),
  backoffUntil: 0,
  inVain: new Map(),
  held: new Map(),
})

/**
 * The pause after a failed restart of a node or VM, ms. @source joelclaw history, heal script:
 * COLIMA_FAILED_RECOVERY_HOLD_SECS 1800
 */
export const backoff = 1_800_000
/** A fix that has failed this often will not help. */
const mostAttempts = 3

/** Whether a fix restarts a node or more. */
export const isHeavy = (harm: Harm): boolean =>
  harms.indexOf(harm) >= harms.indexOf('restarts a node')

/**
 * Counts an attempt when it begins. A cooldown that began afterwards once let a healer kill a
 * healthy service 54 times.
 */
export function countAttempt(memory: Memory, fix: Fix, at: number): void {
  memory.attempts.set(fix.name, {
    times: (memory.attempts.get(fix.name)?.times ?? 0) + 1,
    lastAt: at,
  })
}

/**
 * Remembers whether acts helped. A fix without harm sets a state: the same acts once more would set
 * the same state, so they are not repeated. A restart may help the second time.
 */
export function rememberHelp(
  memory: Memory,
  { name, harm }: Fix,
  commands: readonly string[],
  help: boolean,
): void {
  if (help) memory.inVain.delete(name)
  else if (harm === 'none') memory.inVain.set(name, commands)
}

/** Whether a fix would repeat acts that did not help. */
export const repeatsInVain = (
  memory: Memory,
  { name }: Fix,
  commands: readonly string[],
): boolean => isDeepStrictEqual(memory.inVain.get(name), commands)

/** Why a fix may not act at this time, ms since the epoch; undefined: it may. */
export function obstacle(
  { name, cooldown, harm }: Fix,
  memory: Memory,
  now: number,
  disabled: ReadonlySet<string> | undefined,
): HeldCause | undefined {
  if (disabled?.has(name)) return { kind: 'disabled' }
  const past = memory.attempts.get(name)
  if (past !== undefined && past.times >= mostAttempts)
    return { kind: 'tried-enough', times: past.times }
  if (past !== undefined && cooldown !== undefined && now - past.lastAt < ms(cooldown))
    return { kind: 'cooling-down', cooldown }
  return isHeavy(harm) && now < memory.backoffUntil ? { kind: 'backing-off' } : undefined
}
