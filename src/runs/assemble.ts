// Assembles a run: what was judged, healed and drilled, with everything that its reports need.
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
import { replayFlags } from './replay.ts'
import type { Settings } from './settings.ts'
import { versions } from './versions.ts'

/** The input of a report. */
export interface RunParts extends RunStart {
  policy: Policy
  target: Runtime['target']
  before?: readonly Judgement[]
  judgements: readonly Judgement[]
  healings?: readonly Healing[]
  drills?: readonly DrillResult[]
  unanswered?: Run['unanswered']
  /** Exit codes of ends that are neither a verdict nor a drill. */
  exitCodes?: readonly number[]
}

/**
 * `2026-11-21T03-00-00-000Z-nightly`: sorts by time, is a valid file name everywhere, and differs
 * for two runs of the same second.
 */
const runId = (verb: Verb, now: number): string =>
  `${new Date(now).toISOString().slice(0, 23).replaceAll(/[:.]/g, '-')}Z-${verb}`

/** The head of every report of a run. */
export interface RunStart {
  readonly verb: Verb
  readonly id: string
  /** ms since the epoch. */
  readonly startedAt: number
  readonly settings: Settings
}

/** A run that starts now. */
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

/** The questions of a snapshot without an answer, with the reasons. */
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
    replay: replayFlags(settings),
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
