// What the catalogue is for, and what the note of its last change tells of the systems around it.
import { under } from '#clusters/honeydue/cite.ts'

export const catalogue = [
  ...under('Summary', [
    {
      id: 'catalogue.every-component',
      kind: 'must',
      statement:
        'Every component of the system has its failure mode, the symptom that users see and the way of recovery in the catalogue.',
    },
    {
      id: 'catalogue.edge-inward',
      kind: 'rule',
      statement:
        'A failure is looked for from the edge inward, and improvements of resilience are planned along the same list.',
    },
  ]),
  ...under('Change note 77cfcc0b27', [
    {
      id: 'observability.account-of-what-runs',
      kind: 'rule',
      statement:
        'The document of observability describes what is running, not what might be added one day.',
    },
    {
      id: 'observability.stack',
      kind: 'must',
      statement:
        'VictoriaMetrics, Jaeger and Grafana run outside the cluster on 88oakappsUpdate; vmagent alone runs inside it.',
    },
    {
      id: 'observability.histograms',
      kind: 'must',
      statement: 'The api emits the set of histograms that the document of observability lists.',
    },
    {
      id: 'observability.bearer-gated',
      kind: 'must',
      statement:
        'The endpoint of the observability stack lies behind Cloudflare and answers only who brings the bearer token.',
    },
    {
      id: 'observability.network-policies',
      kind: 'must',
      statement:
        'The NetworkPolicies of the cluster let the traffic of vmagent pass, and the rollout lists which ones it needs.',
    },
    {
      id: 'observability.resource-budget',
      kind: 'must',
      statement:
        'The observability stack stays within about 700 MB and adds about nothing to the cost.',
    },
    {
      id: 'observability.outgrown-box',
      kind: 'rule',
      statement:
        'The observability stack moves to a CX32 when its migration trigger is met; the trigger is written beside the cost.',
    },
    {
      id: 'observability.token-rotation',
      kind: 'must',
      statement:
        'The ingest token is rotated by a written runbook, and vmagent goes on delivering afterwards.',
    },
    {
      id: 'observability.known-gaps',
      kind: 'lesson',
      statement:
        'What is missing is said openly: there is no log aggregation, no alerting and no full distributed tracing.',
    },
    {
      id: 'deployment.one-script',
      kind: 'must',
      statement: 'One script builds, pushes and applies everything, vmagent included.',
    },
    {
      id: 'deployment.single-service',
      kind: 'rule',
      statement:
        'Setting an image by hand is the way for one single service, and not for a deployment of everything.',
    },
    {
      id: 'deployment.pull-policy',
      kind: 'lesson',
      statement:
        'A rollout reckons with the pull policy IfNotPresent, which bit the rollout of the observability stack.',
      provenBy: ['images-start-from-cache'],
    },
  ]),
]
