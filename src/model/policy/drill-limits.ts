// How much of a cluster a drill may affect, when drills may run, and how long recoveries may take.
import { z } from 'zod'
import { policyAllows } from '#src/model/guards/guard-name.ts'
import { day, duration, name, percent, size } from './values.ts'

/** The largest blast radius of a drill, and the objections that this cluster allows. */
export const limits = z.strictObject({
  /** The largest share of a workload's ready replicas that a drill may take down at once. */
  replicas: percent.default('50 %'),
  /** Free disk space that a drill needs for its evidence. */
  freeDisk: size.default('256 MiB'),
  /**
   * `of`: the subject of the guard's objection, e.g. `StatefulSet joelclaw/redis`. Absent: every
   * subject.
   */
  allows: z
    .array(
      z.strictObject({
        guard: z.enum(policyAllows),
        of: name.optional(),
        because: z.string().min(10),
      }),
    )
    .default([]),
})

const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time of day, such as "09:30"')
const timeZone = z.string().refine(zone => {
  try {
    return Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}, 'expected an IANA time zone, such as "Europe/Berlin"')

/**
 * When drills may run. With `until` before `from`, the window spans midnight, and the night belongs
 * to the day on which it begins.
 */
export const window = z.strictObject({
  days: z.array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])).min(1),
  from: timeOfDay,
  until: timeOfDay,
  zone: timeZone,
  /** Days without drills, both ends included, in the window's zone. */
  freezes: z.array(z.strictObject({ from: day, until: day, because: name })).default([]),
})

export const budgets = z.strictObject({
  /** The longest time that a pod may be pending or crash-looping. */
  stuckPod: duration,
  /** The longest time that a pod may be in phase Unknown. */
  unknownPod: duration,
  recovery: duration,
  /** The longest time until a dead node is NotReady. */
  nodeNotReady: duration.optional(),
  /** The longest time until the pods of a dead node are moved. */
  eviction: duration.optional(),
})

/** Images of the dead-man's switch, with which the cluster ends a fault without holdfast. */
export const switches = z.strictObject({
  /** An image with the program `sleep`. */
  wait: name,
  /** An image whose entry point is kubectl. */
  kubectl: name,
})

export const nightly = z.strictObject({
  /** The number of drills a night. Holdfast takes them in turn from the rotation. */
  drills: z.int().min(0),
  rotation: z.array(name),
})
