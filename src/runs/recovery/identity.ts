// Before anything real is touched: is this the cluster that the policy means?
import { identity } from '#src/kubernetes/questions/access.ts'
import { ask } from '#src/engine/evaluate/observe.ts'
import type { Policy, Runtime } from '#src/model/index.ts'
import { untouched } from '#src/runs/process/refusal.ts'

/** The identity of a cluster, compared with the policy. */
export type Identification =
  | { readonly kind: 'confirmed' }
  /** The cluster did not answer. */
  | { readonly kind: 'silent'; readonly reason: string }
  /** The policy does not state an identity, or this is another cluster. */
  | { readonly kind: 'unconfirmed'; readonly reason: string }

/**
 * Compares the uid of kube-system behind the chosen context with the policy's. The lab and a node
 * container are holdfast's own and are not asked.
 */
export async function identify(runtime: Runtime, policy: Policy): Promise<Identification> {
  if (runtime.target.kind !== 'live') return { kind: 'confirmed' }
  const wanted = policy.identity.kubeSystemUid
  const answer = await ask(identity, runtime, policy)
  if (answer.kind !== 'known')
    return { kind: 'silent', reason: `the cluster could not be asked who it is (${answer.why})` }
  const { uid, server, context } = answer.value
  if (uid === wanted) return { kind: 'confirmed' }
  const reason =
    wanted === undefined
      ? `the policy of “${policy.cluster}” does not say which cluster it means. When ` +
        `${context} (${server}) is the one, write identity.kubeSystemUid: '${uid}' into ` +
        'it'
      : `${context} (${server}) is another cluster: its kube-system has uid ${uid}, the ` +
        `policy of “${policy.cluster}” means ${wanted}`
  return { kind: 'unconfirmed', reason }
}

/** Throws a RefusedError unless it is the policy's cluster. */
export async function requireIdentity(runtime: Runtime, policy: Policy): Promise<void> {
  const found = await identify(runtime, policy)
  if (found.kind !== 'confirmed') throw untouched(found.reason)
}

/**
 * Whether it is the policy's cluster. False: it did not answer. Throws a RefusedError if it is
 * another.
 */
export async function isIdentified(runtime: Runtime, policy: Policy): Promise<boolean> {
  const found = await identify(runtime, policy)
  if (found.kind === 'unconfirmed') throw untouched(found.reason)
  return found.kind === 'confirmed'
}
