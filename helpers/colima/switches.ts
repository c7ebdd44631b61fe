// Dead-man's switches in Colima's VM.
import type { Json, FaultContext, Switch } from '#src/model/fault.ts'
import { switchName } from '#helpers/host/later.ts'
import { call } from '#helpers/host/switches.ts'
import { inVm } from './later.ts'

/** By systemd in the VM. */
export const byVm = (
  fault: string,
  record: Json,
  context: FaultContext,
  words: readonly string[],
): Switch =>
  inVm(call(context), context.policy.host?.profile ?? 'default', switchName(fault, record), words)
