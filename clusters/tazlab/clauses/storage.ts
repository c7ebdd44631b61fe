// Phase 3: after a forced shutdown, ReadWriteOnce volumes stay locked to the lost node.
import { under } from '#clusters/tazlab/cite.ts'

const phase = 'Phase 3: The Longhorn Deadlock and RWO Storage'

export const storage = [
  ...under(phase, [
    {
      id: 'nodes.no-forced-shutdown-while-unstable',
      kind: 'lesson',
      statement:
        'The operator never forces a node off while the cluster is unstable: ' +
        'that turns a network incident into a storage incident.',
    },
  ]),
  ...under(`${phase} › The Problem: Ghost Volumes`, [
    {
      id: 'storage.one-node-per-volume',
      kind: 'must',
      statement: 'A ReadWriteOnce volume of Longhorn is attached to one node at a time.',
    },
    {
      id: 'nodes.lost-worker-not-ready',
      kind: 'failure-mode',
      statement:
        'Kubernetes marks a worker that goes off abruptly, such as worker-new-03, as NotReady.',
    },
    {
      id: 'storage.lock-of-a-lost-node',
      kind: 'failure-mode',
      statement:
        'Longhorn releases its lock on the Traefik volume when the node that held it is lost, ' +
        'and does not wait for a NotReady node to return.',
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
        'No pod has a "Multi-Attach error": ' +
        'no node that lost its pod still holds the volume exclusively.',
    },
  ]),
  ...under(`${phase} › Error Analysis: Why doesn’t it unlock itself?`, [
    {
      id: 'nodes.eviction-after-five-minutes',
      kind: 'failure-mode',
      statement:
        'Kubernetes evicts the pods of a dead node about 5 min after its loss, and not earlier.',
    },
    {
      id: 'storage.eviction-does-not-detach',
      kind: 'lesson',
      statement:
        'Eviction alone frees no volume: CSI detaches it only on confirmation that the original ' +
        'node is powered off.',
    },
    {
      id: 'storage.no-split-brain',
      kind: 'must',
      statement:
        'A volume moves only once its old node has certainly stopped writing. ' +
        'Nothing weakens the lock: it protects the data from two writers.',
    },
  ]),
  ...under(`${phase} › The Solution: Forcing the Cluster’s Hand`, [
    {
      id: 'storage.zombie-pod-deleted',
      kind: 'rule',
      statement:
        'The operator deletes the pod on the dead node with force and a grace period of 0, ' +
        'by its full name and namespace.',
      provenBy: ['fix:delete-unknown-pods'],
    },
    {
      id: 'storage.stale-attachment-deleted',
      kind: 'rule',
      statement:
        'After the pod, the operator deletes the VolumeAttachment that binds the volume to the ' +
        'dead node, and no other.',
    },
    {
      id: 'storage.new-node-takes-over',
      kind: 'must',
      statement:
        'Longhorn attaches the volume to the new node once the dead pod and the stale ' +
        'attachment are gone.',
    },
    {
      id: 'storage.human-after-forced-shutdown',
      kind: 'lesson',
      statement:
        'After a forced shutdown with ReadWriteOnce storage, the service nearly always needs a ' +
        'person to recover. The runbook plans for one.',
    },
  ]),
]
