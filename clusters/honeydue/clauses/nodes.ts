// Failures of nodes: one, two, all three, and a full disk.
import { under } from '#clusters/honeydue/cite.ts'

const level = 'Failure catalog › Node-level'

export const nodes = [
  ...under(`${level} › One node's NIC fails`, [
    {
      id: 'nodes.edge-routes-around',
      kind: 'failure-mode',
      statement:
        'The retries of Cloudflare route requests around a node without network within seconds.',
    },
    {
      id: 'nodes.latency-spike-is-brief',
      kind: 'failure-mode',
      statement:
        'Users see at most a brief latency spike, until Cloudflare marks the address unhealthy.',
    },
    {
      id: 'nodes.not-ready-after-grace',
      kind: 'failure-mode',
      statement: 'A node without network is NotReady after a grace period of 40 s.',
    },
    {
      id: 'nodes.pods-rescheduled',
      kind: 'failure-mode',
      statement:
        'Pods of a node without network run on the surviving nodes after about 5 min, ' +
        'grace period and eviction together, without a person.',
    },
    {
      id: 'nodes.quorum-of-two',
      kind: 'failure-mode',
      statement: 'With one vote missing the cluster stays up: 2 of 3 nodes are a quorum.',
    },
    {
      id: 'nodes.replaced-when-convenient',
      kind: 'rule',
      statement: 'The operator replaces the dead node in the Hetzner console when convenient.',
    },
    {
      id: 'nodes.not-ready-is-verified',
      kind: 'rule',
      statement: 'The operator verifies that the list of nodes shows the dead node as NotReady.',
      provenBy: ['nodes-are-ready'],
    },
    {
      id: 'nodes.console-confirms',
      kind: 'rule',
      statement:
        'The operator confirms the state of the node in the Hetzner console before recreating ' +
        'it, if that is needed.',
    },
  ]),
  ...under(`${level} › Two nodes fail simultaneously`, [
    {
      id: 'nodes.quorum-lost',
      kind: 'failure-mode',
      statement:
        'With two of three nodes lost Raft has no quorum: ' +
        'the API rejects writes and states the reason.',
    },
    {
      id: 'nodes.running-pods-stay',
      kind: 'failure-mode',
      statement:
        'Without a quorum existing pods keep running, but nothing new is scheduled or updated.',
    },
    {
      id: 'nodes.survivor-serves',
      kind: 'failure-mode',
      statement: 'The pods of the one surviving node keep serving traffic.',
    },
    {
      id: 'nodes.quorum-returns',
      kind: 'failure-mode',
      statement:
        'The quorum returns by itself when a failed node is back within the leader election ' +
        'timeout of Raft, seconds to minutes.',
    },
    {
      id: 'nodes.rebuilt-when-truly-gone',
      kind: 'rule',
      statement:
        'When the failed nodes are truly gone, the operator rebuilds the cluster without waiting.',
    },
    {
      id: 'nodes.survivor-is-cleared',
      kind: 'rule',
      statement: 'A rebuild starts on the survivor with k3s-killall.sh.',
    },
    {
      id: 'nodes.rebuilt-from-scratch',
      kind: 'rule',
      statement: 'The operator then bootstraps a new cluster of 3 nodes from scratch.',
    },
    {
      id: 'nodes.rebuild-keeps-the-data',
      kind: 'must',
      statement: 'A rebuild touches no data in Neon or B2.',
    },
    {
      id: 'nodes.rebuild-loses-redis',
      kind: 'failure-mode',
      statement: 'A rebuild loses the state of Redis, and the application tolerates it.',
    },
  ]),
  ...under(`${level} › All three nodes fail simultaneously`, [
    {
      id: 'nodes.all-lost',
      kind: 'failure-mode',
      statement: 'With all three nodes lost the whole site is down.',
    },
    {
      id: 'nodes.all-rebuilt',
      kind: 'rule',
      statement:
        'After the loss of all three nodes the operator rebuilds the cluster from scratch.',
    },
    {
      id: 'nodes.only-a-region-takes-all',
      kind: 'lesson',
      statement:
        'Only an extremely rare outage of the whole Hetzner region takes all three nodes at once.',
    },
  ]),
  ...under(`${level} › Node disk fills up`, [
    {
      id: 'nodes.disk-pressure-evicts',
      kind: 'failure-mode',
      statement: 'No node evicts a pod because of disk pressure.',
    },
    {
      id: 'nodes.disk-pressure-blocks',
      kind: 'failure-mode',
      statement: 'Every node has enough disk space to schedule containers.',
    },
    {
      id: 'nodes.container-logs-add-up',
      kind: 'failure-mode',
      statement:
        'Container logs have a total limit: ' +
        '10 MB per container still fill a disk over dozens of rounds of new pods.',
    },
    {
      id: 'nodes.local-volumes-add-up',
      kind: 'failure-mode',
      statement:
        'Volumes of local-path, on the disk of the node, leave the node the space it needs.',
    },
    {
      id: 'nodes.package-cache-adds-up',
      kind: 'failure-mode',
      statement: 'The apt cache never fills the disk.',
    },
    {
      id: 'nodes.disk-is-measured-first',
      kind: 'rule',
      statement:
        'Before a cleanup the operator measures what fills the disk: ' +
        'df -h, and du of /var/lib/rancher sorted by size.',
    },
    {
      id: 'nodes.disk-is-cleaned',
      kind: 'rule',
      statement:
        'The operator removes what fills the disk until the node reports no disk pressure.',
    },
  ]),
]
