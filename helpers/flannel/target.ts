// flannel as the subject of a drill.
import type { Policy, Target } from '#src/model/index.ts'

/** flannel's DaemonSet; undefined: flannel is built into the node. */
export function flannelTarget(policy: Policy): readonly Target[] {
  const { flannel } = policy.network
  if (flannel.as !== 'daemonset') return []
  const subject = `DaemonSet ${flannel.namespace}/${flannel.name}`
  return [{ subject, member: 'network.flannel', policy }]
}
