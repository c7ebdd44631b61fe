// Planned outages: a node is patched, k3s is upgraded, and users notice nothing.
import { under } from '#clusters/honeydue/cite.ts'

export const outages = [
  ...under('Planned outages › Node upgrades (OS patches)', [
    {
      id: 'planned-outage.drained-first',
      kind: 'must',
      statement:
        'A node is drained before its upgrade: its pods are evicted, scheduling is blocked, DaemonSets stay, emptyDir data is let go.',
      provenBy: ['budgets-let-nodes-drain'],
    },
    {
      id: 'planned-outage.upgraded-and-rebooted',
      kind: 'rule',
      statement: 'The drained node is upgraded over SSH and rebooted.',
    },
    {
      id: 'planned-outage.waited-for',
      kind: 'rule',
      statement: 'The node is waited for until the list of nodes shows it as Ready.',
      provenBy: ['nodes-are-ready'],
    },
    {
      id: 'planned-outage.uncordoned',
      kind: 'must',
      statement:
        'A node that is back from its upgrade is uncordoned: none stays without scheduling.',
      provenBy: ['nodes-are-schedulable', 'fix:uncordon'],
    },
    {
      id: 'planned-outage.pods-move',
      kind: 'failure-mode',
      statement: 'During the drain the pods of the node move to the two that remain.',
    },
    {
      id: 'planned-outage.no-traffic-lost',
      kind: 'failure-mode',
      statement: 'A drain moves one of the 3 replicas of the api and loses no traffic.',
    },
    {
      id: 'planned-outage.single-replicas-pause',
      kind: 'failure-mode',
      statement:
        'The worker and Redis, with 1 replica each, may be away briefly while they move; a planned window accepts it.',
    },
  ]),
  ...under('Planned outages › k3s upgrades', [
    {
      id: 'planned-outage.distribution-same-pattern',
      kind: 'must',
      statement:
        'An upgrade of k3s drains, upgrades and uncordons node by node, as one of the operating system does.',
    },
    {
      id: 'planned-outage.distribution-version-named',
      kind: 'rule',
      statement: 'An upgrade of k3s names its version, one of v1.35, and installs it as a server.',
    },
    {
      id: 'planned-outage.distribution-in-place',
      kind: 'failure-mode',
      statement:
        'The installer finds the existing k3s and upgrades it in place; nothing is removed before.',
    },
    {
      id: 'planned-outage.one-node-at-a-time',
      kind: 'must',
      statement: 'No two nodes are upgraded at the same time.',
    },
    {
      id: 'planned-outage.healthy-between',
      kind: 'must',
      statement:
        'Between two nodes the health of the cluster is verified; the next one waits for it.',
    },
  ]),
]
