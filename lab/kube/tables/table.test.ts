// Tables in the form that kubectl shows: the cells of each kind.
import { describe, expect, test } from 'vitest'
import { humanDuration, since } from '#lab/kube/messages/duration-text.ts'
import type { Json, JsonObject } from '#lab/kube/patch/json.ts'
import { at, listAt, textAt } from '#lab/kube/patch/json.ts'
import { builtinKind } from '#lab/kube/api/kinds.ts'
import { asTable } from './table.ts'

const now = Date.parse('2026-01-01T01:00:00Z')

/** The cells of one object by column. */
function shown(kind: string, object: JsonObject): Record<string, Json> {
  const made = asTable(
    {
      ...object,
      metadata: {
        name: 'x',
        creationTimestamp: '2026-01-01T00:00:00Z',
        ...(at(object, 'metadata') as JsonObject | undefined),
      },
    },
    { kind: builtinKind(kind)!, now, include: 'None' },
  )
  const cells = listAt(made, 'rows')[0]?.['cells']
  return Object.fromEntries(
    listAt(made, 'columnDefinitions').map((column, index) => [
      textAt(column, 'name') ?? '',
      Array.isArray(cells) ? cells[index]! : '',
    ]),
  )
}

test.each([
  [-5_000, '<invalid>'],
  [-1_500, '0s'],
  [0, '0s'],
  [119_999, '119s'],
  [120_000, '2m'],
  [150_000, '2m30s'],
  [600_000, '10m'],
  [179 * 60_000, '179m'],
  [3 * 3_600_000, '3h'],
  [3.5 * 3_600_000, '3h30m'],
  [8 * 3_600_000, '8h'],
  [47 * 3_600_000, '47h'],
  [50 * 3_600_000, '2d2h'],
  [9 * 86_400_000, '9d'],
  [729 * 86_400_000, '729d'],
  [731 * 86_400_000, '2y1d'],
  [9 * 365 * 86_400_000, '9y'],
])('%i ms are %s', (ms, text) => {
  expect(humanDuration(ms)).toBe(text)
})

test('without a time the age is unknown', () => {
  expect([since(undefined, now), since('nonsense', now)]).toEqual(['<unknown>', '<unknown>'])
})

describe('a pod', () => {
  const container = (status: JsonObject): JsonObject => ({
    name: 'a',
    ready: false,
    restartCount: 0,
    ...status,
  })
  const pod = (
    status: JsonObject,
    metadata: JsonObject = {},
    spec: JsonObject = {},
  ): JsonObject => ({ metadata, spec: { containers: [{ name: 'a' }], ...spec }, status })
  const running = { ready: true, state: { running: { startedAt: '2026-01-01T00:00:00Z' } } }
  const ready = [{ type: 'Ready', status: 'True' }]

  test.each<[string, JsonObject, string]>([
    [
      'that runs',
      pod({ phase: 'Running', conditions: ready, containerStatuses: [container(running)] }),
      '1/1 Running 0',
    ],
    ['that waits for a node', pod({ phase: 'Pending' }), '0/1 Pending 0'],
    [
      'whose image does not come',
      pod({
        phase: 'Pending',
        containerStatuses: [container({ state: { waiting: { reason: 'ImagePullBackOff' } } })],
      }),
      '0/1 ImagePullBackOff 0',
    ],
    [
      'that crashes',
      pod({
        phase: 'Running',
        containerStatuses: [
          container({
            restartCount: 3,
            state: { waiting: { reason: 'CrashLoopBackOff' } },
            lastState: { terminated: { exitCode: 1, finishedAt: '2026-01-01T00:55:00Z' } },
          }),
        ],
      }),
      '0/1 CrashLoopBackOff 3 (5m ago)',
    ],
    [
      'that was killed',
      pod({
        phase: 'Failed',
        containerStatuses: [
          container({ state: { terminated: { exitCode: 137, reason: 'OOMKilled' } } }),
        ],
      }),
      '0/1 OOMKilled 0',
    ],
    [
      'that ended without a reason',
      pod({
        phase: 'Failed',
        containerStatuses: [container({ state: { terminated: { exitCode: 2 } } })],
      }),
      '0/1 ExitCode:2 0',
    ],
    [
      'that is done',
      pod({
        phase: 'Succeeded',
        containerStatuses: [
          container({ state: { terminated: { exitCode: 0, reason: 'Completed' } } }),
        ],
      }),
      '0/1 Completed 0',
    ],
    [
      'that is going',
      pod(
        { phase: 'Running', containerStatuses: [container(running)] },
        { deletionTimestamp: '2026-01-01T00:59:59Z' },
      ),
      '1/1 Terminating 0',
    ],
    [
      'whose node is lost',
      pod(
        { phase: 'Running', reason: 'NodeLost', containerStatuses: [container(running)] },
        { deletionTimestamp: '2026-01-01T00:59:59Z' },
      ),
      '1/1 Unknown 0',
    ],
    ['that was evicted', pod({ phase: 'Failed', reason: 'Evicted' }), '0/1 Evicted 0'],
    [
      'that prepares',
      pod(
        {
          phase: 'Pending',
          initContainerStatuses: [container({ name: 'i', state: { running: {} } })],
        },
        {},
        { initContainers: [{ name: 'i' }, { name: 'j' }] },
      ),
      '0/1 Init:0/2 0',
    ],
    [
      'that fails to prepare',
      pod(
        {
          phase: 'Pending',
          initContainerStatuses: [
            container({ name: 'i', state: { terminated: { exitCode: 1, reason: 'Error' } } }),
          ],
        },
        {},
        { initContainers: [{ name: 'i' }] },
      ),
      '0/1 Init:Error 0',
    ],
    [
      'that crashes while it prepares',
      pod(
        {
          phase: 'Pending',
          initContainerStatuses: [
            container({
              name: 'i',
              restartCount: 2,
              state: { waiting: { reason: 'CrashLoopBackOff' } },
            }),
          ],
        },
        {},
        { initContainers: [{ name: 'i' }] },
      ),
      '0/1 Init:CrashLoopBackOff 2',
    ],
    [
      'with a sidecar',
      pod(
        {
          phase: 'Running',
          conditions: ready,
          initContainerStatuses: [container({ name: 'i', started: true, ...running })],
          containerStatuses: [container(running)],
        },
        {},
        { initContainers: [{ name: 'i', restartPolicy: 'Always' }] },
      ),
      '2/2 Running 0',
    ],
  ])('%s', (_name, object, expected) => {
    const { Ready: isReady, Status: status, Restarts: restarts } = shown('Pod', object)
    expect(
      `${JSON.stringify(isReady)} ${JSON.stringify(status)} ${JSON.stringify(restarts)}`.replaceAll(
        '"',
        '',
      ),
    ).toBe(expected)
  })
})

test.each<[string, JsonObject, Record<string, Json>]>([
  [
    'Node',
    {
      metadata: {
        labels: {
          'node-role.kubernetes.io/worker': '',
          'node-role.kubernetes.io/control-plane': '',
        },
      },
      spec: { unschedulable: true },
      status: { conditions: [{ type: 'Ready', status: 'Unknown' }] },
    },
    { Status: 'NotReady,SchedulingDisabled', Roles: 'control-plane,worker', Age: '60m' },
  ],
  ['Node', { status: {} }, { Status: 'Unknown', Roles: '<none>', 'Internal-IP': '<none>' }],
  [
    'Service',
    {
      spec: {
        type: 'LoadBalancer',
        clusterIP: '10.96.0.1',
        ports: [
          { port: 80, nodePort: 30_080, protocol: 'TCP' },
          { port: 53, protocol: 'UDP' },
        ],
      },
    },
    { 'External-IP': '<pending>', 'Port(s)': '80:30080/TCP,53/UDP', Selector: '<none>' },
  ],
  [
    'Deployment',
    {
      spec: {
        replicas: 3,
        selector: { matchLabels: { b: '2', a: '1' } },
        template: {
          spec: {
            containers: [
              { name: 'c', image: 'i' },
              { name: 'd', image: 'j' },
            ],
          },
        },
      },
      status: { readyReplicas: 1, updatedReplicas: 2 },
    },
    {
      Ready: '1/3',
      'Up-to-date': '2',
      Available: '0',
      Containers: 'c,d',
      Images: 'i,j',
      Selector: 'a=1,b=2',
    },
  ],
  [
    'Job',
    { spec: { completions: 3 }, status: { succeeded: 1, startTime: '2026-01-01T00:58:00Z' } },
    { Status: 'Running', Completions: '1/3', Duration: '2m' },
  ],
  [
    'Job',
    {
      spec: {},
      status: {
        succeeded: 1,
        startTime: '2026-01-01T00:00:00Z',
        completionTime: '2026-01-01T00:00:07Z',
        conditions: [{ type: 'Complete', status: 'True' }],
      },
    },
    { Status: 'Complete', Completions: '1/1', Duration: '7s' },
  ],
  [
    'Event',
    {
      type: 'Warning',
      reason: 'BackOff',
      message: 'back-off\n',
      involvedObject: { kind: 'Pod', name: 'p', fieldPath: 'spec.containers{a}' },
      source: { component: 'kubelet', host: 'n' },
      firstTimestamp: '2026-01-01T00:30:00Z',
      lastTimestamp: '2026-01-01T00:59:30Z',
      count: 9,
    },
    {
      'Last Seen': '30s',
      Object: 'pod/p',
      Subobject: 'spec.containers{a}',
      Source: 'kubelet, n',
      Message: 'back-off',
      'First Seen': '30m',
      Count: 9,
    },
  ],
  [
    'Event',
    {
      regarding: { kind: 'Node', name: 'n' },
      note: 'it came',
      eventTime: '2026-01-01T00:59:00.000000Z',
      reportingController: 'scheduler',
      series: { count: 4, lastObservedTime: '2026-01-01T00:59:59.000000Z' },
    },
    { 'Last Seen': '1s', Object: 'node/n', Message: 'it came', Source: 'scheduler', Count: 4 },
  ],
  [
    'PersistentVolumeClaim',
    {
      spec: { storageClassName: 's', accessModes: ['ReadWriteOnce'] },
      status: { phase: 'Pending' },
    },
    {
      Status: 'Pending',
      Volume: '',
      Capacity: '',
      'Access Modes': '',
      VolumeAttributesClass: '<unset>',
      VolumeMode: 'Filesystem',
    },
  ],
  [
    'PersistentVolume',
    {
      metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' },
      spec: {
        capacity: { storage: '1Gi' },
        accessModes: ['ReadWriteMany', 'ReadWriteOnce'],
        claimRef: { namespace: 'n', name: 'c' },
      },
      status: { phase: 'Bound' },
    },
    { Status: 'Terminating', Claim: 'n/c', 'Access Modes': 'RWO,RWX', Reason: '' },
  ],
  [
    'EndpointSlice',
    {
      addressType: 'IPv4',
      endpoints: [
        { addresses: ['10.0.0.1', '10.0.0.2'] },
        { addresses: ['10.0.0.3', '10.0.0.4', '10.0.0.5'] },
      ],
      ports: [{ port: 80 }],
    },
    { Ports: '80', Endpoints: '10.0.0.1,10.0.0.2,10.0.0.3 + 2 more...' },
  ],
  ['EndpointSlice', {}, { Ports: '<unset>', Endpoints: '<unset>' }],
  [
    'ControllerRevision',
    {
      metadata: {
        ownerReferences: [
          { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 's', controller: true },
        ],
      },
      revision: 2,
    },
    { Controller: 'statefulset.apps/s', Revision: 2 },
  ],
  [
    'PodDisruptionBudget',
    { spec: { minAvailable: '50%' }, status: { disruptionsAllowed: 1 } },
    { 'Min Available': '50%', 'Max Unavailable': 'N/A', 'Allowed Disruptions': 1 },
  ],
  [
    'CronJob',
    { spec: { schedule: '@daily' }, status: {} },
    { Schedule: '@daily', Timezone: '<none>', Suspend: 'False', 'Last Schedule': '<none>' },
  ],
  [
    'NetworkPolicy',
    {
      spec: {
        podSelector: {
          matchExpressions: [
            { key: 'a', operator: 'In', values: ['b', 'c'] },
            { key: 'd', operator: 'Exists' },
          ],
        },
      },
    },
    { 'Pod-Selector': 'a in (b,c),d' },
  ],
])('%s %#', (kind, object, expected) => {
  expect(shown(kind, object)).toMatchObject(expected)
})
