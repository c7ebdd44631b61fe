// Manifests in, findings with lines out: the same invariants as on a cluster, schemas, and the
// gate's own rules.
import { clausesProvenBy } from '#src/model/proof.ts'
import { judge } from '#src/engine/evaluate/judge.ts'
import {
  causeMessage,
  questionsOf,
  type Finding,
  type GateNote,
  type GateUnknown,
  type Invariant,
  type Judgement,
  type Manifest,
  type ManifestProblem,
  type ManifestSet,
  type Place,
  type Policy,
  type Raised,
  type Span,
} from '#src/model/index.ts'
import { manifestsByPlace, placeOf, overwrittenIn } from './identity.ts'
import { ruleOf } from './rules.ts'
import { snapshotOf, withNamespacesOf } from './snapshot.ts'

/** What a schema says of one object. */
export interface SchemaFinding {
  manifest: Manifest
  finding: Finding & { at: Place }
}

export interface Judging {
  set: ManifestSet
  policy: Policy
  invariants: readonly Invariant[]
  schema: readonly SchemaFinding[]
  /** Where an object without a namespace would be made. */
  namespace: string
  /** ms since the epoch. */
  now: number
}

export interface Judged {
  raised: readonly Raised[]
  unknowns: readonly GateUnknown[]
  /** Verdicts that files alone do not allow. */
  notes: readonly GateNote[]
}

/** Whether the judge itself failed, which is a defect and says nothing about the cluster. */
const failed = ({ verdict }: Judgement): boolean =>
  verdict.kind === 'unknown' &&
  (verdict.cause.kind === 'judge-failed' || verdict.cause.kind === 'discovery-failed')

/**
 * Finds the object in whose lines something stands. Objects of a file stand one after another: only
 * a few are looked up for each question.
 */
function objectsByLine(
  manifests: readonly Manifest[],
): (problem: Pick<ManifestProblem, 'file' | 'span'>) => Manifest | undefined {
  const files = Map.groupBy(manifests, ({ file }) => file)
  const spans = new Map<Manifest, Span>()
  const spanOf = (manifest: Manifest): Span => {
    const known = spans.get(manifest) ?? manifest.where([])
    spans.set(manifest, known)
    return known
  }
  return ({ file, span }) => {
    const own = files.get(file) ?? []
    let [low, high] = [0, own.length]
    // The first object that begins behind it: the one before that is where it stands.
    while (low < high) {
      const middle = (low + high) >>> 1
      const candidate = own[middle]
      if (candidate !== undefined && spanOf(candidate).from <= span.from) low = middle + 1
      else high = middle
    }
    const found = own[low - 1]
    return found !== undefined && span.from < Math.max(spanOf(found).to, spanOf(found).from + 1)
      ? found
      : undefined
  }
}

function ofProblem(
  problem: ManifestProblem,
  manifest: Manifest | undefined,
  namespace: string,
): Raised {
  const { name, reason } = ruleOf(
    problem.code === 'twice' ? 'objects-are-unique' : 'files-can-be-read',
  )
  const { file, span, code, seen, expected, remedy } = problem
  return {
    rule: name,
    clauses: [],
    reason,
    code,
    seen,
    expected,
    remedy,
    file,
    span,
    ...(manifest === undefined ? {} : { at: placeOf(manifest, namespace) }),
  }
}

function ofSchema({ manifest, finding }: SchemaFinding, namespace: string): Raised {
  const { name, reason } = ruleOf('objects-fit-their-schema')
  const { code, seen, expected, remedy, change, at } = finding
  return {
    rule: name,
    clauses: [],
    reason,
    code,
    seen,
    expected,
    remedy,
    at: placeOf(manifest, namespace, at.path),
    file: manifest.file,
    span: manifest.where(at.path, at.of),
    ...(change === undefined ? {} : { change }),
  }
}

const placeKey = ({ file, span }: { file: string; span: Span }): string => `${span.from} ${file}`

/**
 * Codes of invariants of which the schema of a built-in kind says the same at the same place: the
 * API refuses it.
 */
const alsoFoundBySchema: ReadonlySet<string> = new Set(['selector-misses-template'])

/**
 * What the reader says of a member where the policy (`secret-…`, with clauses and waivers) or the
 * schema says the same and more.
 */
const superseded: Readonly<Record<string, string>> = {
  'example-secret': 'secret',
  placeholder: 'secret',
  'bad-name': 'schema',
  'bad-namespace': 'schema',
}

const manifestsOf = (findings: readonly SchemaFinding[]): ReadonlySet<Manifest> =>
  new Set(findings.map(({ manifest }) => manifest))

/**
 * Judges a set. Pure but for `now`: the same files give the same findings, in whatever order they
 * were read.
 */
export function judgeSet({ set, policy, invariants, schema, namespace, now }: Judging): Judged {
  const lost = overwrittenIn(set.manifests, namespace)
  const manifests =
    lost.size === 0 ? set.manifests : set.manifests.filter(manifest => !lost.has(manifest))
  const find = manifestsByPlace(manifests, namespace)
  // Waivers are the gate's to apply: finding by finding, so that it can list them.
  const about: Policy = { ...withNamespacesOf(policy, manifests, namespace), waivers: [] }
  const questions = questionsOf(invariants, about)
  const options = { cluster: policy.cluster, namespace, now }
  const whole = snapshotOf(manifests, questions, options)
  const misshapen = manifestsOf(schema)
  const shaped =
    misshapen.size === 0
      ? whole
      : snapshotOf(
          manifests.filter(manifest => !misshapen.has(manifest)),
          questions,
          options,
        )

  const pending: { manifest: Manifest; raise: () => Raised }[] = []
  const unknowns: GateUnknown[] = []
  const notes: GateNote[] = []
  for (const invariant of invariants) {
    const known = new Set<string>()
    const first = judge(invariant, whole, about)
    // A judge may stumble over an object without the shape of its kind: then it looks at the
    // others.
    const judgements =
      misshapen.size > 0 && first.some(failed) ? judge(invariant, shaped, about) : first
    for (const judgement of judgements) {
      if (judgement.verdict.kind === 'unknown') {
        const description = `${invariant.name} on ${judgement.subject}: ${causeMessage(judgement.verdict.cause)}`
        if (failed(judgement))
          unknowns.push({
            code: `judge-failed:${invariant.name}`,
            message: description,
            remedy:
              'this is a bug, or an object has a shape that nobody expected; --only judges by other invariants',
          })
        else
          notes.push({
            file: '',
            line: 0,
            kind: 'not-judged',
            code: `unknown:${invariant.name}`,
            message: description,
          })
      }
      if (judgement.verdict.kind !== 'violated') continue
      for (const finding of judgement.verdict.findings) {
        const { at, code, seen, expected, remedy, change } = finding
        const manifest = at === undefined ? undefined : find(at)
        if (at === undefined || manifest === undefined) continue
        const key = `${at.kind} ${at.namespace ?? ''}/${at.name} ${at.path.join('\n')}\n${code}\n${seen}`
        if (known.has(key)) continue
        known.add(key)
        pending.push({
          manifest,
          raise: () => ({
            rule: invariant.name,
            clauses: clausesProvenBy(policy, 'invariant', invariant.name),
            subject: judgement.subject,
            reason: invariant.reason,
            code,
            seen,
            expected,
            remedy,
            at: placeOf(manifest, namespace, at.path),
            file: manifest.file,
            span: manifest.where(at.path),
            ...(change === undefined ? {} : { change }),
          }),
        })
      }
    }
  }
  // Object by object: a document is taken apart once for all of its findings.
  const order = new Map(manifests.map((manifest, index) => [manifest, index]))
  const fromSchema = schema.map(entry => ofSchema(entry, namespace))
  const refused = new Set(fromSchema.map(placeKey))
  const raised = pending
    .toSorted((a, b) => (order.get(a.manifest) ?? 0) - (order.get(b.manifest) ?? 0))
    .map(({ raise }) => raise())
    .filter(
      one => !alsoFoundBySchema.has(one.code.split(':')[0] ?? '') || !refused.has(placeKey(one)),
    )
  const firstWord = (code: string): string => /^[^-:]*/.exec(code)?.[0] ?? ''
  const told = new Set(
    set.problems.length === 0
      ? []
      : [...fromSchema, ...raised].map(one => `${firstWord(one.code)} ${placeKey(one)}`),
  )
  const isTold = (problem: ManifestProblem): boolean =>
    told.has(`${superseded[problem.code] ?? ''} ${placeKey(problem)}`)
  const objectAt = objectsByLine(set.manifests)
  const unreadable = set.problems.filter(({ kind }) => kind === 'unreadable')
  return {
    raised: [
      ...set.problems
        .filter(problem => problem.kind === 'broken' && !isTold(problem))
        .map(problem => ofProblem(problem, objectAt(problem), namespace)),
      ...fromSchema,
      ...raised,
    ],
    unknowns: [
      ...unreadable.map(({ file, span, code, seen, remedy }) => ({
        file,
        line: span.line,
        column: span.column,
        code,
        message: seen,
        remedy,
      })),
      ...unknowns,
    ],
    notes,
  }
}
