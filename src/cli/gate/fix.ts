// Applies certain changes: shown as a diff, and written in place with --fix.
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

/** One file before and after its changes. */
export interface FixedFile {
  file: string
  before: string
  after: string
}

export interface Fixed {
  files: readonly FixedFile[]
  /** Certain changes that cannot be written, with the reason. */
  refused: readonly { finding: GateFinding; why: string }[]
}

interface Certain extends Wanted {
  finding: GateFinding
}

/** Finds the manifest that contains the position of a finding, even among objects of one name. */
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

/** The certain changes for violated findings, file by file; waived and baseline ones stay. */
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

/** One unified diff for patch and git. Values of Secrets are redacted in it. */
export const diffs = (files: readonly FixedFile[]): string =>
  files
    .map(({ file, before, after }) =>
      diffOf(file, before, after, {
        before: withoutSecrets(file, before),
        after: withoutSecrets(file, after),
      }),
    )
    .join('')

/** Writes files in place. Throws a UsageError before the first write if one has changed since. */
export function writeInPlace(files: readonly FixedFile[]): void {
  const changed = files.filter(
    ({ file, before }) =>
      readFileSync(file, 'utf8').replace(/^\uFEFF/, '') !== before.replace(/^\uFEFF/, ''),
  )
  if (changed.length > 0)
    throw new UsageError(
      `${changed.map(({ file }) => file).join(', ')} changed during the run. Run the ` +
        'same command again; nothing was written.',
    )
  for (const { file, after } of files) writeFileSync(file, after)
}
