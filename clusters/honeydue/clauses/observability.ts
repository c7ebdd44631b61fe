// Metrics that do not arrive, and dashboards that show none. Nothing that users touch depends on
// them.
import { under } from '#clusters/honeydue/cite.ts'

const level = 'Failure catalog › k3s control plane failures'

export const observability = [
  ...under(`${level} › vmagent can't reach obs.88oakapps.com`, [
    {
      id: 'observability.dashboards-update',
      kind: 'failure-mode',
      statement:
        'Dashboards go on updating; where they stop, the log of vmagent tells of 401, TLS or network errors against obs.88oakapps.com.',
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
        'vmagent buffers up to 512 MB locally and delivers it on reconnection, so a brief outage heals by itself.',
    },
    {
      id: 'observability.ingest-healthy',
      kind: 'must',
      statement:
        'The ingest endpoint answers an authenticated GET of /health with 200; in a lasting outage this is asked first.',
    },
    {
      id: 'observability.nothing-dropped',
      kind: 'must',
      statement:
        'The counters of vmagent on 127.0.0.1:8429 show no dropped packets or samples and no dropped blocks of its persistent queue.',
    },
    {
      id: 'observability.vmagent-restarted',
      kind: 'rule',
      statement:
        'In a lasting outage vmagent is restarted, which loads its configuration anew and drains its queue.',
    },
    {
      id: 'observability.box-down',
      kind: 'rule',
      statement:
        'When 88oakappsUpdate itself is down, PostHog with it, the compose services under /opt/honeydue-obs are looked at over SSH.',
    },
    {
      id: 'observability.not-critical',
      kind: 'must',
      statement:
        'Nothing that faces users depends on the observability stack: its loss is not critical.',
    },
  ]),
  ...under(`${level} › Grafana dashboard shows "no data"`, [
    {
      id: 'observability.no-data',
      kind: 'failure-mode',
      statement:
        'A dashboard without data is explained by one of four causes, looked at in the order of their frequency.',
    },
    {
      id: 'observability.metric-is-emitted',
      kind: 'failure-mode',
      statement:
        'First cause: the query names a histogram that the api has not emitted yet; the metrics of the api on port 8000 hold every queried name.',
    },
    {
      id: 'observability.vmagent-scrapes',
      kind: 'failure-mode',
      statement:
        'Second cause: vmagent does not scrape; then it is treated as a vmagent that cannot deliver.',
    },
    {
      id: 'observability.time-range',
      kind: 'failure-mode',
      statement:
        'Third cause: the range of time lies before 2026-04-25, when the stack came up; the dashboard asks for a later one.',
    },
    {
      id: 'observability.cardinality',
      kind: 'failure-mode',
      statement:
        'Fourth cause: series with too many labels were rejected; rows dropped, beside rows inserted, show it on the observability box.',
    },
  ]),
]
