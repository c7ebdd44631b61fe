// Judges files as `holdfast gate` does, in this process: returns the findings and the text that a
// person reads.
import { gateOptions } from '#src/cli/gate/arguments.ts'
import { judge } from '#src/cli/gate/judge.ts'
import { textsToShow } from '#src/cli/gate/show.ts'
import { readManifests } from '#src/manifests/index.ts'
import { gateScreen } from '#src/reporting/gate/terminal.ts'
import type { GateReport, ManifestSet, Policy } from '#src/model/index.ts'

export const options = gateOptions({})

export const setOf = (files: Readonly<Record<string, string>>): ManifestSet =>
  readManifests({ texts: new Map(Object.entries(files)) })

/** The report of a set, with all durations zero. */
export function judged(set: ManifestSet, policy: Policy): GateReport {
  const report = judge(set, {
    policy,
    options,
    only: undefined,
    baseline: undefined,
    holdfast: '0.0.0',
    startedAt: 0,
  })
  return { ...report, startedAt: 0, endedAt: 0 }
}

/** What a person sees on a terminal of 100 columns without colours. */
export const screen = (report: GateReport, set: ManifestSet): string =>
  gateScreen(report, { colour: false, width: 100, texts: textsToShow(report, set) })

/** The beginning of a code: `latest`, `schema-type`, `yaml-tab`. */
export const stem = (code: string): string =>
  /^(?:schema|api|yaml):/.test(code) ? code.replace(':', '-') : (code.split(':')[0] ?? code)
