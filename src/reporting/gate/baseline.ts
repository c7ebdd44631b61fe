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

/** The schema of the JSON report. It is strict, so that a misspelt member is an error. */
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

/** The error of a file that is no baseline, with the command that makes one. */
function baselineError(path: string, cause: string): ReportError {
  const remedy = `Make a baseline with holdfast gate … --format json=${path}`
  return new ReportError(`${path} ${cause}. ${remedy}`, { path })
}

/** Reads a gate's report. Throws a ReportError that names the file and its first mistake. */
export function readGateReport(path: string, json: string): GateReport {
  let data: unknown
  try {
    data = JSON.parse(json)
  } catch (error) {
    throw baselineError(path, `is not JSON: ${errorMessage(error)}`)
  }
  const parsed = gateSchema.safeParse(data)
  if (parsed.success) return parsed.data
  const [first] = parsed.error.issues
  const place = first?.path.map(String).join('.') || '(top)'
  const mistake = first === undefined ? 'unknown' : `${place}: ${first.message}`
  throw baselineError(path, `is not a report of holdfast gate: ${mistake}`)
}

/** The fingerprints of all findings of a baseline, waived ones included. */
export const fingerprintsOf = (report: GateReport): ReadonlySet<string> =>
  new Set(report.findings.map(({ fingerprint }) => fingerprint))
