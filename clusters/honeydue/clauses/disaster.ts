// Loss of the whole cluster: the steps of a rebuild, how long they take, what they lose.
import { under } from '#clusters/honeydue/cite.ts'

export const disaster = [
  ...under('Disaster recovery › Complete cluster loss', [
    {
      id: 'disaster.nodes-provisioned',
      kind: 'rule',
      statement:
        'Step 1: the operator provisions three CX33 nodes at Hetzner, ' +
        'or reuses existing healthy ones.',
    },
    {
      id: 'disaster.nodes-hardened',
      kind: 'rule',
      statement: 'Step 2: the operator bootstraps and hardens the nodes as in chapter 1.',
    },
    {
      id: 'disaster.distribution-installed',
      kind: 'rule',
      statement:
        'Step 3: the operator installs k3s on each node, highly available, as in chapter 2.',
      provenBy: ['node-services-run'],
    },
    {
      id: 'disaster.kubeconfig-configured',
      kind: 'rule',
      statement: 'Step 4: the kubeconfig points to the new cluster.',
    },
    {
      id: 'disaster.manifests-in-order',
      kind: 'rule',
      statement:
        'Step 5: the operator applies the namespace, then RBAC, then the Traefik configuration.',
    },
    {
      id: 'disaster.ingress-redeployed',
      kind: 'rule',
      statement: 'Step 5 continues only after Traefik has redeployed with its configuration.',
    },
    {
      id: 'disaster.secrets-recreated',
      kind: 'rule',
      statement: 'Step 5 recreates the secrets, as in chapter 10, before the rest is applied.',
    },
    {
      id: 'disaster.rest-applied',
      kind: 'rule',
      statement: 'Step 5 ends with all other manifests, without exception.',
    },
    {
      id: 'disaster.names-updated',
      kind: 'rule',
      statement: 'Step 6: the operator updates DNS where node addresses have changed.',
    },
    {
      id: 'disaster.verified',
      kind: 'must',
      statement:
        'Step 7: the rebuild is done when https://api.myhoneydue.com/api/health/ answers from ' +
        'outside.',
    },
    {
      id: 'disaster.rebuild-time',
      kind: 'must',
      statement: 'A person who has done it before rebuilds the cluster in 1–2 h.',
    },
    {
      id: 'disaster.many-tools',
      kind: 'lesson',
      statement:
        'The operator has access to the Hetzner console, SSH, ' +
        'kubectl and Cloudflare before a rebuild starts: it switches often between all four.',
    },
    {
      id: 'disaster.database-untouched',
      kind: 'must',
      statement: 'The loss of the cluster and its rebuild leave the data in Neon untouched.',
    },
    {
      id: 'disaster.images-untouched',
      kind: 'must',
      statement: 'The loss of the cluster and its rebuild leave the data in B2 untouched.',
    },
    {
      id: 'disaster.cache-regenerates',
      kind: 'failure-mode',
      statement: 'The Redis cache is lost with the cluster and fills again by itself.',
    },
    {
      id: 'disaster.jobs-in-flight-lost',
      kind: 'failure-mode',
      statement:
        'Asynq jobs in progress are lost with the cluster. Nothing else is lost, except the cache.',
    },
  ]),
  ...under('References', [
    {
      id: 'disaster.upstream-procedures',
      kind: 'rule',
      statement:
        'The procedures follow the upstream documents: ' +
        'pod lifecycle, k3s recovery with embedded etcd, Hetzner rescue system.',
    },
  ]),
]
