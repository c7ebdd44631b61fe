// The shape of report.json, member by member in the order in which they are written.
import { z } from 'zod'
import {
  choiceSchema,
  clauseSchema,
  milestones,
  phases,
  type Duration,
  type MilestoneName,
  type Run,
} from '#src/model/index.ts'

const text = z.string()
const texts = z.array(text).readonly()
/** ms since the epoch. */
const time = z.number()
/** The type of a duration is a template of its text, which a pattern cannot give. */
const duration = text.regex(
  /^\d+(\.\d+)? (ms|s|min|h|d)$/,
  'expected a duration with its unit, such as "90 s"',
) as unknown as z.ZodType<Duration>

/** The member of an object that a finding is about, and what certainly makes it right. */
export const place = z.strictObject({
  apiVersion: text.exactOptional(),
  kind: text,
  namespace: text.exactOptional(),
  name: text,
  path: z.array(z.union([text, z.number()])).readonly(),
})
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

const verdict = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('holds') }),
  z.strictObject({ kind: z.literal('violated'), findings: z.array(finding).readonly() }),
  z.strictObject({ kind: z.literal('unknown'), why: text }),
  z.strictObject({
    kind: z.literal('waived'),
    findings: z.array(finding).readonly(),
    waiver,
    daysLeft: z.number(),
  }),
  z.strictObject({ kind: z.literal('not-applicable'), why: text }),
])

const judgements = z
  .array(z.strictObject({ invariant: text, clauses: texts, subject: text, verdict }))
  .readonly()

const healing = z.strictObject({
  fix: text,
  title: text,
  harm: text,
  because: texts,
  acts: texts,
  outcome: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('planned') }),
    z.strictObject({ kind: z.literal('applied'), helped: z.boolean(), tookMs: z.number() }),
    z.strictObject({ kind: z.literal('failed'), why: text }),
    z.strictObject({ kind: z.literal('held'), why: text }),
  ]),
})

const outcome = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('healed-by-itself') }),
  z.strictObject({ kind: z.literal('healed-by-fixes'), fixes: texts }),
  z.strictObject({ kind: z.literal('not-healed'), why: text }),
  z.strictObject({ kind: z.literal('refused'), why: text }),
  z.strictObject({ kind: z.literal('not-applicable'), why: text }),
  z.strictObject({ kind: z.literal('aborted'), why: text }),
])

/** One member for each mark, so that they are always written in the order of a recovery. */
const budgets = z.strictObject(
  Object.fromEntries(milestones.map(milestone => [milestone, duration.exactOptional()])) as Record<
    MilestoneName,
    z.ZodExactOptional<typeof duration>
  >,
)

const drill = z.strictObject({
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
        milestone: z.enum(milestones),
        after: time,
        by: time,
        unobserved: time.exactOptional(),
      }),
    )
    .readonly(),
  misses: texts,
  unknown: texts,
  budgets,
  timeline: z.array(z.strictObject({ at: time, phase: z.enum(phases), message: text })).readonly(),
  leftBehind: z.array(z.strictObject({ description: text, manualUndo: text })).readonly(),
})

/**
 * What a reader of report.json may rely on; strict, so that a misspelt member is a mistake and not
 * silence.
 */
export const runSchema = z.strictObject({
  version: z.literal(1),
  id: text,
  verb: z.enum(['check', 'drill', 'heal', 'nightly', 'gate']),
  cluster: text,
  policyDescription: text,
  target: z.strictObject({ kind: z.enum(['lab', 'container', 'live']), description: text }),
  seed: z.number(),
  versions: z.record(text, text).readonly(),
  startedAt: time,
  endedAt: time,
  exitCode: z.number(),
  documents: z.array(z.strictObject({ id: text, title: text, url: text.optional() })),
  choices: z.array(choiceSchema),
  invariants: z
    .array(z.strictObject({ name: text, section: text, title: text, reason: text, clauses: texts }))
    .readonly(),
  before: judgements,
  judgements,
  healings: z.array(healing).readonly(),
  drills: z.array(drill).readonly(),
  coverage: z
    .array(
      z.strictObject({
        clause: clauseSchema,
        invariants: texts,
        drills: texts,
        fixes: texts,
        guards: texts,
      }),
    )
    .readonly(),
  unanswered: z.array(z.strictObject({ question: text, origin: text, why: text })).readonly(),
}) satisfies z.ZodType<Run>

/** The same as a JSON Schema of draft 2020-12, for other tools. */
export const runJsonSchema = (): Record<string, unknown> => ({
  ...z.toJSONSchema(runSchema, { io: 'output' }),
})
