// Judges a set of manifests by the invariants of a policy, as a cluster would be judged.
import { clausesProvenBy } from '#src/model/policy/proven-by.ts'
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
  type Policy,
  type Raised,
  type Snapshot,
  type UnknownCause,
} from '#src/model/index.ts'
import { manifestsByPlace } from './identity.ts'
import { raiseFinding } from './raise.ts'
import { snapshotOf, withNamespacesOf } from './snapshot.ts'

export interface Judging {
  manifests: readonly Manifest[]
  /** Manifests that their schema rejects. */
  misshapen: ReadonlySet<Manifest>
  policy: Policy
  invariants: readonly Invariant[]
  /** The namespace of objects that name none. */
  namespace: string
  /** ms since the epoch. */
  now: number
}

export interface JudgedInvariants {
  raised: readonly Raised[]
  unknowns: readonly GateUnknown[]
  /** Verdicts that need a cluster. */
  notes: readonly GateNote[]
}

const isDefect = ({ kind }: UnknownCause): boolean =>
  kind === 'judge-failed' || kind === 'discovery-failed'

/** Whether the judge itself failed, which states nothing about the manifests. */
const isJudgeFailure = ({ verdict }: Judgement): boolean =>
  verdict.kind === 'unknown' && isDefect(verdict.cause)

/** A defect of a judge is an unknown. A question that only a cluster answers is a note. */
function unknownOf(
  { invariant, subject }: Judgement,
  cause: UnknownCause,
): { unknown: GateUnknown } | { note: GateNote } {
  const message = `${invariant} on ${subject}: ${causeMessage(cause)}`
  if (!isDefect(cause)) {
    const code = `unknown:${invariant}`
    return { note: { file: '', line: 0, kind: 'not-judged', code, message } }
  }
  return {
    unknown: {
      code: `judge-failed:${invariant}`,
      message,
      remedy: 'report this bug with the manifest; --only judges by the other invariants',
    },
  }
}

/** The findings of one invariant about manifests of the set, without duplicates. */
function findingsOf(
  judgements: readonly Judgement[],
  find: ReturnType<typeof manifestsByPlace>,
): readonly { subject: string; finding: Finding; manifest: Manifest; at: Finding['at'] & {} }[] {
  const known = new Set<string>()
  return judgements.flatMap(({ subject, verdict }) =>
    (verdict.kind === 'violated' ? verdict.findings : []).flatMap(finding => {
      const { at, code, seen } = finding
      const manifest = at === undefined ? undefined : find(at)
      if (at === undefined || manifest === undefined) return []
      const object = `${at.kind} ${at.namespace ?? ''}/${at.name}`
      const key = `${object} ${at.path.join('\n')}\n${code}\n${seen}`
      if (known.has(key)) return []
      known.add(key)
      return [{ subject, finding, manifest, at }]
    }),
  )
}

/** The set as a snapshot: all of it, and without the objects that their schema rejects. */
function snapshots(
  { manifests, misshapen, invariants, namespace, now }: Judging,
  about: Policy,
): { whole: Snapshot; shaped: Snapshot } {
  const questions = questionsOf(invariants, about)
  const options = { cluster: about.cluster, namespace, now }
  const whole = snapshotOf(manifests, questions, options)
  if (misshapen.size === 0) return { whole, shaped: whole }
  const shaped = manifests.filter(manifest => !misshapen.has(manifest))
  return { whole, shaped: snapshotOf(shaped, questions, options) }
}

/** Judges manifests by invariants. It is pure but for `now`. */
export function judgeByInvariants(judging: Judging): JudgedInvariants {
  const { manifests, policy, namespace } = judging
  const find = manifestsByPlace(manifests, namespace)
  // The gate applies waivers itself, finding by finding, so that reports can list them.
  const about: Policy = { ...withNamespacesOf(policy, manifests, namespace), waivers: [] }
  const { whole, shaped } = snapshots(judging, about)
  const pending: { manifest: Manifest; raise: () => Raised }[] = []
  const unknowns: GateUnknown[] = []
  const notes: GateNote[] = []
  for (const invariant of judging.invariants) {
    const first = judge(invariant, whole, about)
    // An object without the shape of its kind may crash a judge: it then judges the others.
    const judgements =
      shaped !== whole && first.some(isJudgeFailure) ? judge(invariant, shaped, about) : first
    for (const judgement of judgements) {
      if (judgement.verdict.kind !== 'unknown') continue
      const one = unknownOf(judgement, judgement.verdict.cause)
      if ('unknown' in one) unknowns.push(one.unknown)
      else notes.push(one.note)
    }
    for (const { subject, finding, manifest, at } of findingsOf(judgements, find)) {
      const place = { manifest, path: at.path, namespace }
      const raise = (): Raised =>
        raiseFinding(finding, place, {
          rule: invariant.name,
          clauses: clausesProvenBy(policy, 'invariant', invariant.name),
          subject,
          reason: invariant.reason,
        })
      pending.push({ manifest, raise })
    }
  }
  // Object by object: each document is parsed once for the positions of all of its findings.
  const order = new Map(manifests.map((manifest, index) => [manifest, index]))
  const raised = pending
    .toSorted((a, b) => (order.get(a.manifest) ?? 0) - (order.get(b.manifest) ?? 0))
    .map(({ raise }) => raise())
  return { raised, unknowns, notes }
}
