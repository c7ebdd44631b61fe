// The error of a forbidden act.

import type { ForbiddenActKind } from '#src/model/platform/forbidden.ts'

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

/** What would have been done through a runtime that only reads, as a person would write it. */
export class WouldChange extends Error {}
