// What of the files a report may repeat: lines around findings, without the values of Secrets.
import { redactSecrets } from '#src/manifests/index.ts'
import type { GateReport, ManifestSet } from '#src/model/index.ts'

/** Texts of the files that a report has findings in. */
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
