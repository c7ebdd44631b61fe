// Planned outages: node patches and k3s upgrades that users do not notice.
import { under } from '#clusters/honeydue/cite.ts'

export const outages = [
  ...under('Planned outages › Node upgrades (OS patches)', [
    {
      id: 'planned-outage.drained-first',
      kind: 'must',
      statement:
        'A drain precedes the upgrade of a node: ' +
        'it evicts pods, blocks scheduling, leaves DaemonSets and deletes emptyDir data.',
      provenBy: ['budgets-let-nodes-drain'],
    },
    {
      id: 'planned-outage.upgraded-and-rebooted',
      kind: 'rule',
      statement: 'The operator upgrades the drained node over SSH and reboots it.',
    },
    {
      id: 'planned-outage.waited-for',
      kind: 'rule',
      statement: 'The operator waits until the list of nodes shows the node as Ready.',
      provenBy: ['nodes-are-ready'],
    },
    {
      id: 'planned-outage.uncordoned',
      kind: 'must',
      statement: 'The operator uncordons a node after its upgrade: no node stays unschedulable.',
      provenBy: ['nodes-are-schedulable', 'fix:uncordon'],
    },
    {
      id: 'planned-outage.pods-move',
      kind: 'failure-mode',
      statement: 'During the drain the pods of the node move to the two remaining nodes.',
    },
    {
      id: 'planned-outage.no-traffic-lost',
      kind: 'failure-mode',
      statement: 'A drain moves one of the 3 api replicas and loses no traffic.',
    },
    {
      id: 'planned-outage.single-replicas-pause',
      kind: 'failure-mode',
      statement:
        'The worker and Redis, with 1 replica each, may be unavailable briefly while they move. ' +
        'A planned window accepts this.',
    },
  ]),
  ...under('Planned outages › k3s upgrades', [
    {
      id: 'planned-outage.distribution-same-pattern',
      kind: 'must',
      statement:
        'A k3s upgrade drains, upgrades and uncordons node by node, ' +
        'like an upgrade of the operating system.',
    },
    {
      id: 'planned-outage.distribution-version-named',
      kind: 'rule',
      statement: 'A k3s upgrade names its version, one of v1.35, and installs it as a server.',
    },
    {
      id: 'planned-outage.distribution-in-place',
      kind: 'failure-mode',
      statement:
        'The installer finds the existing k3s and upgrades it in place. Nothing is removed first.',
    },
    {
      id: 'planned-outage.one-node-at-a-time',
      kind: 'must',
      statement: 'Upgrades take one node at a time.',
    },
    {
      id: 'planned-outage.healthy-between',
      kind: 'must',
      statement:
        'The operator verifies the health of the cluster after each node, before the next one.',
    },
  ]),
]
