// Fixes for nodes in the API: a cordon and a control-plane taint that a restart left behind.
import { KubeError, openKube } from '#src/kubernetes/client.ts'
import { resources } from '#src/kubernetes/kinds.ts'
import { permission } from '#src/kubernetes/permission.ts'
import { fix } from '#src/model/fix.ts'
import type { Policy } from '#src/model/policy/policy.ts'
import type { Runtime } from '#src/model/runtime.ts'
import { callOf } from '#src/commands/call.ts'
import { nodes } from '#helpers/kubernetes/questions.ts'

/** ms for one request. */
const patience = 60_000
const call = (runtime: Runtime) => callOf({ runtime }, patience)

/** Only the policy's own nodes. */
const patchNodes = (policy: Policy, verbs: readonly ('get' | 'patch')[]) =>
  policy.nodes.flatMap(({ name }) => verbs.map(verb => permission(verb, resources.nodes, { name })))
const isOurs = (policy: Policy, name: string): boolean =>
  policy.nodes.some(node => node.name === name)
export const uncordon = fix({
  name: 'uncordon',
  title: 'uncordon nodes that a restart left cordoned',
  reason: 'a cordon keeps every new pod Pending, and no drain is in progress',
  harm: 'none',
  /**
   * What was Pending is placed at the scheduler's next try. @source Kubernetes default: longest
   * back-off of a Pod in the scheduler 10 s
   */
  settles: '30 s',
  observe: () => [nodes],
  permissions: policy => patchNodes(policy, ['patch']),
  plan: (answers, policy) =>
    answers(nodes)
      .filter(node => isOurs(policy, node.metadata.name) && node.spec?.unschedulable === true)
      .map(({ metadata: { name } }) => ({
        command: `kubectl uncordon ${name}`,
        async apply(runtime) {
          const api = await openKube(call(runtime), policy.identity)
          await api.patch(resources.nodes, name, undefined, 'merge', {
            spec: { unschedulable: null },
          })
        },
      })),
})
/** The taint that Talos and kubeadm put on control planes. @source Kubernetes, well-known taints */
const controlPlane = 'node-role.kubernetes.io/control-plane'
/**
 * After a restart the taint came back seconds after its removal, ms. @source k8s skill, zombie
 * recovery; joelclaw history, operations 5.2
 */
const returns = 5000
/** Somebody else changed the node between our look and our patch: look again. */
const isConflict = (error: unknown): boolean => error instanceof KubeError && error.status === 409
async function untaint(runtime: Runtime, policy: Policy, name: string): Promise<void> {
  const api = await openKube(call(runtime), policy.identity)
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const node = await api.get(resources.nodes, name)
    const taints = node?.spec?.taints ?? []
    if (taints.some(taint => taint.key === controlPlane)) {
      const left = taints.filter(taint => taint.key !== controlPlane)
      await api
        .patch(resources.nodes, name, undefined, 'merge', {
          metadata: { resourceVersion: node?.metadata.resourceVersion },
          spec: { taints: left.length === 0 ? null : left },
        })
        .catch((error: unknown) => {
          if (!isConflict(error)) throw error
        })
    } else if (attempt > 0) return
    await runtime.clock.sleep(returns)
  }
}
export const removeControlPlaneTaint = fix({
  name: 'remove-control-plane-taint',
  title: 'remove the control-plane taint, and again 5 s later, because it returns',
  reason: 'where control planes run workloads, pods that do not tolerate the taint stay Pending',
  harm: 'none',
  /** The same, and once more if the taint comes back. */
  settles: '60 s',
  observe: () => [nodes],
  permissions: policy =>
    policy.taints.controlPlane === 'remove' ? patchNodes(policy, ['get', 'patch']) : [],
  plan: (answers, policy) =>
    policy.taints.controlPlane !== 'remove'
      ? []
      : answers(nodes)
          .filter(
            node =>
              isOurs(policy, node.metadata.name) &&
              node.spec?.taints?.some(taint => taint.key === controlPlane) === true,
          )
          .map(({ metadata: { name } }) => ({
            command:
              `kubectl taint nodes ${name} ${controlPlane}:NoSchedule- ` +
              '(checked again after 5 s)',
            apply: runtime => untaint(runtime, policy, name),
          })),
})
