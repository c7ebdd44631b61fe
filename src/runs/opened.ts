// An open target: what every verb works on.
import type { Policy, Runtime } from '#src/model/index.ts'
import type { Settings } from './settings.ts'

/** An open target, with the function that closes it. */
export interface Target {
  runtime: Runtime
  /** The policy of this target, with the names and ports of what was started. */
  policy: Policy
  /** Settings with which others, such as specs, open the same target. */
  settings: Settings
  /** Closes it, and removes what was started for it. */
  close(): Promise<void>
}
