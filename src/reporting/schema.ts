// The shape of report.json, member by member in the order in which they are written.
import { z } from 'zod'
import { choiceSchema, clauseSchema, type Run } from '#src/model/index.ts'
import { text, texts, time } from './schema/basics.ts'
import { drill } from './schema/drills.ts'
import { healing } from './schema/healings.ts'
import { judgements } from './schema/verdicts.ts'

/**
 * The shape that readers of report.json can rely on. It is strict, so that a misspelt member is an
 * error.
 */
export const runSchema = z.strictObject({
  version: z.literal(1),
  id: text,
  verb: z.enum(['check', 'drill', 'heal', 'nightly', 'gate']),
  cluster: text,
  policyDescription: text,
  target: z.strictObject({ kind: z.enum(['lab', 'container', 'live']), description: text }),
  seed: z.number(),
  replay: texts.optional(),
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
  unanswered: z
    .array(
      z.strictObject({
        key: text,
        question: text,
        origin: text,
        why: text,
        raw: text.exactOptional(),
      }),
    )
    .readonly(),
}) satisfies z.ZodType<Run>

/** The same as a JSON Schema of draft 2020-12, for other tools. */
export const runJsonSchema = (): Record<string, unknown> => ({
  ...z.toJSONSchema(runSchema, { io: 'output', reused: 'ref' }),
})
