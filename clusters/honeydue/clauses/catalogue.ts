// The purpose of the catalogue, and the duties from the note of its last change.
import { under } from '#clusters/honeydue/cite.ts'

export const catalogue = [
  ...under('Summary', [
    {
      id: 'catalogue.every-component',
      kind: 'must',
      statement:
        'The catalogue gives each component its failure mode, its user symptom and its recovery.',
    },
    {
      id: 'catalogue.edge-inward',
      kind: 'rule',
      statement:
        'The operator debugs a failure from the edge inward, and plans resilience improvements ' +
        'along the same list.',
    },
  ]),
  ...under('Change note 77cfcc0b27', [
    {
      id: 'observability.account-of-what-runs',
      kind: 'rule',
      statement: 'The observability document describes what runs now, not what may be added later.',
    },
    {
      id: 'observability.stack',
      kind: 'must',
      statement:
        'VictoriaMetrics, Jaeger and Grafana run outside the cluster on 88oakappsUpdate. ' +
        'Only vmagent runs inside the cluster.',
    },
    {
      id: 'observability.histograms',
      kind: 'must',
      statement: 'The api emits the histograms that the observability document lists.',
    },
    {
      id: 'observability.bearer-gated',
      kind: 'must',
      statement: 'The observability endpoint is behind Cloudflare and requires the bearer token.',
    },
    {
      id: 'observability.network-policies',
      kind: 'must',
      statement:
        'The NetworkPolicies allow vmagent traffic, and the rollout lists those that it needs.',
    },
    {
      id: 'observability.resource-budget',
      kind: 'must',
      statement: 'The observability stack uses at most about 700 MB and adds about $0 to the cost.',
    },
    {
      id: 'observability.outgrown-box',
      kind: 'rule',
      statement:
        'The observability stack moves to a CX32 when it meets its migration trigger, ' +
        'which is documented with the cost.',
    },
    {
      id: 'observability.token-rotation',
      kind: 'must',
      statement:
        'A written runbook rotates the ingest token, and vmagent keeps delivering afterwards.',
    },
    {
      id: 'observability.known-gaps',
      kind: 'lesson',
      statement:
        'The document names its gaps: log aggregation, alerting and full distributed tracing.',
    },
    {
      id: 'deployment.one-script',
      kind: 'must',
      statement: 'One script builds, pushes and applies everything, including vmagent.',
    },
    {
      id: 'deployment.single-service',
      kind: 'rule',
      statement: 'Setting an image by hand deploys one single service, never everything.',
    },
    {
      id: 'deployment.pull-policy',
      kind: 'lesson',
      statement:
        'Every rollout takes the pull policy IfNotPresent into account: ' +
        'it caused trouble in the observability rollout.',
      provenBy: ['images-start-from-cache'],
    },
  ]),
]
