// Observes a target, and discounts what a host shows that nothing proves to be the cluster's.
import { carrierOf, missingCarrier } from '#helpers/carrier.ts'
import { questionsWithFixes, type Evaluation } from '#src/engine/evaluate/evaluate.ts'
import { judgeAll } from '#src/engine/evaluate/judge.ts'
import { ask, observe } from '#src/engine/evaluate/observe.ts'
import { identity } from '#src/kubernetes/questions/access.ts'
import type {
  Answer,
  Capability,
  Invariant,
  Policy,
  Question,
  Runtime,
  Snapshot,
} from '#src/model/index.ts'

/** Abilities whose answers describe this host, whichever cluster it carries. */
const hostAbilities: ReadonlySet<Capability> = new Set(['host-ports', 'processes'])

const isAboutHost = ({ needs }: Question<unknown>): boolean =>
  needs.some(ability => hostAbilities.has(ability))

/** Whether the cluster's API answers on this host's own loopback address. */
async function servesLocally(runtime: Runtime, policy: Policy): Promise<boolean> {
  const answer = await ask(identity, runtime, policy)
  if (answer.kind !== 'known') return false
  const { uid, server } = answer.value
  const isWanted = uid === (policy.identity.kubeSystemUid ?? uid)
  return isWanted && ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(server).hostname)
}

const doubted = ({ origin, at, tookMs, description }: Answer<unknown>, why: string) => ({
  kind: 'unknown' as const,
  origin,
  at,
  tookMs,
  description,
  why,
})

/**
 * One snapshot of a target. On a live target, ports and processes of this host are evidence only if
 * something proves that the host carries the policy's cluster: on any other machine a refused port
 * would be a false violation, and a local Redis a false pass. Without a proof their answers are
 * unknown.
 */
export async function observeTarget(
  questions: readonly Question<unknown>[],
  runtime: Runtime,
  policy: Policy,
): Promise<Snapshot> {
  const snapshot = await observe(questions, runtime, policy)
  const doubtful = new Set(questions.filter(isAboutHost).map(({ key }) => key))
  if (runtime.target.kind !== 'live' || doubtful.size === 0) return snapshot
  if ((await carrierOf(runtime, policy, ask)) !== undefined) return snapshot
  if (await servesLocally(runtime, policy)) return snapshot
  const why = `nothing proves that this host carries ${policy.cluster}: ${missingCarrier(policy)}`
  const answers = Object.entries(snapshot.answers).map(([key, answer]) => [
    key,
    doubtful.has(key) && answer.kind === 'known' ? doubted(answer, why) : answer,
  ])
  return { ...snapshot, answers: Object.fromEntries(answers) }
}

/** Observes a target as observeTarget does, and judges it. Never rejects for what it observes. */
export async function evaluateTarget(
  invariants: readonly Invariant[],
  runtime: Runtime,
  policy: Policy,
): Promise<Evaluation> {
  const snapshot = await observeTarget(questionsWithFixes(invariants, policy), runtime, policy)
  return { snapshot, judgements: judgeAll(invariants, snapshot, policy) }
}
