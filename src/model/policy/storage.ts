// The storage of a cluster: its claims, with the backup of each, and the disks below them.
import { z } from 'zod'
import { duration, name, percent, size } from './values.ts'

/** How the data of a claim survives the loss of its volume. */
const backup = z.discriminatedUnion('by', [
  z.strictObject({
    by: z.literal('files'),
    folder: name,
    prefix: name,
    /** The newest backup must not be older. */
    maxAge: duration,
    /** The newest backup must not be smaller. */
    minSize: size,
  }),
  /** The reclaim policy of its volume keeps the data. */
  z.strictObject({ by: z.literal('retain') }),
  /** The data may be lost: the application rebuilds it, or does not need it. */
  z.strictObject({ by: z.literal('loss-accepted'), because: z.string().min(10) }),
])

const claim = z.strictObject({
  namespace: name,
  name,
  /** The data that is lost with it. */
  holds: name,
  backup,
})

export const storage = z.strictObject({
  claims: z.array(claim),
  disks: z.array(z.strictObject({ path: name, limit: percent })),
})
