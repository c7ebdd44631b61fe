// A target that was opened: what every verb works on.
import type { Policy, Runtime } from '#src/model/index.ts'
import type { Settings } from './settings.ts'

/** A target that was opened, and the way to let go of it. */
export interface Target {
  runtime: Runtime
  /** The policy as it is about this target: names and ports of what was started are filled in. */
  policy: Policy
  /** Settings with which others, such as specs, open the same target. */
  settings: Settings
  /** Lets go of it, and removes what was started for it. */
  close(): Promise<void>
}
