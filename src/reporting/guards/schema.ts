// The shape of a guard's objections in report.json.
import { z } from 'zod'
import type { Duration, Judgement, Percent, Size, UnknownCause } from '#src/model/index.ts'

const text = z.string()
const texts = z.array(text).readonly()

/** The type of a measure is a template of its text, which a pattern cannot express. */
const measure = <T extends string>(units: string): z.ZodType<T> =>
  text.regex(new RegExp(`^\\d+(\\.\\d+)? (${units})$`)) as unknown as z.ZodType<T>

const duration = measure<Duration>('ms|s|min|h|d')
const percent = measure<Percent>('%')
const size = measure<Size>('B|KiB|MiB|GiB|TiB')

const gap = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('volume-unknown') }),
  z.strictObject({ kind: z.literal('no-backup-declared') }),
  z.strictObject({ kind: z.literal('no-backup-found'), prefix: text, folder: text }),
  z.strictObject({
    kind: z.literal('backup-too-old'),
    file: text,
    age: z.number(),
    maxAge: duration,
  }),
  z.strictObject({
    kind: z.literal('backup-too-small'),
    file: text,
    bytes: z.number(),
    minSize: size,
  }),
])

const permission = z.strictObject({
  verb: z.enum(['get', 'list', 'watch', 'create', 'update', 'patch', 'delete']),
  group: text,
  resource: text,
  namespace: text.exactOptional(),
  name: text.exactOptional(),
})

/** What each objection has: its subject, and the sentence that reports show for it. */
const about = { of: text, seen: text.exactOptional() }
const found = { context: text, server: text, uid: text }
const loss = { ready: z.number(), lost: z.number(), limit: percent }
const quorum = { left: z.number(), members: z.number(), quorum: z.number() }

const situation = [
  z.strictObject({ ...about, kind: z.literal('cluster-in-use'), doing: text, by: text }),
  z.strictObject({ ...about, kind: z.literal('identity-undeclared'), ...found }),
  z.strictObject({ ...about, kind: z.literal('wrong-cluster'), wanted: text, ...found }),
  z.strictObject({
    ...about,
    kind: z.literal('outside-window'),
    local: text,
    days: texts,
    from: text,
    until: text,
  }),
  z.strictObject({
    ...about,
    kind: z.literal('frozen'),
    local: text,
    from: text,
    until: text,
    because: text,
  }),
] as const

const losses = [
  z.strictObject({ ...about, kind: z.literal('too-many-replicas'), ...loss }),
  z.strictObject({ ...about, kind: z.literal('last-replicas'), ready: z.number() }),
  z.strictObject({ ...about, kind: z.literal('no-quorum'), ...quorum }),
  z.strictObject({ ...about, kind: z.literal('only-copy'), volume: text }),
  z.strictObject({ ...about, kind: z.literal('unbacked'), gap }),
  z.strictObject({ ...about, kind: z.literal('own-node') }),
] as const

const abilities = [
  z.strictObject({ ...about, kind: z.literal('lacking'), reason: text }),
  z.strictObject({ ...about, kind: z.literal('not-permitted'), permission }),
  z.strictObject({ ...about, kind: z.literal('disk-full'), freeBytes: z.number(), needed: size }),
] as const

/** The schema of an objection, from the schemas of judgements and of causes. */
export const objectionSchema = (
  judgements: z.ZodType<readonly Judgement[]>,
  cause: z.ZodType<UnknownCause>,
) =>
  z.discriminatedUnion('kind', [
    z.strictObject({ ...about, kind: z.literal('unsteady'), judgements }),
    ...situation,
    ...losses,
    ...abilities,
    z.strictObject({ ...about, kind: z.literal('unclear'), cause }),
    z.strictObject({ ...about, kind: z.literal('guard-failed'), error: text }),
  ])
