// The API of the policy's cluster, as faults and fixes open it.
import { callOf } from '#src/commands/call.ts'
import { openKube, type Kube } from '#src/kubernetes/client.ts'
import type { FaultContext } from '#src/model/index.ts'

/** Deadline of one request, ms. */
const patience = 20_000

/**
 * Opens the API of the policy's cluster. Rejects where no context leads to it. A fix passes no
 * signal: once begun, it finishes.
 */
export const api = (
  context: Pick<FaultContext, 'runtime' | 'policy'> & Partial<Pick<FaultContext, 'signal'>>,
): Promise<Kube> => openKube(callOf(context, patience), context.policy.identity)
