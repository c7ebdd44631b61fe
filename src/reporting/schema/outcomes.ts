// The result of a drill in report.json: its outcome, its misses, and what it cannot state.
import { z } from 'zod'
import { guardNames, milestones } from '#src/model/index.ts'
import { objectionSchema } from '#src/reporting/guards/schema.ts'
import { duration, text, texts, time } from './basics.ts'
import { judgement, judgements, unknownCause } from './verdicts.ts'

export const guard = z.enum(guardNames)
export const objections = z.array(objectionSchema(judgements, unknownCause)).readonly()

export const abortCause = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('stopped-early') }),
  z.strictObject({ kind: z.literal('stopped'), reason: text }),
  z.strictObject({ kind: z.literal('must-hold'), judgement }),
  z.strictObject({ kind: z.literal('failed'), error: text }),
])

export const outcome = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('healed-by-itself') }),
  z.strictObject({ kind: z.literal('healed-by-fixes'), fixes: texts }),
  z.strictObject({
    kind: z.literal('not-healed'),
    cause: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('unstable'), stability: duration }),
      z.strictObject({ kind: z.literal('still-failing'), judgements }),
    ]),
  }),
  z.strictObject({
    kind: z.literal('refused'),
    cause: z.discriminatedUnion('kind', [
      z.strictObject({
        kind: z.literal('guards'),
        refusals: z.array(z.strictObject({ guard, objections, remedy: text })).readonly(),
      }),
      z.strictObject({ kind: z.literal('steady-state'), judgements }),
    ]),
  }),
  z.strictObject({
    kind: z.literal('not-applicable'),
    cause: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('nothing-to-drill') }),
      z.strictObject({ kind: z.literal('lacking'), capability: text, reason: text }),
    ]),
  }),
  z.strictObject({ kind: z.literal('aborted'), cause: abortCause }),
])

export const milestone = z.enum(milestones)

/** ms after the injection. */
const span = { after: time, by: time, unobserved: time, budget: duration }

export const miss = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('outcome') }),
  z.strictObject({ kind: z.literal('over-budget'), milestone, after: time, budget: duration }),
  z.strictObject({ kind: z.literal('never-came'), milestone, budget: duration }),
  z.strictObject({ kind: z.literal('unnoticed'), invariant: text }),
  z.strictObject({ kind: z.literal('noticed-late'), invariant: text, within: duration }),
  z.strictObject({ kind: z.literal('unexpected-fix'), fix: text }),
  z.strictObject({ kind: z.literal('not-restored'), invariant: text, subject: text }),
])

export const uncertainty = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('milestone'), milestone, ...span }),
  z.strictObject({ kind: z.literal('noticing'), invariant: text, ...span }),
  z.strictObject({ kind: z.literal('unobserved'), milestone, since: time, budget: duration }),
  z.strictObject({
    kind: z.literal('verdict'),
    invariant: text,
    subject: text,
    cause: unknownCause,
  }),
])
