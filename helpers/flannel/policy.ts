// The section of flannel in a policy: how it runs.
import { z } from 'zod'
import { name } from '#src/model/policy/values.ts'

/** flannel as a DaemonSet, or built into the node. */
const flannel = z.discriminatedUnion('as', [
  z.strictObject({
    as: z.literal('daemonset'),
    namespace: name,
    name,
    subnetEnv: name.default('/run/flannel/subnet.env'),
  }),
  z.strictObject({ as: z.literal('built-in') }),
])

export const sections = { network: { flannel } } as const
