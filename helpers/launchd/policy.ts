// The section of launchd in a policy: the jobs of the host.
import { z } from 'zod'
import { name } from '#src/model/policy/values.ts'

/** A job, its property list, and its scripts, which must export the PATH themselves. */
export const job = z.strictObject({
  label: name,
  plist: name,
  scripts: z.array(name).default([]),
})

declare module '#src/model/runtime.ts' {
  interface Capabilities {
    launchd: true
  }
}
