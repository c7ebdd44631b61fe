// Before anything real is touched: is this the cluster that the policy means?
import { identity } from '#helpers/kubernetes/access.ts'
import { ask } from '#src/engine/evaluate/observe.ts'
import type { Policy, Runtime } from '#src/model/index.ts'
import { RefusedError, UnidentifiedError } from '#src/runs/process/refusal.ts'

/**
 * Compares the uid of kube-system behind the chosen context with the policy's. Throws a
 * RefusedError when it differs or
 * cannot be had. The lab and a node container are of holdfast's own making and are not asked.
 */
export async function requireIdentity(runtime: Runtime, policy: Policy): Promise<void> {
  if (runtime.target.kind !== 'live') return
  const wanted = policy.identity.kubeSystemUid
  const answer = await ask(identity, runtime, policy)
  if (answer.kind !== 'known')
    throw new UnidentifiedError(
      `Nothing was touched: the cluster could not be asked who it is (${answer.why}).`,
    )
  const { uid, server, context } = answer.value
  if (wanted === undefined) {
    throw new RefusedError(
      `Nothing was touched: the policy of “${policy.cluster}” does not say which cluster it means. When ${context} (${server}) is the one, write identity.kubeSystemUid: '${uid}' into it.`,
    )
  }
  if (uid !== wanted)
    throw new RefusedError(
      `Nothing was touched: ${context} (${server}) is another cluster: its kube-system has uid ${uid}, the policy of “${policy.cluster}” means ${wanted}.`,
    )
}

/**
 * Whether it is the cluster that the policy means. False: it could not be asked. Throws a
 * RefusedError when it is another.
 */
export async function isIdentified(runtime: Runtime, policy: Policy): Promise<boolean> {
  try {
    await requireIdentity(runtime, policy)
    return true
  } catch (error) {
    if (error instanceof UnidentifiedError) return false
    throw error
  }
}
