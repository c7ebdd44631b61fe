// The error of whoever asks for an act that is never done.

/** An act that is refused whoever asks for it. */
export interface ForbiddenActKind {
  /** Kebab case; a clause names it as its proof: `guard:<name>`. */
  readonly name: string
  readonly description: string
  readonly why: string
}

/** Something asked for an act that is never done. Nothing of it was sent. */
export class ForbiddenAct extends Error {
  readonly act: string
  readonly what: string
  constructor({ name, description, why }: ForbiddenActKind, what: string) {
    super(
      `refused, and nothing was sent: ${what}. To ${description} is forbidden (${name}): ${why}`,
    )
    this.name = 'ForbiddenAct'
    this.act = name
    this.what = what
  }
}
