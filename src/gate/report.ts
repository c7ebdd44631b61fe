// Judges a set of manifests and reports findings, unknowns, notes and the exit code.
import { clausesProvenBy } from '#src/model/policy/proven-by.ts'
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
import { withoutUndefined } from '#src/model/json.ts'
import { digest, manifestsByPlace, placeOf, stablePath } from './identity.ts'
import { judgeSet, type SchemaFinding } from './judge.ts'
import { ownRules } from './rules.ts'
import { waive, type Accepted } from './waivers.ts'

export interface Gating {
  set: ManifestSet
  policy: Policy
  invariants: readonly Invariant[]
  schema: readonly SchemaFinding[]
  /** Notes of earlier steps, such as kinds without a schema. */
  notes?: readonly GateNote[]
  /** Unknowns of earlier steps, such as a chart that could not be rendered. */
  unknowns?: readonly GateUnknown[]
  namespace: string
  /** Fingerprints of an earlier report. */
  baseline?: ReadonlySet<string>
  /** Selects a rule by its name, or by a clause that it proves. */
  selects?: (rule: string) => boolean
  kubernetes: string
  holdfast: string
  /** ms since the epoch. */
  startedAt: number
  endedAt: number
}

function compare(a: string | number, b: string | number): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

const inOrder = (a: Raised, b: Raised): number =>
  compare(a.file, b.file) ||
  compare(a.span.line, b.span.line) ||
  compare(a.span.column, b.span.column) ||
  compare(a.rule, b.rule) ||
  compare(a.code, b.code) ||
  compare(a.seen, b.seen)

/** The stable name of a finding: its object and member, or its file and line of text. */
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

function statusOf(
  waiver: Accepted['waiver'],
  fingerprint: string,
  baseline: Gating['baseline'],
): GateFinding['status'] {
  if (waiver !== undefined) return 'waived'
  return baseline?.has(fingerprint) === true ? 'baseline' : 'violated'
}

function toFinding(
  { raised, waiver }: Accepted,
  fingerprint: string,
  baseline: Gating['baseline'],
): GateFinding {
  const { span, at, clauses, rule, code, seen, expected, reason, remedy, change, file } = raised
  return withoutUndefined({
    file,
    line: span.line,
    column: span.column,
    endLine: span.endLine,
    endColumn: span.endColumn,
    object: at,
    clauses,
    rule,
    code,
    seen,
    expected,
    reason,
    remedy,
    change,
    status: statusOf(waiver, fingerprint, baseline),
    waiver,
    fingerprint,
  })
}

function toFindings(
  accepted: readonly Accepted[],
  { set, namespace, baseline }: Gating,
): readonly GateFinding[] {
  const find = manifestsByPlace(set.manifests, namespace)
  const counts = new Map<string, number>()
  return accepted
    .toSorted((a, b) => inOrder(a.raised, b.raised))
    .map(one => {
      const name = [one.raised.rule, one.raised.code, anchorOf(one.raised, set, find)]
      const plain = digest(...name)
      const count = (counts.get(plain) ?? 0) + 1
      counts.set(plain, count)
      // The same finding can recur on the same member, for example of an object in two files.
      return toFinding(one, count === 1 ? plain : digest(...name, String(count)), baseline)
    })
}

/** @source docs/decisions/0004-exit-codes.md: a violation outranks an unknown */
function exitCode(findings: readonly GateFinding[], unknowns: readonly GateUnknown[]): number {
  if (findings.some(({ status }) => status === 'violated')) return 1
  return unknowns.length > 0 ? 2 : 0
}

/** Notes about documents that are not objects. */
const skippedIn = ({ problems }: ManifestSet): readonly GateNote[] =>
  problems
    .filter(({ kind }) => kind === 'skipped')
    .map(({ file, span, code, seen, remedy }) => ({
      file,
      line: span.line,
      kind: 'not-judged',
      code,
      message: remedy === '' ? seen : `${seen}. ${remedy}`,
    }))

const rulesOf = (
  invariants: readonly Pick<Invariant, 'name' | 'title' | 'reason'>[],
  policy: Policy,
): readonly GateRule[] =>
  [...invariants, ...ownRules].map(({ name, title, reason }) => ({
    name,
    title,
    reason,
    clauses: clausesProvenBy(policy, 'invariant', name),
  }))

/** The objects of a set, in the order of their documents. */
const objectsIn = ({ manifests }: ManifestSet, namespace: string): GateReport['objects'] =>
  manifests
    .toSorted((a, b) => compare(a.file, b.file) || a.document - b.document)
    .map(manifest => ({ file: manifest.file, place: placeOf(manifest, namespace) }))

/** Judges a set of manifests and makes its report. */
export function gate(gating: Gating): GateReport {
  const { set, policy, namespace, kubernetes, holdfast, startedAt, endedAt } = gating
  const { selects = () => true } = gating
  const invariants = gating.invariants.filter(({ name }) => selects(name))
  const schema = selects('objects-fit-their-schema') ? gating.schema : []
  const judged = judgeSet({ set, policy, invariants, schema, namespace, now: endedAt })
  const waived = waive(judged.raised, set.manifests, policy, {
    now: endedAt,
    namespace,
    partly: invariants.length < gating.invariants.length,
  })
  const findings = toFindings(waived.findings, gating)
  const unknowns = [...(gating.unknowns ?? []), ...judged.unknowns]
  const notes = [...skippedIn(set), ...(gating.notes ?? []), ...judged.notes, ...waived.notes]
  return {
    version: 1,
    verb: 'gate',
    cluster: policy.cluster,
    documents: policy.documents,
    kubernetes,
    holdfast,
    startedAt,
    endedAt,
    files: [...set.texts.keys()].toSorted(compare),
    objects: objectsIn(set, namespace),
    rules: rulesOf(invariants, policy),
    findings,
    unknowns,
    notes: notes.toSorted(
      (a, b) => compare(a.file, b.file) || compare(a.line, b.line) || compare(a.code, b.code),
    ),
    exitCode: exitCode(findings, unknowns),
  }
}
