// Phase 5 and the reflections: the 5-minute test, what is solid now, the next steps.
import { under } from '#clusters/tazlab/cite.ts'

const phase = 'Phase 5: The 5-Minute Test - Automation vs. Prudence'
const reflections = 'Post-Lab Reflections: The Roadmap towards Zero Trust'

export const recovery = [
  ...under(phase, [
    {
      id: 'drills.timed-node-loss',
      kind: 'must',
      statement:
        'A drill forces one node off, does not intervene, and times how long the cluster takes ' +
        'to react.',
    },
    {
      id: 'drills.node-off-at-zero',
      kind: 'rule',
      statement: 'T+0: the drill forces worker-new-01 off, without a drain, and starts its clock.',
    },
    {
      id: 'nodes.not-ready-at-one',
      kind: 'failure-mode',
      statement: 'T+1 min: the node that was shut down is NotReady.',
    },
    {
      id: 'nodes.running-is-not-serving',
      kind: 'lesson',
      statement:
        'T+1 min: a pod of the dead node still reports Running, ' +
        'so its phase does not prove that it serves.',
      provenBy: ['nodes-are-ready'],
    },
    {
      id: 'nodes.replaced-at-five',
      kind: 'failure-mode',
      statement:
        'T+5 min: the pod of the dead node is Terminating, and another node has a new pod.',
    },
    {
      id: 'storage.blocked-at-eight',
      kind: 'failure-mode',
      statement:
        'T+8 min: the new pod has left Init:0/1. ' +
        'In the timed test its Longhorn volume still blocked it there.',
    },
  ]),
  ...under(`${phase} › Test Conclusion`, [
    {
      id: 'recovery.compute-heals-itself',
      kind: 'must',
      statement:
        'After a sudden hardware failure, workloads without a ReadWriteOnce volume recover on ' +
        'another node by themselves.',
    },
    {
      id: 'recovery.single-writer-does-not',
      kind: 'lesson',
      statement:
        'After a sudden hardware failure, workloads with a ReadWriteOnce volume do not recover ' +
        'by themselves. No plan relies on it.',
    },
    {
      id: 'recovery.fencing',
      kind: 'must',
      statement:
        'A fencing system powers a lost node off through the Proxmox API, ' +
        'so that its volumes can be released.',
    },
    {
      id: 'recovery.no-promise-without-fencing',
      kind: 'rule',
      statement:
        'Without fencing, no short recovery time is promised for workloads with a ReadWriteOnce ' +
        'volume.',
    },
  ]),
  ...under(reflections, [
    {
      id: 'drills.more-than-clean-installs',
      kind: 'lesson',
      statement:
        'The operator writes down what a failed drill teaches: ' +
        'one session under stress teaches more than any number of clean installs.',
    },
    {
      id: 'drills.piece-by-piece',
      kind: 'lesson',
      statement: 'Resilience grows piece by piece, and every piece is tested again.',
    },
  ]),
  ...under(`${reflections} › What does this mean for long-term stability?`, [
    {
      id: 'network.static-addresses',
      kind: 'must',
      statement: 'Every node has a static address: no lease and no restart changes it.',
    },
    {
      id: 'access.virtual-address',
      kind: 'must',
      statement:
        'All management goes through the virtual address .250, ' +
        'never through the address of one control plane node.',
    },
    {
      id: 'access.kubeconfig-outlives-a-node',
      kind: 'must',
      statement: 'The kubeconfig keeps working unchanged when a control plane node dies.',
    },
    {
      id: 'network.components-reach-the-right-api',
      kind: 'must',
      statement: 'In-cluster routes lead the system components to the current API.',
    },
    {
      id: 'storage.deadlock-is-known',
      kind: 'must',
      statement:
        'The runbook documents the limits of Longhorn and the steps out of a volume deadlock.',
    },
  ]),
  ...under(`${reflections} › Next Steps`, [
    {
      id: 'ingress.restructured',
      kind: 'must',
      statement:
        'Traefik uses cert-manager: it has no ReadWriteOnce volume and can have several replicas.',
    },
    {
      id: 'security.secretbox',
      kind: 'must',
      statement: 'etcd encrypts Secrets at rest with secretbox.',
    },
    {
      id: 'security.disk-encryption',
      kind: 'must',
      statement: 'The Talos nodes encrypt their disks, which protects secrets at rest.',
    },
    {
      id: 'recovery.fails-with-dignity',
      kind: 'lesson',
      statement:
        'The cluster fails in parts, and a repair goes object by object: ' +
        'a deadlock does not end in a rebuild.',
    },
  ]),
]
