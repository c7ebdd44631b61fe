// Puts one judgement of manifests together: findings with fingerprints and what became of them,
// notes, unknowns, exit code.
import { clausesProvenBy } from '#src/model/proof.ts'
import type {
  GateFinding,
  GateNote,
  GateReport,
  GateRule,
  GateUnknown,
  Invariant,
  ManifestSet,
  Place,
  Policy,
  Raised,
} from '#src/model/index.ts'
import { digest, manifestsByPlace, placeOf, stablePath } from './identity.ts'
import { judgeSet, type SchemaFinding } from './judge.ts'
import { ownRules } from './rules.ts'
import { waive, type Accepted } from './waivers.ts'

export interface Gating {
  set: ManifestSet
  policy: Policy
  invariants: readonly Invariant[]
  schema: readonly SchemaFinding[]
  /** Notes of others, e.g. kinds without a schema. */
  notes?: readonly GateNote[]
  /** What else is not known, e.g. a chart that could not be rendered. */
  unknowns?: readonly GateUnknown[]
  namespace: string
  /** Fingerprints that were there before. */
  baseline?: ReadonlySet<string>
  /** Selects a rule by its name, or by a clause that it proves. */
  selects?: (rule: string) => boolean
  kubernetes: string
  holdfast: string
  /** ms since the epoch. */
  startedAt: number
  endedAt: number
}

const compare = (a: string | number, b: string | number): number => (a < b ? -1 : a > b ? 1 : 0)

const inOrder = (a: Raised, b: Raised): number =>
  compare(a.file, b.file) ||
  compare(a.span.line, b.span.line) ||
  compare(a.span.column, b.span.column) ||
  compare(a.rule, b.rule) ||
  compare(a.code, b.code) ||
  compare(a.seen, b.seen)

/**
 * What names a finding for good: the object and the member, or the text of the line where there is
 * no object.
 */
function anchorOf(
  raised: Raised,
  set: ManifestSet,
  find: (place: Place) => { object: unknown } | undefined,
): string {
  const { at } = raised
  if (at !== undefined)
    return `${at.kind} ${at.namespace ?? ''}/${at.name} ${stablePath(find(at)?.object, at.path)}`
  const line = set.texts.get(raised.file)?.split('\n', raised.span.line).at(-1) ?? ''
  return `${raised.file} ${line.trim()}`
}

function toFindings(
  accepted: readonly Accepted[],
  { set, namespace, baseline }: Gating,
): readonly GateFinding[] {
  const find = manifestsByPlace(set.manifests, namespace)
  const met = new Map<string, number>()
  return accepted
    .toSorted((a, b) => inOrder(a.raised, b.raised))
    .map(({ raised, waiver }) => {
      const { span, at, clauses, rule, code, seen, expected, reason, remedy, change, file } = raised
      const name = [rule, code, anchorOf(raised, set, find)]
      const plain = digest(...name)
      const count = (met.get(plain) ?? 0) + 1
      met.set(plain, count)
      // The same finding on the same member again, e.g. of an object that stands in two files, is
      // another one.
      const fingerprint = count === 1 ? plain : digest(...name, String(count))
      return {
        file,
        line: span.line,
        column: span.column,
        endLine: span.endLine,
        endColumn: span.endColumn,
        ...(at === undefined ? {} : { object: at }),
        clauses,
        rule,
        code,
        seen,
        expected,
        reason,
        remedy,
        ...(change === undefined ? {} : { change }),
        status:
          waiver !== undefined
            ? 'waived'
            : baseline?.has(fingerprint) === true
              ? 'baseline'
              : 'violated',
        ...(waiver === undefined ? {} : { waiver }),
        fingerprint,
      }
    })
}

/** @source docs/decisions/0004-exit-codes.md: what is violated counts more than what is unknown */
const exitCode = (findings: readonly GateFinding[], unknowns: readonly GateUnknown[]): number =>
  findings.some(({ status }) => status === 'violated') ? 1 : unknowns.length > 0 ? 2 : 0

/** Judges a set of manifests and makes the report of it. */
export function gate(gating: Gating): GateReport {
  const { set, policy, namespace, selects = () => true } = gating
  const invariants = gating.invariants.filter(({ name }) => selects(name))
  const schema = selects('objects-fit-their-schema') ? gating.schema : []
  const judged = judgeSet({ set, policy, invariants, schema, namespace, now: gating.endedAt })
  const partly = invariants.length < gating.invariants.length
  const waived = waive(judged.raised, set.manifests, policy, {
    now: gating.endedAt,
    namespace,
    partly,
  })
  const findings = toFindings(waived.findings, gating)
  const skipped = set.problems
    .filter(({ kind }) => kind === 'skipped')
    .map(({ file, span, code, seen, remedy }): GateNote => ({
      file,
      line: span.line,
      kind: 'not-judged',
      code,
      message: remedy === '' ? seen : `${seen}. ${remedy}`,
    }))
  const unknowns = [...(gating.unknowns ?? []), ...judged.unknowns]
  const rules: readonly GateRule[] = [...invariants, ...ownRules].map(
    ({ name, title, reason }) => ({
      name,
      title,
      reason,
      clauses: clausesProvenBy(policy, 'invariant', name),
    }),
  )
  return {
    version: 1,
    verb: 'gate',
    cluster: policy.cluster,
    documents: policy.documents,
    kubernetes: gating.kubernetes,
    holdfast: gating.holdfast,
    startedAt: gating.startedAt,
    endedAt: gating.endedAt,
    files: [...set.texts.keys()].toSorted(compare),
    // In the order of their documents; where each stands is looked up only for what is reported.
    objects: set.manifests
      .toSorted((a, b) => compare(a.file, b.file) || a.document - b.document)
      .map(manifest => ({ file: manifest.file, place: placeOf(manifest, namespace) })),
    rules,
    findings,
    unknowns,
    notes: [...skipped, ...(gating.notes ?? []), ...judged.notes, ...waived.notes].toSorted(
      (a, b) => compare(a.file, b.file) || compare(a.line, b.line) || compare(a.code, b.code),
    ),
    exitCode: exitCode(findings, unknowns),
  }
}
