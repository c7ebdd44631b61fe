// The format of a journal on disk and in the cluster: its version, its head and its lines, checked.
import { z } from 'zod'
import type { Json } from './fault.ts'
import { withoutUndefined } from './json.ts'
import { JournalError, type Entry, type JournalOf } from './journal.ts'

/**
 * The version of the format. Holdfast refuses journals of a newer version. Version 1 had no
 * machine, no times and no deadlines.
 */
export const journalVersion = 2

const head = z.strictObject({
  holdfast: z.literal('journal'),
  version: z.int(),
  run: z.string(),
  cluster: z.string(),
  drill: z.string(),
  by: z.string(),
  machine: z.string().default(''),
  startedAt: z.number(),
  until: z.number().optional(),
})
const versioned = z.looseObject({ holdfast: z.literal('journal'), version: z.int() })
const entry = z.strictObject({
  order: z.int(),
  fault: z.string(),
  description: z.string(),
  record: z.json(),
  at: z.number().optional(),
  undoWithin: z.number().optional(),
  undone: z.boolean().optional(),
})
const line = z.union([z.strictObject({ open: entry }), z.strictObject({ close: z.int() })])

/** The first line of a journal. */
export const headOf = (of: JournalOf): Json => ({
  holdfast: 'journal',
  version: journalVersion,
  ...of,
})

/**
 * Checks a head. `where` names the journal in errors. Throws a JournalError for anything else, and
 * for a newer version.
 */
export function asHead(where: string, value: unknown): JournalOf {
  const written = versioned.safeParse(value)
  if (written.success && written.data.version > journalVersion) {
    throw new JournalError(
      `${where} was written by a newer holdfast ` +
        `(journal version ${written.data.version}, this one knows ${journalVersion}): ` +
        'undo it with that one',
    )
  }
  const parsed = head.safeParse(value)
  if (!parsed.success) throw new JournalError(`${where} is no journal of holdfast: move it away`)
  const { holdfast: _, version: _version, until, ...of } = parsed.data
  return { ...of, ...withoutUndefined({ until }) }
}

function entryOf({ record, at, undoWithin, undone, ...rest }: z.infer<typeof entry>): Entry {
  // zod's JSON type and ours have the same values.
  const json: Json = record
  return {
    ...rest,
    record: json,
    ...withoutUndefined({ at, undoWithin, undone }),
  }
}

/** Checks a line after the head. Throws a JournalError for anything else. */
export function asLine(where: string, value: unknown): { open: Entry } | { close: number } {
  const read = line.safeParse(value)
  if (!read.success)
    throw new JournalError(
      `${where} holds a line that is none of a journal: ${JSON.stringify(value).slice(0, 80)}`,
    )
  return 'open' in read.data ? { open: entryOf(read.data.open) } : read.data
}
