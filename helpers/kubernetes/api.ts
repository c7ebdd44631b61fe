// The API of the policy's cluster, as faults reach it.
import { callOf } from '#src/commands/call.ts'
import { openKube, type Kube } from '#src/kubernetes/client.ts'
import type { FaultContext } from '#src/model/index.ts'

/** ms for one request. */
const patience = 20_000

/** Opens the API that the policy means. Rejects where no context leads to it. */
export const api = (context: FaultContext): Promise<Kube> =>
  openKube(callOf(context, patience), context.policy.identity)
