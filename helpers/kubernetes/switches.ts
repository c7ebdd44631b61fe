// Dead-man's switches by kubectl: a Job of the cluster, or a command on this host.
import type { Json, FaultContext, Switch } from '#src/model/fault.ts'
import type { Permission, FaultPermissions } from '#src/model/guards/permission.ts'
import type { Policy } from '#src/model/policy/policy.ts'
import { switchName } from '#helpers/host/later.ts'
import { call, byHost } from '#helpers/host/switches.ts'
import { inCluster, switchPermissions } from '#src/kubernetes/cluster-switch.ts'

/** kubectl in a Job of the cluster, where the policy has images for one; else on this host. */
export function byKubectl(
  fault: string,
  record: Json,
  context: FaultContext,
  words: readonly string[],
): Switch {
  const { policy, runtime } = context
  const job = inCluster(call(context), policy, switchName(fault, record), words)
  if (typeof job !== 'string') return job
  const {
    kubeconfig,
    contexts: [kubeContext],
  } = policy.identity
  return byHost(fault, record, context, [
    'kubectl',
    '--kubeconfig',
    kubeconfig.replace(/^~(?=\/)/, runtime.home),
    ...(kubeContext === undefined ? [] : ['--context', kubeContext]),
    ...words,
  ])
}
/** What a fault needs that is a patch of one object, with its switch by kubectl. */
export function patchWithSwitch(patch: readonly Permission[], policy: Policy): FaultPermissions {
  const forSwitch = switchPermissions(policy)
  return {
    inject: [...patch, ...forSwitch],
    undo: [...patch, ...forSwitch.filter(({ verb }) => verb === 'delete')],
  }
}
