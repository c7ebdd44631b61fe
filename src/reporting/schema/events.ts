// The events of a drill in report.json: one for each log entry.
import { z } from 'zod'
import { duration, text, texts, time } from './basics.ts'
import { abortCause, guard, objections } from './outcomes.ts'

const choiceReason = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('asked') }),
  z.strictObject({ kind: z.literal('name') }),
  z.strictObject({ kind: z.literal('role'), role: z.enum(['control-plane', 'worker']) }),
  z.strictObject({
    kind: z.literal('runs'),
    of: z.strictObject({
      workload: z.enum(['Deployment', 'StatefulSet', 'DaemonSet']),
      namespace: text,
      name: text,
    }),
  }),
  z.strictObject({ kind: z.literal('not-leader'), leader: text }),
  z.strictObject({ kind: z.literal('first') }),
  z.strictObject({ kind: z.literal('policy'), member: text }),
])

export const event = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('note'), text }),
  z.strictObject({ kind: z.literal('guard-allowed'), guard, objections, by: texts }),
  z.strictObject({ kind: z.literal('steady-state'), holds: z.boolean() }),
  z.strictObject({ kind: z.literal('chosen'), subject: text, reason: choiceReason }),
  z.strictObject({ kind: z.literal('fault'), description: text }),
  z.strictObject({ kind: z.literal('noticed'), invariant: text }),
  z.strictObject({
    kind: z.literal('signal'),
    signal: text,
    change: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.enum(['lost', 'back', 'unobserved']) }),
      z.strictObject({ kind: z.literal('observed-again'), unobserved: time }),
    ]),
  }),
  z.strictObject({ kind: z.literal('aborted'), cause: abortCause }),
  z.strictObject({ kind: z.literal('undone'), description: text }),
  z.strictObject({ kind: z.literal('not-undone'), description: text, error: text }),
  z.strictObject({ kind: z.literal('fix-held'), fix: text, reason: text }),
  z.strictObject({
    kind: z.literal('fix-confirming'),
    fix: text,
    looks: z.number(),
    every: duration,
  }),
  z.strictObject({ kind: z.literal('fix-acts'), fix: text, command: text }),
  z.strictObject({ kind: z.literal('fix-failed'), fix: text, error: text }),
  z.strictObject({
    kind: z.literal('fix-ended'),
    fix: text,
    result: z.enum(['helped', 'did-not-help', 'stopped']),
  }),
  z.strictObject({ kind: z.literal('fix-not-needed'), fix: text }),
])
