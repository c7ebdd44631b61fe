// Changes that close the known gaps of joelclaw's manifests, member by member, and decisions on two
// claims.
import type { Change, Path, PolicyInput } from '#src/model/index.ts'

/** One member of an object in `manifests/`, as it should be. */
export interface Repair {
  file: string
  kind: string
  name: string
  path: Path
  change: Change
}

const container: Path = ['spec', 'template', 'spec', 'containers', 0]
const of =
  (file: string, kind: string, name: string) =>
  (path: Path, to: unknown): Repair => ({ file, kind, name, path, change: { to } })
const redis = of('redis.yaml', 'StatefulSet', 'redis')
const inngest = of('inngest.yaml', 'StatefulSet', 'inngest')
const typesense = of('typesense.yaml', 'StatefulSet', 'typesense')
const pds = of('bluesky-pds.yaml', 'Deployment', 'bluesky-pds')
const worker = of('system-bus-worker.yaml', 'Deployment', 'system-bus-worker')
const dkron = of('dkron.yaml', 'StatefulSet', 'dkron')

const get = (path: string, port: string | number) => ({ httpGet: { path, port } })
/** A startup probe that waits as long as its warm-up. */
const every5 = (seconds: number, probe: object) => ({
  ...probe,
  periodSeconds: 5,
  failureThreshold: seconds / 5,
})
/** Not measured yet: the same as their neighbours have. */
const needs = { requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: '1Gi' } }
const classOfClaim: Path = ['spec', 'volumeClaimTemplates', 0, 'spec', 'storageClassName']

const tolerated = {
  key: 'node-role.kubernetes.io/control-plane',
  operator: 'Exists',
  effect: 'NoSchedule',
}

/** The tags are placeholders: no document names the versions that run. */
export const repairs: readonly Repair[] = [
  redis([...container, 'startupProbe'], every5(120, { exec: { command: ['redis-cli', 'ping'] } })),
  redis([...container, 'resources'], needs),
  redis(classOfClaim, 'local-path'),
  inngest([...container, 'image'], 'inngest/inngest:v1.0.0'),
  inngest([...container, 'startupProbe'], every5(120, get('/health', 8288))),
  inngest([...container, 'resources'], needs),
  inngest(classOfClaim, 'local-path'),
  typesense([...container, 'livenessProbe'], {
    ...get('/health', 'http'),
    periodSeconds: 10,
    timeoutSeconds: 3,
  }),
  typesense([...container, 'startupProbe'], every5(300, get('/health', 'http'))),
  pds([...container, 'readinessProbe'], { ...get('/xrpc/_health', 'http'), periodSeconds: 10 }),
  pds([...container, 'startupProbe'], every5(120, get('/xrpc/_health', 'http'))),
  worker([...container, 'startupProbe'], every5(120, get('/', 'http'))),
  worker([...container, 'imagePullPolicy'], 'IfNotPresent'),
  dkron([...container, 'image'], 'dkron/dkron:4.0.0'),
  ...[
    of('livekit.yaml', 'Deployment', 'livekit-server'),
    pds,
    of('aistor-operator.yaml', 'Deployment', 'object-store-operator'),
    of('aistor-operator.yaml', 'Deployment', 'adminjob-operator'),
    of('aistor-objectstore.yaml', 'StatefulSet', 'aistor-s3-pool-0'),
  ].map(template => template(['spec', 'template', 'spec', 'tolerations'], [tolerated])),
]

/** Decisions that no manifest can express: these two claims may be lost with the node. */
export const decided: PolicyInput['storage']['claims'] = [
  {
    namespace: 'joelclaw',
    name: 'data-dkron-0',
    holds: 'the jobs of Dkron',
    backup: {
      by: 'loss-accepted',
      because: '“joelclaw restate cron sync-tier1” seeds them again',
    },
  },
  {
    namespace: 'aistor',
    name: 'data-aistor-s3-pool-0-0',
    holds: 'objects',
    backup: { by: 'loss-accepted', because: 'nothing relies on it yet' },
  },
]
