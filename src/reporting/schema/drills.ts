// Drills in report.json.
import { z } from 'zod'
import { milestones, phases, type MilestoneName } from '#src/model/index.ts'
import { duration, text, texts, time } from './basics.ts'
import { event } from './events.ts'
import { milestone, miss, outcome, uncertainty } from './outcomes.ts'

/** One member for each milestone, so that they are always written in the order of a recovery. */
const budgets = z.strictObject(
  Object.fromEntries(milestones.map(milestone => [milestone, duration.exactOptional()])) as Record<
    MilestoneName,
    z.ZodExactOptional<typeof duration>
  >,
)

export const drill = z.strictObject({
  drill: text,
  clauses: texts,
  title: text,
  incident: z.strictObject({ story: text, source: text }),
  startedAt: time,
  endedAt: time,
  faults: texts,
  halfway: texts.exactOptional(),
  outcome,
  milestones: z
    .array(
      z.strictObject({
        milestone,
        after: time,
        by: time,
        unobserved: time.exactOptional(),
      }),
    )
    .readonly(),
  misses: z.array(miss).readonly(),
  unknown: z.array(uncertainty).readonly(),
  budgets,
  timeline: z.array(z.strictObject({ at: time, phase: z.enum(phases), event })).readonly(),
  leftBehind: z.array(z.strictObject({ description: text, manualUndo: text })).readonly(),
})
