// The policy of one machine that a cordon violates, for timers.

/** As the text of a policy file. `uid`: of its namespace kube-system. */
export const timedPolicy = (kubeconfig: string, uid?: string): string =>
  JSON.stringify({
    cluster: 'timed',
    description: 'one machine with systemd',
    status: 'active',
    documents: [{ id: 'systemd', title: 'systemd.timer(5)' }],
    clauses: [
      {
        id: 'recovery.node-not-cordoned',
        kind: 'must',
        statement: 'No node is left cordoned.',
        source: 'systemd, systemd.timer(5)',
        provenBy: ['nodes-are-schedulable', 'fix:uncordon'],
      },
    ],
    identity: { contexts: ['default'], kubeconfig, kubeSystemUid: uid },
    nodes: [{ name: 'h1', role: 'control-plane' }],
    namespaces: ['kube-system'],
    taints: { controlPlane: 'remove' },
    network: { flannel: { as: 'built-in' } },
    workloads: [],
    ports: [],
    storage: { claims: [], disks: [] },
    nightly: { drills: 0, rotation: [] },
    endpoints: { api: { container: 6443 } },
    budgets: { stuckPod: '60 s', unknownPod: '60 s', recovery: '180 s' },
  })
