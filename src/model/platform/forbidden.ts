// Acts that holdfast never does, and how the call of a program is judged.

/** An act that is always refused. */
export interface ForbiddenActKind {
  /** Kebab case; a clause names it as its proof: `guard:<name>`. */
  readonly name: string
  readonly description: string
  readonly why: string
}

/** What a command is judged by besides its words. */
export interface CommandContext {
  /** Containers in which nothing may be executed. */
  readonly noExec: 'all' | readonly string[]
  /** Acts that are let through. */
  readonly except: readonly string[]
  readonly stdin?: string | undefined
}

/** The name of the forbidden act that a command would be; undefined: it is allowed. */
export type Judge<Name extends string = string> = (
  words: readonly string[],
  context: CommandContext,
) => Name | undefined

/** What holdfast knows of a program, to judge a call of it by the words after its name. */
export interface Program {
  /** The forbidden act that the call would be. `judge` judges a command inside the call. */
  forbids?(words: readonly string[], context: CommandContext, judge: Judge): string | undefined
  /** Whether the call only reads. Absent: it may change something. `reads`: of inner commands. */
  reads?(words: readonly string[], reads: (words: readonly string[]) => boolean): boolean
}
