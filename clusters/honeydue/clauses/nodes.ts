// Failures of nodes: one, two, all three, and a full disk.
import { under } from '#clusters/honeydue/cite.ts'

const level = 'Failure catalog › Node-level'

export const nodes = [
  ...under(`${level} › One node's NIC fails`, [
    {
      id: 'nodes.edge-routes-around',
      kind: 'failure-mode',
      says: 'Requests go around a node without network within seconds, by the retries of Cloudflare.',
    },
    {
      id: 'nodes.latency-spike-is-brief',
      kind: 'failure-mode',
      says: 'Users see no more than a brief rise of latency while Cloudflare learns that the address is unhealthy.',
    },
    {
      id: 'nodes.not-ready-after-grace',
      kind: 'failure-mode',
      says: 'A node without network is NotReady after a grace period of 40 s.',
    },
    {
      id: 'nodes.pods-rescheduled',
      kind: 'failure-mode',
      says: 'Its pods run on the surviving nodes after about 5 min, grace and eviction together, with nobody helping.',
    },
    {
      id: 'nodes.quorum-of-two',
      kind: 'failure-mode',
      says: 'With the vote of one node missing the cluster stays up: 2 of 3 are a quorum.',
    },
    {
      id: 'nodes.replaced-when-convenient',
      kind: 'rule',
      says: 'The dead node is replaced through the console of Hetzner when it is convenient.',
    },
    {
      id: 'nodes.not-ready-is-verified',
      kind: 'rule',
      says: 'A person verifies that the list of nodes shows it as NotReady.',
    },
    {
      id: 'nodes.console-confirms',
      kind: 'rule',
      says: 'The console of Hetzner confirms the state of the node before it is made anew, if that is needed at all.',
    },
  ]),
  ...under(`${level} › Two nodes fail simultaneously`, [
    {
      id: 'nodes.quorum-lost',
      kind: 'failure-mode',
      says: 'With two of three nodes gone Raft has no quorum: the API rejects writes, and says so.',
    },
    {
      id: 'nodes.running-pods-stay',
      kind: 'failure-mode',
      says: 'Without a quorum existing pods keep running, but nothing new is scheduled and nothing is updated.',
    },
    {
      id: 'nodes.survivor-serves',
      kind: 'failure-mode',
      says: 'The pods of the one surviving node go on serving traffic.',
    },
    {
      id: 'nodes.quorum-returns',
      kind: 'failure-mode',
      says: 'The quorum restores itself when a failed node is back within the leader election timeout of Raft, seconds to minutes.',
    },
    {
      id: 'nodes.rebuilt-when-truly-gone',
      kind: 'rule',
      says: 'Nodes that are truly gone make the cluster a broken one: it is rebuilt, not waited for.',
    },
    {
      id: 'nodes.survivor-is-cleared',
      kind: 'rule',
      says: 'A rebuild starts on the survivor with k3s-killall.sh.',
    },
    {
      id: 'nodes.rebuilt-from-scratch',
      kind: 'rule',
      says: 'A new cluster of 3 nodes is bootstrapped from scratch after that.',
    },
    {
      id: 'nodes.rebuild-keeps-the-data',
      kind: 'must',
      says: 'A rebuild touches no data in Neon or B2.',
    },
    {
      id: 'nodes.rebuild-loses-redis',
      kind: 'failure-mode',
      says: 'A rebuild loses the state of Redis, and the application bears it.',
    },
  ]),
  ...under(`${level} › All three nodes fail simultaneously`, [
    {
      id: 'nodes.all-lost',
      kind: 'failure-mode',
      says: 'With all three nodes gone the whole site is out.',
    },
    {
      id: 'nodes.all-rebuilt',
      kind: 'rule',
      says: 'After the loss of all three nodes the cluster is rebuilt from scratch.',
    },
    {
      id: 'nodes.only-a-region-takes-all',
      kind: 'lesson',
      says: 'Only an outage of the whole Hetzner region, extremely rare, takes all three nodes at once.',
    },
  ]),
  ...under(`${level} › Node disk fills up`, [
    {
      id: 'nodes.disk-pressure-evicts',
      kind: 'failure-mode',
      says: 'No pod is evicted because its node is under disk pressure.',
    },
    {
      id: 'nodes.disk-pressure-blocks',
      kind: 'failure-mode',
      says: 'Every node has room enough for containers to be scheduled on it.',
    },
    {
      id: 'nodes.container-logs-add-up',
      kind: 'failure-mode',
      says: 'Container logs stay bounded in total: 10 MB per container still fill a disk over dozens of rounds of new pods.',
    },
    {
      id: 'nodes.local-volumes-add-up',
      kind: 'failure-mode',
      says: 'Volumes of local-path, which lie on the disk of the node, leave it the room it needs.',
    },
    {
      id: 'nodes.package-cache-adds-up',
      kind: 'failure-mode',
      says: 'The cache of apt does not grow until the disk is full.',
    },
    {
      id: 'nodes.disk-is-measured-first',
      kind: 'rule',
      says: 'Before anything is removed the node is asked what takes the room: df -h, and du of /var/lib/rancher sorted by size.',
    },
    {
      id: 'nodes.disk-is-cleaned',
      kind: 'rule',
      says: 'What was found to fill the disk is cleaned up, until the node reports disk pressure no more.',
    },
  ]),
]
