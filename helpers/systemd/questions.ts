// Questions to systemd on the machines of nodes.
import type { Policy, PolicyNode, Question } from '#src/model/index.ts'
import { systemd } from './client.ts'
import type { UnitState } from './unit-state.ts'

/** A node whose policy names the service of its machine. */
export type ServedNode = PolicyNode & { service: NonNullable<PolicyNode['service']> }

/** The nodes whose policy names the service of their machine. */
export const servedNodes = (policy: Policy): readonly ServedNode[] =>
  policy.nodes.flatMap(node =>
    node.service === undefined ? [] : [{ ...node, service: node.service }],
  )

/** The state of a node's service; null where its machine has no such unit. */
export const nodeService = ({ name, service }: ServedNode): Question<UnitState | null> => ({
  key: `systemd.${name}.${service.unit}`,
  description: `read the state of ${service.unit} on ${service.host}`,
  origin: 'systemd',
  needs: ['node-services'],
  ask: async asking => (await systemd(asking, service).show(service.unit)) ?? null,
})

/** One question for each node whose policy names a service; none without such a node. */
export const nodeServices = (policy: Policy): readonly Question<UnitState | null>[] =>
  servedNodes(policy).map(nodeService)
