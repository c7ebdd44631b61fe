// Combined failures: what users report, and where the operator looks.
import { under } from '#clusters/honeydue/cite.ts'

export const diagnosis = [
  ...under('Combined failures › "Everything is slow"', [
    {
      id: 'diagnosis.slow-database',
      kind: 'lesson',
      statement:
        'When everything is slow, Neon is the first suspect: ' +
        'under our own load and that of a noisy neighbour.',
    },
    {
      id: 'diagnosis.slow-processors',
      kind: 'rule',
      statement:
        'When everything is slow, the operator runs kubectl top pods to see whether the pods ' +
        'are CPU-bound.',
    },
    {
      id: 'diagnosis.slow-queries',
      kind: 'rule',
      statement:
        'When everything is slow, the operator checks query performance in the Neon console.',
    },
    {
      id: 'diagnosis.traffic-spike',
      kind: 'rule',
      statement:
        'When everything is slow, the operator checks Cloudflare analytics for traffic spikes.',
    },
  ]),
  ...under('Combined failures › "Some users see 502, others don\'t"', [
    {
      id: 'diagnosis.one-unhealthy-node',
      kind: 'failure-mode',
      statement:
        'No node has an unhealthy Traefik or api: Cloudflare would keep sending it connections.',
    },
    {
      id: 'diagnosis.ingress-pods',
      kind: 'rule',
      statement: 'When some users see 502, the operator lists the Traefik pods in kube-system.',
      provenBy: ['workloads-have-their-replicas'],
    },
    {
      id: 'diagnosis.api-pods',
      kind: 'rule',
      statement: 'When some users see 502, the operator lists the api pods in honeydue.',
      provenBy: ['workloads-have-their-replicas'],
    },
    {
      id: 'diagnosis.logs-by-pod',
      kind: 'rule',
      statement: 'When some users see 502, the operator reads the logs pod by pod, not aggregated.',
    },
  ]),
  ...under('Combined failures › "It worked 5 minutes ago, now it doesn\'t"', [
    {
      id: 'diagnosis.something-changed',
      kind: 'lesson',
      statement:
        'When something that worked 5 min ago fails, the operator first looks for a recent change.',
    },
    {
      id: 'diagnosis.recent-deploys',
      kind: 'rule',
      statement: 'The operator finds recent deployments in the rollout history of the api.',
    },
    {
      id: 'diagnosis.recent-events',
      kind: 'rule',
      statement:
        'The operator finds recent manifest changes in the last 30 events of all namespaces, ' +
        'sorted by time.',
    },
    {
      id: 'diagnosis.status-pages',
      kind: 'rule',
      statement:
        'The operator checks the Cloudflare, Neon and Backblaze status pages for external changes.',
    },
  ]),
]
