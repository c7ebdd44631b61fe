// Phase 3: a node is gone by force, and its ReadWriteOnce volumes stay locked to it.
import { under } from '#clusters/tazlab/cite.ts'

const phase = 'Phase 3: The Longhorn Deadlock and RWO Storage'

export const storage = [
  ...under(phase, [
    {
      id: 'nodes.no-forced-shutdown-while-unstable',
      kind: 'lesson',
      statement:
        'Nodes are not shut down by force while the cluster is unstable: that turns a network incident into one of storage.',
    },
  ]),
  ...under(`${phase} › The Problem: Ghost Volumes`, [
    {
      id: 'storage.one-node-per-volume',
      kind: 'must',
      statement:
        'A ReadWriteOnce volume of Longhorn is attached to one node at a time, and to no other.',
    },
    {
      id: 'nodes.lost-worker-not-ready',
      kind: 'failure-mode',
      statement: 'A worker that goes off abruptly, such as worker-new-03, is marked NotReady.',
    },
    {
      id: 'storage.lock-of-a-lost-node',
      kind: 'failure-mode',
      statement:
        'The lock of Longhorn on the volume of Traefik ends with the node that held it; it does not wait, on a NotReady node, for a return.',
    },
    {
      id: 'ingress.not-stuck-creating',
      kind: 'failure-mode',
      statement: 'The replacement pod of Traefik does not stay in ContainerCreating for minutes.',
      provenBy: ['no-pod-is-stuck'],
    },
    {
      id: 'storage.no-multi-attach-error',
      kind: 'failure-mode',
      statement:
        'No pod has a "Multi-Attach error": its volume is not exclusively attached to a node that has been left.',
    },
  ]),
  ...under(`${phase} › Error Analysis: Why doesn’t it unlock itself?`, [
    {
      id: 'nodes.eviction-after-five-minutes',
      kind: 'failure-mode',
      statement: 'Pods of a dead node are evicted about 5 min after its loss, and not earlier.',
    },
    {
      id: 'storage.eviction-does-not-detach',
      kind: 'lesson',
      statement:
        'Eviction alone frees no volume: CSI detaches only after it is confirmed that the original node is powered off.',
    },
    {
      id: 'storage.no-split-brain',
      kind: 'must',
      statement:
        'A volume changes nodes only when the old one surely writes no more: the lock protects the data from two writers and is not to be weakened.',
    },
  ]),
  ...under(`${phase} › The Solution: Forcing the Cluster’s Hand`, [
    {
      id: 'storage.zombie-pod-deleted',
      kind: 'rule',
      statement:
        'The pod that hangs on the dead node is deleted with force and a grace period of 0, by its full name and namespace.',
      provenBy: ['fix:delete-unknown-pods'],
    },
    {
      id: 'storage.stale-attachment-deleted',
      kind: 'rule',
      statement:
        'The VolumeAttachment that still binds the volume to the dead node is deleted after the pod, and only that one.',
    },
    {
      id: 'storage.new-node-takes-over',
      kind: 'must',
      statement:
        'With the dead pod and the stale attachment gone, Longhorn attaches the volume to the new node.',
    },
    {
      id: 'storage.human-after-forced-shutdown',
      kind: 'lesson',
      statement:
        'After a forced shutdown with ReadWriteOnce storage a person is nearly always needed to bring the service back, and the runbook counts on one.',
    },
  ]),
]
