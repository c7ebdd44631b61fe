// One way to break the world, and everything that the evaluation must show.
import type { Duration, Finding, Policy } from '#src/model/index.ts'
import type { Kinds, World } from '#tests/red/world.ts'

export interface Break {
  /** A short description of the break; unique. */
  readonly name: string
  /**
   * The violated verdicts, by `invariant · subject`, with their findings in full. None: the change
   * looks like a break but is harmless, so no verdict may be violated.
   */
  readonly findings: Readonly<Record<string, readonly Finding[]>>
  /**
   * Other expected changes, by name; `invariant · *` means every subject. All verdicts without an
   * entry must stay the same.
   */
  readonly also?: Kinds
  /** Another policy for the same world: the break is the difference between the two. */
  readonly policy?: (policy: Policy) => Policy
  readonly harm?: (world: World) => Promise<unknown> | void
  /** Virtual time between the break and the evaluation. Default: none. */
  readonly wait?: Duration
  /** The fixes that act, in order. Afterwards everything is as before. None: no fix may act. */
  readonly healedBy: readonly string[]
  /** The fixes help, but do not restore everything: the verdicts that still differ afterwards. */
  readonly left?: Kinds
}
