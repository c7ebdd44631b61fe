// Texts of files in which the values of Secrets are not repeated: for diffs and for lines around a
// finding.
import type { Manifest, Path } from '#src/model/manifest.ts'
import { isJsonObject } from '#src/model/json.ts'
import { documentsIn } from './yaml/documents.ts'

/**
 * Members of a Secret that say nothing of what it holds. @source Kubernetes API reference: Secret
 * v1
 */
const publicMembers = new Set(['apiVersion', 'kind', 'metadata', 'type', 'immutable'])

/**
 * Where a Secret may hold what nobody else may read: its entries, whatever their list is called,
 * and what annotations repeat of them.
 */
function secretPaths({ object }: Manifest): readonly Path[] {
  const below = (path: Path, value: unknown): readonly Path[] =>
    isJsonObject(value) ? Object.keys(value).map(key => [...path, key]) : [path]
  const annotations: unknown = object.metadata.annotations
  return [
    ...Object.entries(object)
      .filter(([member]) => !publicMembers.has(member))
      .flatMap(([member, value]) => below([member], value)),
    ...(annotations === undefined ? [] : below(['metadata', 'annotations'], annotations)),
  ]
}

/** A text of as many lines, each of which says that something stood there. */
const redact = (text: string): string => text.replaceAll(/\S[^\n]*/g, '…')

const looksLikeSecret = /["']?\bkind["']?\s*:\s*["']?Secret\b/

/** A line of a document that cannot be read: as much of it as certainly is no value. */
function redactLine(line: string): string {
  if (/^\s*(?:#|---|\.\.\.|$)/.test(line)) return line
  const key = /^[ \t]*(?:- )?["']?[\w./-]+["']?:(?=\s|$)/.exec(line)?.[0]
  return key === undefined
    ? `${/^\s*/.exec(line)?.[0] ?? ''}…`
    : line.slice(key.length).trim() === ''
      ? line
      : `${key} …`
}

/**
 * The text of a file without the values of its Secrets: `…` stands in their place, and every line
 * stays in its place. Of a
 * document that cannot be read and is called a Secret all values go.
 */
export function redactSecrets(text: string, manifests: readonly Manifest[]): string {
  if (!text.includes('Secret')) return text
  const spans = manifests
    .filter(({ object }) => object.kind === 'Secret')
    .flatMap(manifest => secretPaths(manifest).map(path => manifest.where(path)))
  const read = new Set(manifests.map(({ document }) => document))
  const broken = documentsIn(text).filter(
    piece => !read.has(piece.document) && looksLikeSecret.test(text.slice(piece.from, piece.to)),
  )
  const cuts = [
    ...spans.map(({ from, to }) => ({ from, to, by: redact })),
    ...broken.map(({ from, to }) => ({
      from,
      to,
      by: (part: string) => part.split('\n').map(redactLine).join('\n'),
    })),
  ].toSorted((a, b) => a.from - b.from || b.to - a.to)
  let after = ''
  let at = 0
  for (const { from, to, by } of cuts) {
    // Aliases lead several entries to one value, or to a part of one.
    if (to <= at) continue
    const start = Math.max(from, at)
    after += text.slice(at, start) + by(text.slice(start, to))
    at = to
  }
  return after + text.slice(at)
}
