// A small policy that uses every rule of the gate, and the variants that some pairs need.
import type { Policy, PolicyInput } from '#src/model/index.ts'
import { policyWith, smallest } from '#tests/model/policy.ts'

const claim = (name: string): NonNullable<PolicyInput['storage']>['claims'][number] => ({
  namespace: 'shop',
  name,
  holds: 'what is sold',
  backup: { by: 'retain' },
})

const port = (service: string, number: number): PolicyInput['ports'][number] => ({
  name: service,
  namespace: 'shop',
  service,
  host: number,
  container: number,
  nodePort: number,
  answers: { by: 'http', path: '/', status: 200 },
})

/**
 * Namespaces: `shop` has the web server, `edge` pods on the host network, `cellar` pods that run as
 * root.
 */
export const policy: Policy = policyWith({
  cluster: 'pairs',
  description: 'the policy by which pairs of manifests are judged',
  clauses: [
    ...smallest.clauses,
    {
      id: 'probes.liveness',
      kind: 'must',
      statement: 'Everything that stays is asked whether it lives.',
      source: 'ADR, probes',
      provenBy: ['containers-have-probes'],
    },
  ],
  kubernetes: '1.35',
  namespaces: ['shop', 'edge', 'cellar'],
  workloads: [
    { namespace: 'shop', kind: 'Deployment', name: 'web', replicas: 1, warmUp: '300 s' },
    {
      namespace: 'edge',
      kind: 'DaemonSet',
      name: 'relay',
      replicas: 1,
      warmUp: '60 s',
      hostNetwork: true,
    },
    {
      namespace: 'cellar',
      kind: 'StatefulSet',
      name: 'scheduler',
      replicas: 1,
      warmUp: '60 s',
      runsAsRoot: true,
    },
  ],
  ports: [
    port('site', 30_080),
    port('admin', 30_081),
    port('twin', 30_086),
    port('metrics', 30_250),
    port('far', 40_001),
    { ...port('relay', 30_095), namespace: 'edge' },
  ],
  services: {
    harmfulNames: [
      {
        name: 'dkron',
        because: 'it injects DKRON_* variables that Dkron parses as its configuration',
      },
    ],
    legacyHosts: ['host.k3d.internal'],
  },
  images: { unavailable: ['minio/minio:RELEASE.2025-10-15T17-29-55Z'] },
  webhooksOff: [
    { contains: 'object-store', because: 'upgrades fail over the ownership of its caBundle' },
  ],
  storage: { claims: ['data', 'data-web-0'].map(claim), disks: [] },
  manifests: {
    probes: {
      outlastWarmUp: true,
      livenessDiffers: ['shop/web'],
      dependencyPaths: ['/health/deep'],
    },
    ports: {
      range: { from: 30_000, to: 32_767 },
      reserved: [{ port: 30_250, of: 'the metrics of the node' }],
      leaveProbes: true,
      onHost: ['edge', 'edge-too'].map(workload => ({ namespace: 'shop', workload, port: 8443 })),
    },
    variables: [
      { namespace: 'shop', workload: 'web', reads: ['REDIS_PORT'], because: 'it wants a number' },
    ],
    images: { pinned: 'tag', fromCache: true },
    claims: {
      namedClass: true,
      defaultClass: 'local-path',
      registered: true,
      retained: true,
      oneWriter: true,
    },
    drains: true,
    resources: { requests: ['cpu', 'memory'], limits: ['memory'] },
    confinement: ['non-root', 'unprivileged', 'no-escalation', 'own-namespaces', 'no-host-paths'],
    noPlainSecrets: true,
    selectors: true,
    references: { elsewhere: [{ kind: 'Secret', namespace: 'shop', name: 'made-by-hand' }] },
  },
})

type Manifests = Policy['manifests']
const asking = (change: Partial<Manifests>): Policy => ({
  ...policy,
  manifests: { ...policy.manifests, ...change },
})

/** Where two rules find the same mistake, the policy of a pair contains only one of them. */
export const others: Readonly<Record<string, Policy>> = {
  'host-services-use-nodeports.wrong-nodeport': asking({
    ports: { reserved: [], leaveProbes: false },
  }),
  'images-are-pinned.no-digest': asking({ images: { pinned: 'digest', fromCache: true } }),
  'critical-data-survive.not-retained': asking({
    claims: { ...policy.manifests.claims, retained: false },
  }),
  'files-can-be-read.example-secret': asking({ noPlainSecrets: false }),
}
