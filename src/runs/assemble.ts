// Puts a run together: what was judged, healed and drilled, with everything that a reader of the
// report needs to know of it.
import { clausesProvenBy, storiesProvenBy } from '#src/model/policy/proven-by.ts'
import type {
  Answer,
  DrillResult,
  Healing,
  Judgement,
  Policy,
  Runtime,
  Run,
  Snapshot,
  Verb,
} from '#src/model/index.ts'
import { bySection } from '#specs/invariants/index.ts'
import { coverageOf } from './coverage.ts'
import { exitCodeOf } from './outcome.ts'
import type { Settings } from './settings.ts'
import { versions } from './versions.ts'

/** What a report is made of. */
export interface RunParts extends RunStart {
  policy: Policy
  target: Runtime['target']
  before?: readonly Judgement[]
  judgements: readonly Judgement[]
  healings?: readonly Healing[]
  drills?: readonly DrillResult[]
  unanswered?: Run['unanswered']
  /** Exit codes of what is neither a verdict nor a drill. */
  exitCodes?: readonly number[]
}

/**
 * `2026-11-21T03-00-00-000Z-nightly`: sorts by time, is a file name everywhere, and two that begin
 * in the same second are two.
 */
const runId = (verb: Verb, now: number): string =>
  `${new Date(now).toISOString().slice(0, 23).replaceAll(/[:.]/g, '-')}Z-${verb}`

/** What every report of a run begins with. */
export interface RunStart {
  readonly verb: Verb
  readonly id: string
  /** ms since the epoch. */
  readonly startedAt: number
  readonly settings: Settings
}

/** A run that begins now. */
export function startRun(verb: Verb, settings: Settings): RunStart {
  const startedAt = Date.now()
  return { verb, id: runId(verb, startedAt), startedAt, settings }
}

const unansweredOf = (
  key: string,
  { description, origin, why, raw }: Answer<unknown> & { kind: 'unknown' },
): Run['unanswered'][number] => ({
  key,
  question: description,
  origin,
  why,
  ...(raw !== undefined && { raw }),
})

/** Questions of a snapshot that got no answer, and why. */
export const unansweredIn = (snapshot: Snapshot): Run['unanswered'] =>
  Object.entries(snapshot.answers).flatMap(([key, answer]) =>
    answer.kind === 'unknown' ? [unansweredOf(key, answer)] : [],
  )

/** The run as data: everything that its reports show. */
export function assemble(parts: RunParts): Run {
  const { policy, settings } = parts
  const drills = parts.drills ?? []
  const judgements = parts.judgements
  const judged = new Set(judgements.map(judgement => judgement.invariant))
  return {
    version: 1,
    id: parts.id,
    verb: parts.verb,
    cluster: policy.cluster,
    policyDescription: policy.description,
    target: parts.target,
    seed: settings.seed,
    versions: versions(),
    startedAt: parts.startedAt,
    endedAt: Date.now(),
    documents: policy.documents,
    choices: policy.choices,
    invariants: bySection
      .filter(({ invariant }) => judged.has(invariant.name))
      .map(({ section, invariant: { name, title, reason } }) => ({
        name,
        section,
        title,
        reason,
        clauses: clausesProvenBy(policy, 'invariant', name),
        stories: storiesProvenBy(policy, 'invariant', name),
      })),
    before: parts.before ?? judgements,
    judgements,
    healings: parts.healings ?? [],
    drills,
    coverage: coverageOf(policy),
    unanswered: parts.unanswered ?? [],
    exitCode: exitCodeOf(judgements, drills, parts.exitCodes),
  }
}
