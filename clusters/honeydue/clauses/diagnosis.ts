// What people say when several things fail at once, and where to look then.
import { under } from '#clusters/honeydue/cite.ts'

export const diagnosis = [
  ...under('Combined failures › "Everything is slow"', [
    {
      id: 'diagnosis.slow-database',
      kind: 'lesson',
      statement:
        'When everything is slow Neon is suspected first: our own load there, together with that of a noisy neighbour.',
    },
    {
      id: 'diagnosis.slow-processors',
      kind: 'rule',
      statement:
        'When everything is slow kubectl top pods is asked whether the pods are bound by their CPU.',
    },
    {
      id: 'diagnosis.slow-queries',
      kind: 'rule',
      statement:
        'When everything is slow the console of Neon is asked for the performance of queries.',
    },
    {
      id: 'diagnosis.traffic-spike',
      kind: 'rule',
      statement:
        'When everything is slow the analytics of Cloudflare are asked for spikes of traffic.',
    },
  ]),
  ...under('Combined failures › "Some users see 502, others don\'t"', [
    {
      id: 'diagnosis.one-unhealthy-node',
      kind: 'failure-mode',
      statement:
        'No single node has an unhealthy Traefik or api: Cloudflare would go on sending it a part of the connections.',
    },
    {
      id: 'diagnosis.ingress-pods',
      kind: 'rule',
      statement: 'When some users see 502 the pods of Traefik in kube-system are listed.',
      provenBy: ['workloads-have-their-replicas'],
    },
    {
      id: 'diagnosis.api-pods',
      kind: 'rule',
      statement: 'When some users see 502 the pods of the api in honeydue are listed.',
      provenBy: ['workloads-have-their-replicas'],
    },
    {
      id: 'diagnosis.logs-by-pod',
      kind: 'rule',
      statement: 'When some users see 502 the logs are read pod by pod, not summed up.',
    },
  ]),
  ...under('Combined failures › "It worked 5 minutes ago, now it doesn\'t"', [
    {
      id: 'diagnosis.something-changed',
      kind: 'lesson',
      statement:
        'What worked 5 min ago and does no more was changed by something recent: that is looked for first.',
    },
    {
      id: 'diagnosis.recent-deploys',
      kind: 'rule',
      statement: 'Recent deployments are read from the rollout history of the api.',
    },
    {
      id: 'diagnosis.recent-events',
      kind: 'rule',
      statement:
        'Recent changes of manifests are read from the last 30 events of all namespaces, in the order of time.',
    },
    {
      id: 'diagnosis.status-pages',
      kind: 'rule',
      statement:
        'The status pages of Cloudflare, Neon and Backblaze are read for changes that are not ours.',
    },
  ]),
]
