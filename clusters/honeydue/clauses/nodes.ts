// Failures of nodes: one, two, all three, and a full disk.
import { under } from '#clusters/honeydue/cite.ts'

const level = 'Failure catalog › Node-level'

export const nodes = [
  ...under(`${level} › One node's NIC fails`, [
    {
      id: 'nodes.edge-routes-around',
      kind: 'failure-mode',
      statement:
        'Requests go around a node without network within seconds, by the retries of Cloudflare.',
    },
    {
      id: 'nodes.latency-spike-is-brief',
      kind: 'failure-mode',
      statement:
        'Users see no more than a brief rise of latency while Cloudflare learns that the address is unhealthy.',
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
        'Its pods run on the surviving nodes after about 5 min, grace and eviction together, with nobody helping.',
    },
    {
      id: 'nodes.quorum-of-two',
      kind: 'failure-mode',
      statement: 'With the vote of one node missing the cluster stays up: 2 of 3 are a quorum.',
    },
    {
      id: 'nodes.replaced-when-convenient',
      kind: 'rule',
      statement: 'The dead node is replaced through the console of Hetzner when it is convenient.',
    },
    {
      id: 'nodes.not-ready-is-verified',
      kind: 'rule',
      statement: 'A person verifies that the list of nodes shows it as NotReady.',
      provenBy: ['nodes-are-ready'],
    },
    {
      id: 'nodes.console-confirms',
      kind: 'rule',
      statement:
        'The console of Hetzner confirms the state of the node before it is made anew, if that is needed at all.',
    },
  ]),
  ...under(`${level} › Two nodes fail simultaneously`, [
    {
      id: 'nodes.quorum-lost',
      kind: 'failure-mode',
      statement:
        'With two of three nodes gone Raft has no quorum: the API rejects writes, and says so.',
    },
    {
      id: 'nodes.running-pods-stay',
      kind: 'failure-mode',
      statement:
        'Without a quorum existing pods keep running, but nothing new is scheduled and nothing is updated.',
    },
    {
      id: 'nodes.survivor-serves',
      kind: 'failure-mode',
      statement: 'The pods of the one surviving node go on serving traffic.',
    },
    {
      id: 'nodes.quorum-returns',
      kind: 'failure-mode',
      statement:
        'The quorum restores itself when a failed node is back within the leader election timeout of Raft, seconds to minutes.',
    },
    {
      id: 'nodes.rebuilt-when-truly-gone',
      kind: 'rule',
      statement:
        'Nodes that are truly gone make the cluster a broken one: it is rebuilt, not waited for.',
    },
    {
      id: 'nodes.survivor-is-cleared',
      kind: 'rule',
      statement: 'A rebuild starts on the survivor with k3s-killall.sh.',
    },
    {
      id: 'nodes.rebuilt-from-scratch',
      kind: 'rule',
      statement: 'A new cluster of 3 nodes is bootstrapped from scratch after that.',
    },
    {
      id: 'nodes.rebuild-keeps-the-data',
      kind: 'must',
      statement: 'A rebuild touches no data in Neon or B2.',
    },
    {
      id: 'nodes.rebuild-loses-redis',
      kind: 'failure-mode',
      statement: 'A rebuild loses the state of Redis, and the application bears it.',
    },
  ]),
  ...under(`${level} › All three nodes fail simultaneously`, [
    {
      id: 'nodes.all-lost',
      kind: 'failure-mode',
      statement: 'With all three nodes gone the whole site is out.',
    },
    {
      id: 'nodes.all-rebuilt',
      kind: 'rule',
      statement: 'After the loss of all three nodes the cluster is rebuilt from scratch.',
    },
    {
      id: 'nodes.only-a-region-takes-all',
      kind: 'lesson',
      statement:
        'Only an outage of the whole Hetzner region, extremely rare, takes all three nodes at once.',
    },
  ]),
  ...under(`${level} › Node disk fills up`, [
    {
      id: 'nodes.disk-pressure-evicts',
      kind: 'failure-mode',
      statement: 'No pod is evicted because its node is under disk pressure.',
    },
    {
      id: 'nodes.disk-pressure-blocks',
      kind: 'failure-mode',
      statement: 'Every node has room enough for containers to be scheduled on it.',
    },
    {
      id: 'nodes.container-logs-add-up',
      kind: 'failure-mode',
      statement:
        'Container logs stay bounded in total: 10 MB per container still fill a disk over dozens of rounds of new pods.',
    },
    {
      id: 'nodes.local-volumes-add-up',
      kind: 'failure-mode',
      statement:
        'Volumes of local-path, which lie on the disk of the node, leave it the room it needs.',
    },
    {
      id: 'nodes.package-cache-adds-up',
      kind: 'failure-mode',
      statement: 'The cache of apt does not grow until the disk is full.',
    },
    {
      id: 'nodes.disk-is-measured-first',
      kind: 'rule',
      statement:
        'Before anything is removed the node is asked what takes the room: df -h, and du of /var/lib/rancher sorted by size.',
    },
    {
      id: 'nodes.disk-is-cleaned',
      kind: 'rule',
      statement:
        'What was found to fill the disk is cleaned up, until the node reports disk pressure no more.',
    },
  ]),
]
