// Redacts the values of Secrets in the texts of files, for diffs and code frames.
import type { Manifest, Path } from '#src/model/manifest.ts'
import { isJsonObject } from '#src/model/json.ts'
import { documentsIn } from './yaml/documents.ts'

/** Members of a Secret without secret values. @source Kubernetes API reference: Secret v1 */
const publicMembers = new Set(['apiVersion', 'kind', 'metadata', 'type', 'immutable'])

/**
 * Where a Secret may contain secret values: its entries, whatever their map is called, and copies
 * of them in annotations.
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

/** A text with the same lines, `…` in place of each one's content. */
const redact = (text: string): string => text.replaceAll(/\S[^\n]*/g, '…')

const looksLikeSecret = /["']?\bkind["']?\s*:\s*["']?Secret\b/

/** A line of an unreadable document: as much of it as is certainly not a value. */
function redactLine(line: string): string {
  if (/^\s*(?:#|---|\.\.\.|$)/.test(line)) return line
  const key = /^[ \t]*(?:- )?["']?[\w./-]+["']?:(?=\s|$)/.exec(line)?.[0]
  if (key === undefined) return `${/^\s*/.exec(line)?.[0] ?? ''}…`
  return line.slice(key.length).trim() === '' ? line : `${key} …`
}

/**
 * The text of a file with `…` in place of the values of its Secrets, line for line. In an
 * unreadable document that calls itself a Secret, every value is redacted.
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
    // Several aliases may lead to one value, or into it.
    if (to <= at) continue
    const start = Math.max(from, at)
    after += text.slice(at, start) + by(text.slice(start, to))
    at = to
  }
  return after + text.slice(at)
}
