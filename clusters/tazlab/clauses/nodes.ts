// Introduction and phase 1: why drills break the cluster, its nodes, and how workloads spread over
// them.
import { under } from '#clusters/tazlab/cite.ts'

export const nodes = [
  ...under('Introduction: The Weight of Theory against the Reality of the Metal', [
    {
      id: 'drills.controlled-destruction',
      kind: 'rule',
      statement:
        'Drills break the cluster on purpose and under control, ' +
        'to find the limits of its resilience before a real failure does.',
    },
    {
      id: 'drills.cluster-withstands-failure',
      kind: 'must',
      statement:
        'The cluster itself withstands a real failure: a well-built workstation is no substitute.',
    },
    {
      id: 'drills.availability-is-proven',
      kind: 'rule',
      statement:
        'High availability is only a promise until a drill proves it on the present cluster ' +
        'with its 4 workers.',
    },
    {
      id: 'drills.no-domino',
      kind: 'failure-mode',
      statement:
        'An address change followed by a forced shutdown does not bring the cluster to the edge ' +
        'of collapse.',
    },
    {
      id: 'drills.foundations-follow',
      kind: 'lesson',
      statement:
        'After a drill that ended in manual repair, a change of the foundations prevents the ' +
        'same failure.',
    },
  ]),
  ...under('Phase 1: Expansion and IaC Consolidation', [
    {
      id: 'nodes.aligned-first',
      kind: 'rule',
      statement: 'The cluster matches its declared configuration before any test runs on it.',
    },
    {
      id: 'nodes.declared-in-code',
      kind: 'must',
      statement:
        'Terraform declares the whole life cycle of every node on Proxmox: ' +
        'every node is in the code, and every declared node exists.',
    },
    {
      id: 'nodes.replicable',
      kind: 'must',
      statement:
        'The code alone can rebuild the cluster: ' +
        'infrastructure as code is a necessity, not a convenience.',
    },
    {
      id: 'nodes.four-workers',
      kind: 'must',
      statement: 'The cluster has 4 worker nodes, and all of them are Ready.',
    },
    {
      id: 'workloads.no-single-node',
      kind: 'must',
      statement:
        'The workloads spread over the 4 workers, so no single node is a single point of failure.',
    },
  ]),
  ...under(
    'Phase 1: Expansion and IaC Consolidation › Deep-Dive: ' +
      'Why 4 Workers and 3 Control Plane nodes?',
    [
      {
        id: 'controlplane.three-members',
        kind: 'must',
        statement: 'etcd has an odd number of members, at least 3.',
      },
      {
        id: 'controlplane.quorum-survives-one',
        kind: 'must',
        statement:
          'With one of 3 control plane nodes lost, etcd keeps its quorum of 2 and the API takes ' +
          'writes.',
      },
      {
        id: 'workloads.anti-affinity',
        kind: 'must',
        statement: 'Anti-affinity places the replicas of one workload on different workers.',
      },
      {
        id: 'workloads.one-worker-in-maintenance',
        kind: 'must',
        statement:
          'With one worker in maintenance, 3 workers remain and each replica has a node of its ' +
          'own.',
      },
      {
        id: 'workloads.three-carry-the-load',
        kind: 'rule',
        statement:
          'The 3 remaining workers carry the whole load at high density without overloaded ' +
          'hardware.',
      },
    ],
  ),
]
