// The error of a forbidden act.

import type { ForbiddenActKind } from '#src/model/platform/forbidden.ts'

/** A caller asked for a forbidden act. Nothing was sent. */
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

/** The change that a read-only runtime refused, as a person would type it. */
export class WouldChange extends Error {}
