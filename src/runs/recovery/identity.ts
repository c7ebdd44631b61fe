// Before anything real is touched: is this the cluster that the policy means?
import { ask } from '#src/engine/evaluate/observe.ts'
import { identity } from '#src/kubernetes/questions/access.ts'
import type { Identification } from '#src/model/identification.ts'
import type { Policy, Runtime } from '#src/model/index.ts'
import { unidentifiedText } from '#src/reporting/guards/identification.ts'
import { untouched } from '#src/runs/process/refusal.ts'

/**
 * Compares the uid of kube-system behind the chosen context with the policy's. The lab and a node
 * container are holdfast's own and are not asked.
 */
export async function identify(runtime: Runtime, policy: Policy): Promise<Identification> {
  if (runtime.target.kind !== 'live') return { kind: 'confirmed' }
  const wanted = policy.identity.kubeSystemUid
  const answer = await ask(identity, runtime, policy)
  if (answer.kind !== 'known') return { kind: 'silent', why: answer.why }
  if (answer.value.uid === wanted) return { kind: 'confirmed' }
  const { uid, server, context } = answer.value
  const asked = { cluster: policy.cluster, context, server, uid }
  return wanted === undefined
    ? { kind: 'not-stated', ...asked }
    : { kind: 'another', wanted, ...asked }
}

/** Throws a RefusedError unless it is the policy's cluster. */
export async function requireIdentity(runtime: Runtime, policy: Policy): Promise<void> {
  const found = await identify(runtime, policy)
  if (found.kind !== 'confirmed') throw untouched(unidentifiedText(found))
}

/**
 * Whether it is the policy's cluster. False: it did not answer. Throws a RefusedError if it is
 * another, or the policy does not state an identity.
 */
export async function isIdentified(runtime: Runtime, policy: Policy): Promise<boolean> {
  const found = await identify(runtime, policy)
  if (found.kind === 'confirmed') return true
  if (found.kind === 'silent') return false
  throw untouched(unidentifiedText(found))
}
