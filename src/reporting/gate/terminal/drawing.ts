// The settings that all parts of a gate's screen share.
import type { Source } from '#src/reporting/gate/code-frame.ts'
import type { Paint } from '#src/reporting/message/signs.ts'

export interface Drawing {
  readonly paint: Paint
  /** Columns of a line. */
  readonly width: number
  /** Whether to show every finding in full and every note. */
  readonly full: boolean
  /** The files by name, for code frames. */
  readonly sources: ReadonlyMap<string, Source>
  /** Rules whose reason the screen has shown; drawing adds to it. */
  readonly explained: Set<string>
}
