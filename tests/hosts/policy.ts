// The policy of the two machines: nodes whose Kubernetes is a systemd unit that ssh reaches.
import type { PolicyInput } from '#src/model/index.ts'
import { user, type Machine } from './machines.ts'

/** The values of running machines that a policy needs. */
export interface Reached {
  server: Machine
  agent: Machine
  /** uid of namespace kube-system. */
  uid: string
  /**
   * Paths: the kubeconfig, the private key, and an ssh configuration for the host keys of this run.
   */
  kubeconfig: string
  identity: string
  config: string
}

/** The policy as data, to be written to a file. */
export function policyOf({ server, agent, uid, kubeconfig, identity, config }: Reached) {
  const node = ({ name, unit, ssh }: Machine, role: 'control-plane' | 'worker') => ({
    name,
    role,
    service: { unit, host: '127.0.0.1', port: ssh, user, identity, config },
  })
  return {
    cluster: 'machines',
    description: 'two machines with systemd and ssh',
    status: 'active',
    documents: [{ id: 'systemd', title: 'systemd.service(5)' }],
    clauses: [
      {
        id: 'nodes.service-runs',
        kind: 'must',
        statement: 'Kubernetes runs on every machine, and starts again when systemd gave up on it.',
        source: 'systemd, systemd.service(5), Restart=',
        provenBy: ['node-services-run', 'nodes-are-ready', 'fix:restart-node-service'],
      },
    ],
    identity: { contexts: ['default'], kubeconfig, kubeSystemUid: uid },
    nodes: [node(server, 'control-plane'), node(agent, 'worker')],
    namespaces: ['kube-system'],
    taints: { controlPlane: 'remove' },
    network: { flannel: { as: 'built-in' } },
    workloads: [],
    ports: [],
    storage: { claims: [], disks: [] },
    nightly: { drills: 0, rotation: [] },
    endpoints: { api: { container: 6443 } },
    budgets: { stuckPod: '60 s', unknownPod: '60 s', recovery: '180 s' },
  } satisfies PolicyInput
}
