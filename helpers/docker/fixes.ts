// Fixes for nodes: the cordon, the control-plane taint, the node container and its settings.
import { callOf } from '#src/commands/call.ts'
import { docker } from './client.ts'
import type { ContainerView } from './view.ts'
import { nodeContainers } from './questions.ts'
import { nodeContainer } from './questions.ts'
import { socketOf } from './questions.ts'
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
const call = (runtime: Runtime) => callOf({ runtime }, patience)

type Carrier = PolicyNode & { container: NonNullable<PolicyNode['container']> }

/** The node containers that Docker lists, with their state. */
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
    command:
      `docker update --restart ${container.restartPolicy} --memory ${memory} --memory-swap ` +
      `${memory} ${container.name}`,
    apply: runtime =>
      dockerOf(runtime, policy).update(container.name, {
        restart: container.restartPolicy,
        memory,
      }),
  }
}

export const reassertContainer = fix({
  name: 'reassert-container-settings',
  title: 'restore the restart policy and memory of the node containers',
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
  title: 'start node containers that are down, and restore their restart policy and memory',
  reason: 'without its container the node does not exist; its claims live on the volume and stay',
  harm: 'restarts a node',
  /**
   * Docker's restart policy acts first: it starts a container again within a second. @source Docker
   * documentation, restart policies
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
