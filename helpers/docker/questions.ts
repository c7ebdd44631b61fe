// Questions to Docker: the node containers, their port bindings, and whether its socket answers.
import { type Works, works } from '#src/commands/works.ts'
import type { Policy, PolicyNode } from '#src/model/policy/policy.ts'
import type { Answers, Question } from '#src/model/question.ts'
import { paths } from '#helpers/colima/client.ts'
import { docker } from './client.ts'
import type { ContainerView } from './view.ts'

/** The socket of the Docker that carries the node containers. */
export const socketOf = (home: string, policy: Policy): string | undefined =>
  policy.host === undefined ? undefined : paths(home, policy.host.profile).socket
/** The current state of the node container, as Docker reports it. */
export const nodeContainer = (name: string): Question<ContainerView> => ({
  key: `docker.inspect.${name}`,
  description: `inspect the node container ${name}`,
  origin: 'docker',
  needs: ['docker'],
  ask: asking =>
    docker(asking, { socket: socketOf(asking.runtime.home, asking.policy) }).inspect(name),
})
export const containersOf = (nodes: readonly PolicyNode[]) =>
  nodes.flatMap(({ container }) => (container === undefined ? [] : [nodeContainer(container.name)]))
/** One question for each node that is a container of the host's Docker. */
export const nodeContainers = (policy: Policy): readonly Question<ContainerView>[] =>
  containersOf(policy.nodes)
/** The same for the control planes, which serve the API. */
export const carrierContainers = (policy: Policy): readonly Question<ContainerView>[] =>
  containersOf(policy.nodes.filter(node => node.role === 'control-plane'))
/**
 * Host ports at which the control planes publish a container port now, among the containers that
 * Docker lists.
 */
export const mappedNow = (answers: Answers, policy: Policy, container: number): readonly number[] =>
  carrierContainers(policy).flatMap(question => {
    const answer = answers.to(question)
    return answer.kind === 'known'
      ? answer.value.bindings
          .filter(binding => binding.container === container)
          .map(binding => binding.host)
      : []
  })
/**
 * Whether a server is one of the published ports of this host. An address elsewhere, such as the
 * node's own in the container network, counts only while it answers: it leads nowhere from a Mac.
 */
export function pointsTo(server: string, ports: readonly number[], answers: boolean): boolean {
  const { hostname, port } = new URL(server)
  const isLocal = ['127.0.0.1', 'localhost', '[::1]'].includes(hostname)
  return isLocal ? ports.includes(Number(port)) : answers
}

/** Whether the Docker socket on the host answers. */
export const dockerSocket: Question<Works> = {
  key: 'docker.socket',
  description: 'ask Docker through its socket',
  origin: 'docker',
  needs: ['docker'],
  ask: asking =>
    works(
      docker(
        { ...asking, deadline: asking.deadline * 0.8 },
        { socket: socketOf(asking.runtime.home, asking.policy) },
      ).info(),
    ),
}
