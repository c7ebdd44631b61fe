// Judgements in report.json: verdicts with their findings, waivers and causes.
import { z } from 'zod'
import { text, texts } from './basics.ts'

/** The member of an object that a finding is about. */
export const place = z.strictObject({
  apiVersion: text.exactOptional(),
  kind: text,
  namespace: text.exactOptional(),
  name: text,
  path: z.array(z.union([text, z.number()])).readonly(),
})

/** A change of that member that certainly fixes the finding. */
export const change = z.union([
  z.strictObject({ removed: z.literal(true) }),
  z.strictObject({ renamed: text }),
  z.strictObject({
    to: z.unknown(),
    with: z
      .array(z.strictObject({ path: place.shape.path, to: z.unknown() }))
      .readonly()
      .exactOptional(),
  }),
])

const finding = z.strictObject({
  code: text,
  seen: text,
  expected: text,
  remedy: text,
  at: place.exactOptional(),
  change: change.exactOptional(),
})

const waiver = z.strictObject({
  invariant: text,
  subject: text,
  findings: texts,
  owner: text,
  reason: text,
  until: text,
})

export const unknownCause = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('unanswered'),
    question: text,
    description: text,
    origin: text,
    tookMs: z.number(),
    reason: text,
  }),
  z.strictObject({ kind: z.literal('doubtful'), reason: text }),
  z.strictObject({ kind: z.literal('judge-failed'), error: text }),
  z.strictObject({ kind: z.literal('discovery-failed'), error: text }),
])
const notApplicableCause = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('no-subjects') }),
  z.strictObject({ kind: z.literal('lacking'), reason: text }),
  z.strictObject({ kind: z.literal('out-of-scope'), reason: text }),
])

const verdict = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('holds') }),
  z.strictObject({ kind: z.literal('violated'), findings: z.array(finding).readonly() }),
  z.strictObject({ kind: z.literal('unknown'), cause: unknownCause }),
  z.strictObject({
    kind: z.literal('waived'),
    findings: z.array(finding).readonly(),
    waiver,
    daysLeft: z.number(),
  }),
  z.strictObject({ kind: z.literal('not-applicable'), cause: notApplicableCause }),
])

export const judgement = z.strictObject({ invariant: text, clauses: texts, subject: text, verdict })
export const judgements = z.array(judgement).readonly()
