// One way to break one thing of the world, and everything that has to be seen of it.
import type { Duration, Finding, Policy } from '#src/model/index.ts'
import type { Kinds, World } from '#tests/red/world.ts'

export interface Break {
  /** What is broken, for people; unique. */
  readonly name: string
  /**
   * The verdicts that are violated, by `invariant · subject`, with their findings in full. None: a
   * harmless neighbour of a break, which nobody may mistake for one.
   */
  readonly findings: Readonly<Record<string, readonly Finding[]>>
  /**
   * What else rightly changes, by name; `invariant · *` is every subject. Everything that is named
   * nowhere stays as it was.
   */
  readonly also?: Kinds
  /** Another policy for the same world: what is broken is that the two differ. */
  readonly policy?: (policy: Policy) => Policy
  readonly harm?: (world: World) => Promise<unknown> | void
  /** Virtual time between the break and the look. Default: none. */
  readonly wait?: Duration
  /**
   * The fixes that act, in their order, after which all is as before; none: nobody may touch it.
   */
  readonly healedBy: readonly string[]
  /**
   * The fixes help, but their subject is not theirs alone: what is still not as before, when they
   * are through.
   */
  readonly left?: Kinds
}
