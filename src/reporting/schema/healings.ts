// Healings in report.json: what each fix did, or why it did not act.
import { z } from 'zod'
import { duration, text, texts } from './basics.ts'

const heldCause = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('disabled') }),
  z.strictObject({ kind: z.literal('tried-enough'), times: z.number() }),
  z.strictObject({ kind: z.literal('cooling-down'), cooldown: duration }),
  z.strictObject({ kind: z.literal('backing-off') }),
  z.strictObject({ kind: z.literal('not-permitted'), reason: text }),
  z.strictObject({ kind: z.literal('not-needed') }),
  z.strictObject({ kind: z.literal('stopped'), reason: text }),
  z.strictObject({ kind: z.literal('not-reached') }),
])

export const healing = z.strictObject({
  fix: text,
  title: text,
  harm: text,
  because: texts,
  acts: texts,
  outcome: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('planned') }),
    z.strictObject({ kind: z.literal('applied'), helped: z.boolean(), tookMs: z.number() }),
    z.strictObject({ kind: z.literal('failed'), error: text }),
    z.strictObject({ kind: z.literal('held'), cause: heldCause }),
  ]),
})
