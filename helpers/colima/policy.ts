// The section of Colima in a policy: the Mac that carries the cluster's VM.
import { z } from 'zod'
import { job } from '#helpers/launchd/policy.ts'
import { name } from '#src/model/policy/values.ts'

const host = z.strictObject({
  kind: z.literal('colima'),
  profile: name,
  launchd: z.array(job).default([]),
  requiredPath: name,
})

export const sections = { policy: { host: host.optional() } } as const

declare module '#src/model/runtime.ts' {
  interface Capabilities {
    colima: true
    'vm-ssh': true
  }
}
