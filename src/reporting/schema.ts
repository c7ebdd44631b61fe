// The shape of report.json, member by member in the order in which they are written.
import { z } from 'zod'
import {
  choiceSchema,
  clauseSchema,
  guardNames,
  milestones,
  phases,
  type Duration,
  type MilestoneName,
  type Run,
} from '#src/model/index.ts'
import { objectionSchema } from './guards/schema.ts'

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

const unknownCause = z.discriminatedUnion('kind', [
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

const judgement = z.strictObject({ invariant: text, clauses: texts, subject: text, verdict })
const judgements = z.array(judgement).readonly()

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

const healing = z.strictObject({
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

const guard = z.enum(guardNames)
const objections = z.array(objectionSchema(judgements, unknownCause)).readonly()
const allowance = { guard, objections, by: texts }

const abortCause = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('stopped-early') }),
  z.strictObject({ kind: z.literal('stopped'), reason: text }),
  z.strictObject({ kind: z.literal('must-hold'), judgement }),
  z.strictObject({ kind: z.literal('failed'), error: text }),
])

const outcome = z.discriminatedUnion('kind', [
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

const milestone = z.enum(milestones)
/** ms after the injection. */
const span = { after: time, by: time, unobserved: time, budget: duration }

const miss = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('outcome') }),
  z.strictObject({ kind: z.literal('over-budget'), milestone, after: time, budget: duration }),
  z.strictObject({ kind: z.literal('never-came'), milestone, budget: duration }),
  z.strictObject({ kind: z.literal('unnoticed'), invariant: text }),
  z.strictObject({ kind: z.literal('noticed-late'), invariant: text, within: duration }),
  z.strictObject({ kind: z.literal('unexpected-fix'), fix: text }),
  z.strictObject({ kind: z.literal('not-restored'), invariant: text, subject: text }),
])

const uncertainty = z.discriminatedUnion('kind', [
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

const event = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('note'), text }),
  z.strictObject({ kind: z.literal('guard-allowed'), ...allowance }),
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

const silence = { key: text, question: text, origin: text, why: text }

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
    .array(
      z.strictObject({
        name: text,
        section: text,
        title: text,
        reason: text,
        clauses: texts,
        stories: texts,
      }),
    )
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
  unanswered: z.array(z.strictObject({ ...silence, raw: text.exactOptional() })).readonly(),
}) satisfies z.ZodType<Run>

/** The same as a JSON Schema of draft 2020-12, for other tools. */
export const runJsonSchema = (): Record<string, unknown> => ({
  ...z.toJSONSchema(runSchema, { io: 'output', reused: 'ref' }),
})
