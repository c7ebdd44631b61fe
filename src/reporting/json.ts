// A run as report.json, and back.
import type { z } from 'zod'
import { errorMessage, type Run } from '#src/model/index.ts'
import { ReportError } from './error.ts'
import { withSentences, withoutSentences } from './guards/json.ts'
import { runSchema } from './schema.ts'

export { runJsonSchema, runSchema } from './schema.ts'

/** The newest version of report.json that this code can read. */
const newest = 1

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (at !== null && typeof at === 'object' ? Reflect.get(at, key) : undefined),
    value,
  )
}

/** Longest value that a mistake shows, in characters. */
const longestValue = 80

function valueText(value: unknown): string {
  const json = JSON.stringify(value)
  if (json === undefined) return '; it is missing'
  return json.length > longestValue ? '' : `; it is ${json}`
}

/** Every mistake with its path and its value. */
const mistakes = (error: z.ZodError, input: unknown): string =>
  error.issues
    .map(({ path, message }) => {
      const place = path.map(String).join('.') || '(top)'
      return `  ${place}: ${message}${valueText(valueAt(input, path))}`
    })
    .join('\n')

/**
 * A run as JSON, with its members in the order of the schema and a trailing newline. The
 * objections of guards have their sentences beside their data. Throws a ReportError for a run that
 * does not fit the schema, such as a time that is not a number.
 */
export function reportJson(run: Run): string {
  const parsed = runSchema.safeParse(withSentences(run))
  if (!parsed.success) {
    throw new ReportError(
      [
        `The run ${run.id} does not fit the schema of report.json:`,
        mistakes(parsed.error, run),
        'This is a bug in holdfast, not in the cluster: the verdicts stand.',
      ].join('\n'),
    )
  }
  const versions = Object.fromEntries(
    Object.entries(parsed.data.versions).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  )
  return `${JSON.stringify({ ...parsed.data, versions }, null, 2)}\n`
}

/**
 * Reads what `reportJson` wrote. Throws a ReportError that names every member that breaks the
 * schema. `from`: the path of the file, for the error.
 */
export function readRun(text: string, from = 'report.json'): Run {
  let input: unknown
  try {
    input = JSON.parse(text)
  } catch (cause) {
    throw new ReportError(
      `${from} is not JSON: ${errorMessage(cause)}. It may be cut off; make the report again.`,
      { path: from, cause },
    )
  }
  const version = valueAt(input, ['version'])
  if (typeof version === 'number' && version > newest) {
    throw new ReportError(
      `${from} has version ${version} of the report's schema; this holdfast knows versions up to ` +
        `${newest}. Read it with the holdfast that wrote it, or a newer one.`,
      { path: from },
    )
  }
  const parsed = runSchema.safeParse(input)
  if (parsed.success) return withoutSentences(parsed.data)
  throw new ReportError(`${from} is not a holdfast report:\n${mistakes(parsed.error, input)}`, {
    path: from,
  })
}
