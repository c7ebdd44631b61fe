// Judges a set of manifests by schema, invariants, waivers and baseline, and makes its report.
import { errorMessage } from '#src/model/error-message.ts'
import { isSelected } from '#src/runs/selection.ts'
import { readFileSync } from 'node:fs'
import { gate } from '#src/gate/report.ts'
import { manifestsByPlace } from '#src/gate/identity.ts'
import type { SchemaFinding } from '#src/gate/judge.ts'
import { schemaFor, validate, withCustom } from '#src/schema/index.ts'
import type { GateNote, GateReport, ManifestSet, Policy } from '#src/model/index.ts'
import { invariants } from '#specs/invariants/index.ts'
import { UsageError, globMatches } from '#src/runs/settings.ts'
import type { GateOptions } from './arguments.ts'

/** The default version of Kubernetes. @source the newest packed one */
const newest = '1.35'

export interface Judging {
  policy: Policy
  options: GateOptions
  only: string | undefined
  baseline: ReadonlySet<string> | undefined
  holdfast: string
  startedAt: number
}

/** The version of Kubernetes to judge by. */
export const versionFor = (options: GateOptions, policy: Policy): string =>
  (options.kubernetes ?? policy.kubernetes ?? newest).replace(/^v/, '')

/** The fingerprints of an earlier report. Throws a UsageError that names the file. */
export async function readBaseline(
  path: string | undefined,
): Promise<ReadonlySet<string> | undefined> {
  if (path === undefined) return undefined
  const { fingerprintsOf, readGateReport } = await import('#src/reporting/gate/baseline.ts')
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new UsageError(
      `The baseline ${path} cannot be read: ${errorMessage(error)}. Make one with ` +
        `holdfast gate … --format json=${path}.`,
    )
  }
  return fingerprintsOf(readGateReport(path, text))
}

/** Throws a UsageError where --only selects nothing: that would pass without judging. */
export function requireSelection(only: string | undefined, policy: Policy): void {
  if (
    only !== undefined &&
    !invariants.some(({ name }) => isSelected(only, policy, 'invariant', name)) &&
    !globMatches(only, ['objects-fit-their-schema'])
  ) {
    throw new UsageError(
      `--only ${only} selects no invariant. holdfast list shows clauses and names; a ` +
        "glob needs quotes, e.g. --only 'probes.*'.",
    )
  }
}

function bySchema(
  set: ManifestSet,
  version: string,
): { findings: readonly SchemaFinding[]; notes: readonly GateNote[] } {
  const schema = withCustom(schemaFor(version), set.manifests)
  const findings: SchemaFinding[] = []
  const notes: GateNote[] =
    schema.note === undefined
      ? []
      : [{ file: '', line: 0, kind: 'not-judged', code: 'schema:version', message: schema.note }]
  for (const manifest of set.manifests) {
    const judged = validate(manifest, schema)
    for (const finding of judged.findings) findings.push({ manifest, finding })
    for (const { code, description, at } of judged.notes)
      notes.push({
        file: manifest.file,
        line: manifest.where(at.path).line,
        object: at,
        kind: 'not-judged',
        code,
        message: description,
      })
  }
  return { findings, notes }
}

/** Judges a set and makes its report. */
export function judge(
  set: ManifestSet,
  { policy, options, only, baseline, holdfast, startedAt }: Judging,
): GateReport {
  const kubernetes = versionFor(options, policy)
  const schema = bySchema(set, kubernetes)
  const report = gate({
    set,
    policy,
    invariants,
    schema: schema.findings,
    notes: schema.notes,
    namespace: options.namespace,
    kubernetes,
    holdfast,
    startedAt,
    endedAt: Date.now(),
    selects: name => isSelected(only, policy, 'invariant', name),
    ...(baseline === undefined ? {} : { baseline }),
  })
  return { ...report, endedAt: Date.now() }
}

/** Finds manifests by the objects of findings. */
export const finder = (set: ManifestSet, options: GateOptions) =>
  manifestsByPlace(set.manifests, options.namespace)
