// Fixes for nodes: the cordon, the control-plane taint, the node container and its settings.
import { docker, type ContainerView } from './client.ts'
import { KubeError, openKube, resources } from '#src/kubernetes/client.ts'
import { permission } from '#src/kubernetes/permission.ts'
import { nodeContainer, nodeContainers, socketOf } from '#helpers/host/questions.ts'
import { nodes } from '#helpers/kubernetes/questions.ts'
import {
  bytes,
  fix,
  type Act,
  type Policy,
  type PolicyNode,
  type Runtime,
  type Answers,
} from '#src/model/index.ts'

/**
 * ms for one request or command; a node container may take its 10 s grace to stop. @source measured
 * on a v1.35 node: docker restart
 */
const patience = 60_000
const call = (runtime: Runtime) => ({
  runtime,
  deadline: patience,
  signal: new AbortController().signal,
})

/** Only the policy's own nodes. */
const patchNodes = (policy: Policy, verbs: readonly ('get' | 'patch')[]) =>
  policy.nodes.flatMap(({ name }) => verbs.map(verb => permission(verb, resources.nodes, { name })))

const isOurs = (policy: Policy, name: string): boolean =>
  policy.nodes.some(node => node.name === name)

export const uncordon = fix({
  name: 'uncordon',
  title: 'uncordon nodes that a restart left cordoned',
  reason: 'a cordon keeps every new pod Pending; nobody is draining this node',
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
const returns = 5_000

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
  title: 'remove the control-plane taint, and again after 5 s: it returns',
  reason:
    'on a cluster whose control planes carry the work, what does not tolerate the taint stays Pending',
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
            command: `kubectl taint nodes ${name} ${controlPlane}:NoSchedule- (looked at again after 5 s)`,
            apply: runtime => untaint(runtime, policy, name),
          })),
})

type Carrier = PolicyNode & { container: NonNullable<PolicyNode['container']> }

/** Node containers that Docker shows, with what it shows. */
function carriers(
  answers: Answers,
  policy: Policy,
): readonly { node: Carrier; seen: ContainerView }[] {
  return policy.nodes.flatMap(node => {
    if (node.container === undefined) return []
    const answer = answers.to(nodeContainer(node.container.name))
    return answer.kind === 'known'
      ? [{ node: { ...node, container: node.container }, seen: answer.value }]
      : []
  })
}

const dockerOf = (runtime: Runtime, policy: Policy) =>
  docker(call(runtime), { socket: socketOf(runtime.home, policy) })

function reassert({ container }: Carrier, policy: Policy): Act {
  const memory = bytes(container.memory)
  return {
    command: `docker update --restart ${container.restartPolicy} --memory ${memory} --memory-swap ${memory} ${container.name}`,
    apply: runtime =>
      dockerOf(runtime, policy).update(container.name, {
        restart: container.restartPolicy,
        memory,
      }),
  }
}

export const reassertContainer = fix({
  name: 'reassert-container-settings',
  title: 'set restart policy and memory of the node containers again',
  reason: 'recreations reset them; the next reboot then leaves the node down, or slow',
  harm: 'none',
  /** docker update works at once. */
  settles: '10 s',
  observe: nodeContainers,
  plan: (answers, policy) =>
    carriers(answers, policy)
      .filter(
        ({ node: { container }, seen }) =>
          seen.restartPolicy !== container.restartPolicy || seen.memory !== bytes(container.memory),
      )
      .map(({ node }) => reassert(node, policy)),
})

export const startNodeContainer = fix({
  name: 'start-node-container',
  title: 'start node containers that are down, and set restart policy and memory again',
  reason: 'without its container the node does not exist; its claims live on the volume and stay',
  harm: 'restarts a node',
  /**
   * Docker's own restart policy goes first: it starts a container again within a second. @source
   * Docker documentation, restart policies
   */
  confirm: { looks: 2, every: '5 s' },
  settles: '180 s',
  observe: nodeContainers,
  plan: (answers, policy) =>
    carriers(answers, policy)
      .filter(({ seen }) => !seen.running || seen.paused)
      .flatMap(({ node, seen }) =>
        seen.paused
          ? [
              {
                command: `docker unpause ${node.container.name}`,
                apply: (runtime: Runtime) => dockerOf(runtime, policy).unpause(node.container.name),
              },
            ]
          : [
              {
                command: `docker start ${node.container.name}`,
                apply: (runtime: Runtime) => dockerOf(runtime, policy).start(node.container.name),
              },
              reassert(node, policy),
            ],
      ),
})
