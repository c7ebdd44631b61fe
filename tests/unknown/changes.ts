// The effect of a cut: verdicts compared with those of the healthy world, with their reasons.
import { reasonOf } from '#src/reporting/sentences.ts'
import { exitCodeOf } from '#src/runs/outcome.ts'
import { loadPolicy } from '#src/runs/clusters.ts'
import { evaluate } from '#src/engine/evaluate/evaluate.ts'
import type { Judgement, Policy, Runtime, Verdict } from '#src/model/index.ts'
import { invariants } from '#tests/red/world.ts'

const joelclaw = await loadPolicy('joelclaw')

/** One evaluation, and the exit code that it would give. */
export interface Seen {
  judgements: readonly Judgement[]
  exit: number
  /** How long the evaluation took, virtual ms. */
  tookMs: number
}

export async function answers(runtime: Runtime, policy: Policy = joelclaw): Promise<Seen> {
  const { snapshot, judgements } = await evaluate(invariants, runtime, policy)
  return {
    judgements,
    exit: exitCodeOf(judgements, []),
    tookMs: snapshot.endedAt - snapshot.startedAt,
  }
}

/**
 * Changed verdicts by their new kind. The name of an invariant alone stands for all of its subjects
 * that could change.
 */
export interface Changes {
  exit: number
  unknown?: readonly string[]
  violated?: readonly string[]
  holds?: readonly string[]
  'not-applicable'?: readonly string[]
  waived?: readonly string[]
  /** Subjects that the evaluation no longer discovers. */
  gone?: readonly string[]
}

/** All changed verdicts, by name. */
export function changes(before: Seen, after: Seen): Changes {
  const now = new Map(
    after.judgements.map(judgement => [
      `${judgement.invariant} · ${judgement.subject}`,
      judgement.verdict.kind,
    ]),
  )
  const byKind: Partial<Record<Verdict['kind'] | 'gone', string[]>> = {}
  for (const invariant of new Set(before.judgements.map(judgement => judgement.invariant))) {
    const could = before.judgements.filter(
      judgement => judgement.invariant === invariant && judgement.verdict.kind !== 'not-applicable',
    )
    const changed = could
      .map(
        judgement =>
          ({ judgement, kind: now.get(`${invariant} · ${judgement.subject}`) ?? 'gone' }) as const,
      )
      .filter(({ judgement, kind }) => kind !== judgement.verdict.kind)
    const [first] = changed
    if (first === undefined) continue
    if (changed.length === could.length && changed.every(({ kind }) => kind === first.kind))
      (byKind[first.kind] ??= []).push(invariant)
    else
      for (const { judgement, kind } of changed)
        (byKind[kind] ??= []).push(`${invariant} · ${judgement.subject}`)
  }
  const known = new Set(
    before.judgements.map(judgement => `${judgement.invariant} · ${judgement.subject}`),
  )
  for (const { invariant, subject, verdict } of after.judgements)
    if (!known.has(`${invariant} · ${subject}`))
      (byKind[verdict.kind] ??= []).push(`${invariant} · ${subject}`)
  for (const names of Object.values(byKind)) names.sort()
  return { exit: after.exit, ...byKind }
}

/**
 * Removes how long a question took and undici's wording, because neither adds anything to the
 * reason.
 */
const timeless = (text: string): string =>
  text
    .replace(/ \(asked ([^()]+), [^()]+\)$/, ' (asked $1)')
    .replace(/: (fetch failed|terminated)(?=$| \(asked)/, '')

/**
 * The reasons of the changed verdicts, sorted and without duplicates: why a verdict is unknown, or
 * what was seen.
 */
export function reasons(before: Seen, after: Seen): readonly string[] {
  const was = new Map(
    before.judgements.map(({ invariant, subject, verdict }) => [
      `${invariant} · ${subject}`,
      verdict.kind,
    ]),
  )
  return [
    ...new Set(
      after.judgements
        .filter(
          ({ invariant, subject, verdict }) =>
            was.get(`${invariant} · ${subject}`) !== verdict.kind,
        )
        .flatMap(({ verdict }) => {
          if (verdict.kind === 'unknown') return [timeless(reasonOf({ verdict }))]
          if (verdict.kind !== 'violated') return []
          return verdict.findings.map(finding => timeless(finding.seen))
        }),
    ),
  ].toSorted()
}
