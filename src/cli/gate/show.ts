// The texts that a report may quote, with the values of Secrets redacted.
import { redactSecrets } from '#src/manifests/index.ts'
import type { GateReport, ManifestSet } from '#src/model/index.ts'

/** The texts of the files with findings. */
export function textsToShow(
  { findings }: GateReport,
  { texts, manifests }: ManifestSet,
): ReadonlyMap<string, string> {
  const own = Map.groupBy(manifests, ({ file }) => file)
  return new Map(
    [...new Set(findings.map(({ file }) => file))].flatMap(file => {
      const text = texts.get(file)
      return text === undefined ? [] : [[file, redactSecrets(text, own.get(file) ?? [])] as const]
    }),
  )
}
