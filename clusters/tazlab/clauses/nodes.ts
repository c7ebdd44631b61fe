// Introduction and phase 1: why the cluster is broken on purpose, what its nodes are, how work is
// spread over them.
import { under } from '#clusters/tazlab/cite.ts'

export const nodes = [
  ...under('Introduction: The Weight of Theory against the Reality of the Metal', [
    {
      id: 'drills.controlled-destruction',
      kind: 'rule',
      statement:
        'The cluster is broken on purpose and under control, to find where its resilience ends before a real failure does.',
    },
    {
      id: 'drills.cluster-withstands-failure',
      kind: 'must',
      statement:
        'The cluster itself withstands a real failure; a well built workstation to operate it from is no substitute.',
    },
    {
      id: 'drills.availability-is-proven',
      kind: 'rule',
      statement:
        'High availability is no more than a promise until a drill has shown it on the present cluster, with its 4 workers.',
    },
    {
      id: 'drills.no-domino',
      kind: 'failure-mode',
      statement:
        'A change of address followed by a forced shutdown does not bring the whole cluster to the edge of collapse.',
    },
    {
      id: 'drills.foundations-follow',
      kind: 'lesson',
      statement:
        'A drill that ended in repair by hand is followed by a change of the foundations that keeps the failure from coming back.',
    },
  ]),
  ...under('Phase 1: Expansion and IaC Consolidation', [
    {
      id: 'nodes.aligned-first',
      kind: 'rule',
      statement: 'The cluster matches its declared configuration before anything is tested on it.',
    },
    {
      id: 'nodes.declared-in-code',
      kind: 'must',
      statement:
        'The whole life of every node on Proxmox is declared in Terraform: no node exists that the code does not name, and none is missing.',
    },
    {
      id: 'nodes.replicable',
      kind: 'must',
      statement:
        'The cluster can be made again from its code alone; infrastructure as code is a necessity here and not a convenience.',
    },
    {
      id: 'nodes.four-workers',
      kind: 'must',
      statement: 'There are 4 worker nodes, and all of them are Ready.',
    },
    {
      id: 'workloads.no-single-node',
      kind: 'must',
      statement:
        'Work is spread over the 4 workers so that no single node is a single point of failure.',
    },
  ]),
  ...under(
    'Phase 1: Expansion and IaC Consolidation › Deep-Dive: Why 4 Workers and 3 Control Plane nodes?',
    [
      {
        id: 'controlplane.three-members',
        kind: 'must',
        statement: 'etcd has an odd number of members, and never fewer than 3.',
      },
      {
        id: 'controlplane.quorum-survives-one',
        kind: 'must',
        statement:
          'With one of 3 control plane nodes gone, etcd keeps its quorum of 2 and the API goes on taking writes.',
      },
      {
        id: 'workloads.anti-affinity',
        kind: 'must',
        statement:
          'Replicas of one workload keep apart: anti-affinity puts them on different workers.',
      },
      {
        id: 'workloads.one-worker-in-maintenance',
        kind: 'must',
        statement:
          'With one worker away for maintenance, 3 workers remain and every replica finds a node of its own among them.',
      },
      {
        id: 'workloads.three-carry-the-load',
        kind: 'rule',
        statement:
          'The 3 workers that remain carry the whole load densely, without their hardware being overloaded.',
      },
    ],
  ),
]
