// Makes the changes that are certain: as a diff, and in place when a person asks for it.
import { readFileSync, writeFileSync } from 'node:fs'
import {
  applyChanges,
  diffOf,
  readManifests,
  redactSecrets,
  type Wanted,
} from '#src/manifests/index.ts'
import type { GateFinding, GateReport, Manifest, ManifestSet } from '#src/model/index.ts'
import { UsageError } from '#src/runs/settings.ts'
import type { GateOptions } from './arguments.ts'
import { finder } from './judge.ts'

/** How one file would read. */
export interface FixedFile {
  file: string
  before: string
  after: string
}

export interface Fixed {
  files: readonly FixedFile[]
  /** Changes that are certain but cannot be written, with the reason. */
  refused: readonly { finding: GateFinding; why: string }[]
}

interface Certain extends Wanted {
  finding: GateFinding
}

/**
 * The manifest in whose lines a finding stands: of several objects of one name not any, but that
 * one.
 */
function standingAt(
  set: ManifestSet,
  options: GateOptions,
): (finding: GateFinding) => Manifest | undefined {
  const find = finder(set, options)
  const files = Map.groupBy(set.manifests, ({ file }) => file)
  const holds = (manifest: Manifest, { line, column }: GateFinding): boolean => {
    const { line: first, column: from, endLine, endColumn } = manifest.where([])
    return (
      (line > first || (line === first && column >= from)) &&
      (line < endLine || (line === endLine && column <= endColumn))
    )
  }
  return finding => {
    const { object: place, file } = finding
    const found = place === undefined ? undefined : find(place)
    if (place === undefined || found === undefined) return undefined
    if (found.file === file && holds(found, finding)) return found
    return (files.get(file) ?? []).find(
      manifest =>
        manifest.object.kind === place.kind &&
        manifest.object.metadata.name === place.name &&
        holds(manifest, finding),
    )
  }
}

/**
 * All certain changes of a report, file by file. What is waived stays as it is, and so does what
 * the baseline knows.
 */
export function changesOf(report: GateReport, set: ManifestSet, options: GateOptions): Fixed {
  const find = standingAt(set, options)
  const certain = report.findings.flatMap((finding): readonly Certain[] => {
    const { object, change } = finding
    const manifest =
      change === undefined || finding.status !== 'violated' ? undefined : find(finding)
    if (manifest === undefined || object === undefined || change === undefined) return []
    const together = 'to' in change ? (change.with ?? []) : []
    return [
      { finding, manifest, path: object.path, change },
      ...together.map(({ path, to }) => ({ finding, manifest, path, change: { to } })),
    ]
  })
  const refused: { finding: GateFinding; why: string }[] = []
  const files = [...Map.groupBy(certain, ({ finding }) => finding.file)].flatMap(
    ([file, wanted]): readonly FixedFile[] => {
      const before = set.texts.get(file)
      if (before === undefined) return []
      const { text: after, refused: left } = applyChanges(before, wanted)
      refused.push(...left.map(({ wanted: { finding }, why }) => ({ finding, why })))
      return after === before ? [] : [{ file, before, after }]
    },
  )
  return { files, refused }
}

const withoutSecrets = (file: string, text: string): string =>
  redactSecrets(text, readManifests({ texts: new Map([[file, text]]) }).manifests)

/**
 * All of it as one unified diff, which patch and git take; but for the values of Secrets, which
 * nobody is shown.
 */
export const diffs = (files: readonly FixedFile[]): string =>
  files
    .map(({ file, before, after }) =>
      diffOf(file, before, after, {
        before: withoutSecrets(file, before),
        after: withoutSecrets(file, after),
      }),
    )
    .join('')

/** Writes files in place. Where one of them is no longer as it was read, none is written. */
export function writeInPlace(files: readonly FixedFile[]): void {
  const changed = files.filter(
    ({ file, before }) =>
      readFileSync(file, 'utf8').replace(/^\uFEFF/, '') !== before.replace(/^\uFEFF/, ''),
  )
  if (changed.length > 0)
    throw new UsageError(
      `${changed.map(({ file }) => file).join(', ')} changed while it was judged. Run the same command again; nothing was written.`,
    )
  for (const { file, after } of files) writeFileSync(file, after)
}
