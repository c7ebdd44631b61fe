// Metrics that do not arrive, and dashboards without data. Nothing that users see depends on them.
import { under } from '#clusters/honeydue/cite.ts'

const level = 'Failure catalog › k3s control plane failures'

export const observability = [
  ...under(`${level} › vmagent can't reach obs.88oakapps.com`, [
    {
      id: 'observability.dashboards-update',
      kind: 'failure-mode',
      statement:
        'Dashboards keep updating. When they stop, the vmagent log shows 401, ' +
        'TLS or network errors for obs.88oakapps.com.',
    },
    {
      id: 'observability.app-unaffected',
      kind: 'must',
      statement: 'The application is unaffected while vmagent cannot deliver.',
    },
    {
      id: 'observability.buffer',
      kind: 'failure-mode',
      statement:
        'vmagent buffers up to 512 MB locally and delivers it on reconnection, ' +
        'so a brief outage heals by itself.',
    },
    {
      id: 'observability.ingest-healthy',
      kind: 'must',
      statement:
        'The ingest endpoint answers an authenticated GET of /health with 200. ' +
        'This is the first check in a lasting outage.',
    },
    {
      id: 'observability.nothing-dropped',
      kind: 'must',
      statement:
        'The vmagent counters on 127.0.0.1:8429 show no dropped packets or samples, ' +
        'and no dropped blocks of its persistent queue.',
    },
    {
      id: 'observability.vmagent-restarted',
      kind: 'rule',
      statement:
        'In a lasting outage the operator restarts vmagent, which reloads its configuration and ' +
        'drains its queue.',
    },
    {
      id: 'observability.box-down',
      kind: 'rule',
      statement:
        'When 88oakappsUpdate itself is down, and PostHog with it, ' +
        'the operator checks the compose services under /opt/honeydue-obs over SSH.',
    },
    {
      id: 'observability.not-critical',
      kind: 'must',
      statement:
        'Nothing that users see depends on the observability stack: its loss is not critical.',
    },
  ]),
  ...under(`${level} › Grafana dashboard shows "no data"`, [
    {
      id: 'observability.no-data',
      kind: 'failure-mode',
      statement: 'A dashboard without data has one of four causes, checked in order of frequency.',
    },
    {
      id: 'observability.metric-is-emitted',
      kind: 'failure-mode',
      statement:
        'First cause: the query names a histogram that the api has not emitted yet. ' +
        'The api metrics on port 8000 contain every queried name.',
    },
    {
      id: 'observability.vmagent-scrapes',
      kind: 'failure-mode',
      statement:
        'Second cause: vmagent does not scrape. The operator treats it like failed delivery.',
    },
    {
      id: 'observability.time-range',
      kind: 'failure-mode',
      statement:
        'Third cause: the time range is before 2026-04-25, when the stack came up. ' +
        'The dashboard needs a later one.',
    },
    {
      id: 'observability.cardinality',
      kind: 'failure-mode',
      statement:
        'Fourth cause: series with too many labels were rejected. ' +
        'Dropped rows next to inserted rows on the observability box show it.',
    },
  ]),
]
