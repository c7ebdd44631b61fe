// Reads a gate's report from JSON, as the baseline of a later run.
import { errorMessage } from '#src/model/error-message.ts'
import { z } from 'zod'
import type { GateReport } from '#src/model/index.ts'
import { ReportError } from '#src/reporting/error.ts'
import { change, place } from '#src/reporting/schema/verdicts.ts'

const text = z.string()
const texts = z.array(text).readonly()
const count = z.int().min(0)

const waiver = z.strictObject({
  owner: text,
  reason: text,
  until: text,
  from: z.enum(['policy', 'object']),
})

const finding = z.strictObject({
  file: text,
  line: count,
  column: count,
  endLine: count,
  endColumn: count,
  object: place.exactOptional(),
  clauses: texts,
  rule: text,
  code: text,
  seen: text,
  expected: text,
  reason: text,
  remedy: text,
  change: change.exactOptional(),
  status: z.enum(['violated', 'waived', 'baseline']),
  waiver: waiver.exactOptional(),
  fingerprint: text,
})

/**
 * The schema of the JSON report. It is strict, so that a misspelt member is an error.
 */
export const gateSchema = z.strictObject({
  version: z.literal(1),
  verb: z.literal('gate'),
  cluster: text,
  documents: z.array(z.strictObject({ id: text, title: text })).readonly(),
  kubernetes: text,
  holdfast: text,
  startedAt: z.int(),
  endedAt: z.int(),
  files: texts,
  objects: z.array(z.strictObject({ file: text, place })).readonly(),
  rules: z
    .array(z.strictObject({ name: text, title: text, reason: text, clauses: texts }))
    .readonly(),
  findings: z.array(finding).readonly(),
  unknowns: z
    .array(
      z.strictObject({
        file: text.exactOptional(),
        line: count.exactOptional(),
        column: count.exactOptional(),
        code: text,
        message: text,
        remedy: text,
      }),
    )
    .readonly(),
  notes: z
    .array(
      z.strictObject({
        file: text,
        line: count,
        object: place.exactOptional(),
        kind: z.enum(['not-judged', 'foreign-waiver', 'idle-waiver']),
        code: text,
        message: text,
      }),
    )
    .readonly(),
  exitCode: z.int(),
}) satisfies z.ZodType<GateReport>

/** Reads a gate's report. Throws a ReportError with the file and what is wrong in it. */
export function readGateReport(path: string, json: string): GateReport {
  let data: unknown
  try {
    data = JSON.parse(json)
  } catch (error) {
    throw new ReportError(
      `${path} is not JSON: ${errorMessage(error)}. Make a baseline with holdfast gate … --format json=${path}`,
      { path },
    )
  }
  const parsed = gateSchema.safeParse(data)
  if (parsed.success) return parsed.data
  const [first] = parsed.error.issues
  throw new ReportError(
    `${path} is not a report of holdfast gate: ${first === undefined ? 'unknown' : `${first.path.map(String).join('.') || '(top)'}: ${first.message}`}. Make a baseline with holdfast gate … --format json=${path}`,
    { path },
  )
}

/** The fingerprints of a baseline: all its findings, waived or not. */
export const fingerprintsOf = (report: GateReport): ReadonlySet<string> =>
  new Set(report.findings.map(({ fingerprint }) => fingerprint))
