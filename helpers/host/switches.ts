// Where the dead-man's switch of a fault waits: in the VM, in the node, in the cluster, or on this
// host if nothing is nearer.
import { callOf } from '#src/commands/call.ts'
import type { FaultContext, Json, Switch } from '#src/model/index.ts'
import { onHost, switchName } from './later.ts'

/** ms for one command that sets or removes one. */
const patience = 60_000
export const call = (context: FaultContext) => callOf(context, patience)

/** On this host: it outlives this process, not the machine. */
export const byHost = (
  fault: string,
  record: Json,
  context: FaultContext,
  words: readonly string[],
): Switch => onHost(call(context), switchName(fault, record), words)
