// The cluster is gone: the steps that bring it back, how long they take, what they lose.
import { under } from '#clusters/honeydue/cite.ts'

export const disaster = [
  ...under('Disaster recovery › Complete cluster loss', [
    {
      id: 'disaster.nodes-provisioned',
      kind: 'rule',
      statement:
        'Step 1: three CX33 nodes are provisioned at Hetzner, or the existing ones are used where they are healthy.',
    },
    {
      id: 'disaster.nodes-hardened',
      kind: 'rule',
      statement: 'Step 2: the nodes are bootstrapped and hardened as chapter 1 tells.',
    },
    {
      id: 'disaster.distribution-installed',
      kind: 'rule',
      statement: 'Step 3: k3s is installed on each node, highly available, as chapter 2 tells.',
      provenBy: ['node-services-run'],
    },
    {
      id: 'disaster.kubeconfig-configured',
      kind: 'rule',
      statement: 'Step 4: the kubeconfig leads to the new cluster.',
    },
    {
      id: 'disaster.manifests-in-order',
      kind: 'rule',
      statement:
        'Step 5: manifests are applied in this order: the namespace, then RBAC, then the configuration of Traefik.',
    },
    {
      id: 'disaster.ingress-redeployed',
      kind: 'rule',
      statement: 'Step 5 goes on only after Traefik has been redeployed with its configuration.',
    },
    {
      id: 'disaster.secrets-recreated',
      kind: 'rule',
      statement: 'Step 5 recreates the secrets, as chapter 10 tells, before the rest is applied.',
    },
    {
      id: 'disaster.rest-applied',
      kind: 'rule',
      statement: 'Step 5 ends with all the other manifests; none is left out.',
    },
    {
      id: 'disaster.names-updated',
      kind: 'rule',
      statement: 'Step 6: DNS is updated where addresses of nodes have changed.',
    },
    {
      id: 'disaster.verified',
      kind: 'must',
      statement:
        'Step 7: the rebuild counts as done when https://api.myhoneydue.com/api/health/ answers from outside.',
    },
    {
      id: 'disaster.rebuild-time',
      kind: 'must',
      statement: 'Somebody who has done it before rebuilds the cluster in 1–2 h.',
    },
    {
      id: 'disaster.many-tools',
      kind: 'lesson',
      statement:
        'A rebuild switches often between the Hetzner console, SSH, kubectl and Cloudflare: access to all four is at hand before it starts.',
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
      statement: 'The cache in Redis is lost with the cluster and fills again by itself.',
    },
    {
      id: 'disaster.jobs-in-flight-lost',
      kind: 'failure-mode',
      statement:
        'Asynq jobs that were being processed are lost with the cluster; beyond them and the cache nothing is.',
    },
  ]),
  ...under('References', [
    {
      id: 'disaster.upstream-procedures',
      kind: 'rule',
      statement:
        'The procedures follow what upstream says of the pod lifecycle, of recovery with embedded etcd in k3s and of the rescue system of Hetzner.',
    },
  ]),
]
