// Phase 5 and the reflections: what five minutes show, what is solid now, what comes next.
import { under } from '#clusters/tazlab/cite.ts'

const phase = 'Phase 5: The 5-Minute Test - Automation vs. Prudence'
const reflections = 'Post-Lab Reflections: The Roadmap towards Zero Trust'

export const recovery = [
  ...under(phase, [
    {
      id: 'drills.timed-node-loss',
      kind: 'must',
      statement:
        'A drill shuts one node down by force, helps with nothing, and times how long the cluster takes to react by itself.',
    },
    {
      id: 'drills.node-off-at-zero',
      kind: 'rule',
      statement:
        'T+0: worker-new-01 is shut down by force, not drained; the clock of the drill starts with it.',
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
        'T+1 min: a pod of the dead node is still reported as Running, so its phase is no proof that it serves.',
      provenBy: ['nodes-are-ready'],
    },
    {
      id: 'nodes.replaced-at-five',
      kind: 'failure-mode',
      statement:
        'T+5 min: the pod of the dead node is Terminating, and a new one has been made on another node.',
    },
    {
      id: 'storage.blocked-at-eight',
      kind: 'failure-mode',
      statement:
        'T+8 min: the new pod has left Init:0/1; when timed, it was still blocked there by its Longhorn volume.',
    },
  ]),
  ...under(`${phase} › Test Conclusion`, [
    {
      id: 'recovery.compute-heals-itself',
      kind: 'must',
      statement:
        'Work without a ReadWriteOnce volume comes back on another node by itself after the sudden loss of its hardware.',
    },
    {
      id: 'recovery.single-writer-does-not',
      kind: 'lesson',
      statement:
        'Work with a ReadWriteOnce volume does not come back by itself after the sudden loss of its hardware, and no plan relies on it.',
    },
    {
      id: 'recovery.fencing',
      kind: 'must',
      statement:
        'A fencing system powers a lost node off through the API of Proxmox, so that its volumes may be released.',
    },
    {
      id: 'recovery.no-promise-without-fencing',
      kind: 'rule',
      statement:
        'Without fencing no short time of recovery is promised for work with a ReadWriteOnce volume.',
    },
  ]),
  ...under(reflections, [
    {
      id: 'drills.more-than-clean-installs',
      kind: 'lesson',
      statement:
        'What a failed drill teaches is written down: one session under stress is worth more than any number of clean installs.',
    },
    {
      id: 'drills.piece-by-piece',
      kind: 'lesson',
      statement:
        'Resilience is no switch: it is built up piece by piece, and each piece is tested again.',
    },
  ]),
  ...under(`${reflections} › What does this mean for long-term stability?`, [
    {
      id: 'network.static-addresses',
      kind: 'must',
      statement: 'Nodes have static addresses: none changes by a lease or a restart.',
    },
    {
      id: 'access.virtual-address',
      kind: 'must',
      statement:
        'All management goes through the virtual address .250 and never through the address of one control plane node.',
    },
    {
      id: 'access.kubeconfig-outlives-a-node',
      kind: 'must',
      statement: 'When a control plane node dies the kubeconfig goes on working unchanged.',
    },
    {
      id: 'network.components-reach-the-right-api',
      kind: 'must',
      statement: 'The inner routes lead the components of the system to the API that is current.',
    },
    {
      id: 'storage.deadlock-is-known',
      kind: 'must',
      statement:
        'The limits of Longhorn are written down, together with the steps that resolve a deadlock of a volume.',
    },
  ]),
  ...under(`${reflections} › Next Steps`, [
    {
      id: 'ingress.restructured',
      kind: 'must',
      statement:
        'Traefik is migrated to cert-manager: its ReadWriteOnce volume is gone and it may have several replicas.',
    },
    {
      id: 'security.secretbox',
      kind: 'must',
      statement: 'Secrets in etcd are encrypted at rest with secretbox.',
    },
    {
      id: 'security.disk-encryption',
      kind: 'must',
      statement:
        'The disks of the Talos nodes are encrypted, so that secrets at rest stay protected.',
    },
    {
      id: 'recovery.fails-with-dignity',
      kind: 'lesson',
      statement:
        'The cluster fails in parts and is repaired object by object; a deadlock does not end in building it anew.',
    },
  ]),
]
