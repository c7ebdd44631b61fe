// A problem at a member of a document, before its file and lines are known.
import type { ManifestProblem, Path } from '#src/model/manifest.ts'

export interface ObjectProblem extends Omit<ManifestProblem, 'file' | 'span'> {
  path: Path
}

/** A value as JSON, at most 60 characters of it. */
export const show = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

/** A document that is not judged because it is not an object of the API. */
export const skipped = (code: string, seen: string, remedy: string): ObjectProblem => ({
  path: [],
  code,
  kind: 'skipped',
  seen,
  expected: 'an object of the API, with apiVersion and kind',
  remedy,
})

/** A mistake at a member. */
export const broken = (
  path: Path,
  code: string,
  seen: string,
  expected: string,
  remedy: string,
): ObjectProblem => ({ path, code, kind: 'broken', seen, expected, remedy })
