// Summaries of a set for tests: one line per object or problem.
import type { ManifestSet, Path, Place } from '#src/model/manifest.ts'
import { readManifests } from './read.ts'

/** Reads one file, or several by name. */
export const setOf = (files: string | Readonly<Record<string, string>>): ManifestSet =>
  readManifests({
    texts: new Map(Object.entries(typeof files === 'string' ? { 'a.yaml': files } : files)),
  })

/** The problems of a set, one line each. */
export const problemsOf = ({ problems }: ManifestSet): readonly string[] =>
  problems.map(
    ({ file, span, kind, code, seen }) =>
      `${file}:${span.line}:${span.column} ${kind} ${code}: ${seen}`,
  )

export const objectsIn = ({ manifests }: ManifestSet): readonly string[] =>
  manifests.map(
    ({ file, document, object: { apiVersion, kind, metadata } }) =>
      `${file}#${document} ${apiVersion} ${kind} ${metadata.namespace ?? '-'}/${metadata.name}`,
  )

/** The text of a member, with its line and column. */
export function shownAt(
  { manifests, texts }: ManifestSet,
  path: Path,
  { index = 0, of }: { index?: number; of?: Place['of'] } = {},
): string {
  const manifest = manifests[index]
  const span = manifest?.where(path, of)
  return manifest === undefined || span === undefined
    ? 'no such manifest'
    : `${span.line}:${span.column} ` +
        JSON.stringify(texts.get(manifest.file)?.slice(span.from, span.to))
}

/** A small object of the API, with more lines appended. */
export const object = (more = '', kind = 'ConfigMap', name = 'a'): string =>
  `apiVersion: v1\nkind: ${kind}\nmetadata:\n  name: ${name}\n${more}`
