// What healing needs from its caller: how to evaluate, what it may do, and when to stop.
import type { Baseline } from '#src/engine/evaluate/baseline.ts'
import type { Evaluation } from '#src/engine/evaluate/evaluate.ts'
import {
  errorMessage,
  type Fix,
  type HealEvent,
  type Invariant,
  type Policy,
  type Runtime,
} from '#src/model/index.ts'
import type { Memory } from './memory.ts'

export interface HealContext {
  runtime: Runtime
  policy: Policy
  invariants: readonly Invariant[]
  /** Observes and judges anew. */
  evaluate(): Promise<Evaluation>
  /**
   * The state before. What was violated in it calls for no fix, and an act that a fix would have
   * done then is left out. Absent: every violation may be healed.
   */
  baseline?: Baseline
  /** Names of fixes that may not act. */
  disabled?: ReadonlySet<string>
  /** Why a fix may not act, asked right before it acts; undefined: it may. Absent: all may. */
  may?(fix: Fix): Promise<string | undefined>
  /** Attempts of earlier runs. Absent: there were none. */
  memory?: Memory
  /** Saves an attempt for later runs, before it begins. */
  remember?(memory: Memory): Promise<void>
  /** Receives each event as it happens. */
  add(event: HealEvent): void
  /**
   * Stops healing: the fix that acts is finished, its effect is not awaited, and no other fix
   * begins.
   */
  signal?: AbortSignal
}

/** The reason of the stop; undefined: healing goes on. */
export const stopIn = ({ signal }: HealContext): string | undefined =>
  signal?.aborted === true ? errorMessage(signal.reason) : undefined

/** Sleeps for a time, ms. False: a stop ended the sleep. */
export const slept = (context: HealContext, time: number): Promise<boolean> =>
  context.runtime.clock.sleep(time, context.signal).then(
    () => true,
    error => {
      if (stopIn(context) === undefined) throw error
      return false
    },
  )

/** For `catch`: a stop leaves nothing to do, every other error is thrown again. */
export const unlessStopped =
  (context: HealContext) =>
  (error: unknown): undefined => {
    if (stopIn(context) === undefined) throw error
    return undefined
  }
