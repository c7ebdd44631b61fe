// sandbox: one real Kubernetes node in a container, started for a run, to rehearse joelclaw's
// policy as far as a single node allows. `--target container` fills in the names of containers, the
// host ports and the kubeconfig when it starts the node.
import { definePolicy } from '#src/model/policy/define.ts'
import type { ClauseInput, PolicyInput } from '#src/model/index.ts'
import { clauses as joelclaw } from '#clusters/joelclaw/clauses.ts'

/** Duties of manifests, which apply to any cluster. */
const ofManifests = [
  'services.images-pinned',
  'services.starts-without-registry',
  'services.resources-stated',
  'services.no-plain-secrets',
  'services.references-lead-somewhere',
]

/** Duties about joelclaw's host, its Talos or its applications, which a lone node does not have. */
const elsewhere = (id: string): boolean =>
  (id.startsWith('host.') && !id.startsWith('host.node-container')) ||
  (id.startsWith('services.') && !ofManifests.includes(id)) ||
  [
    'endpoints.talosconfig-points-to-mapped-port',
    'recovery.br-netfilter',
    'exposure.pds-nodeport-3000',
    'probes.host-network-loopback',
    'exposure.no-persistent-port-forward',
  ].includes(id)

/** The rehearsed duties, without joelclaw's stories. */
const rehearsed: readonly ClauseInput[] = joelclaw
  .filter(({ id }) => !elsewhere(id))
  .map(clause => ({ ...clause, story: undefined }))

const own: readonly ClauseInput[] = [
  {
    id: 'workloads.confined',
    kind: 'rule',
    statement:
      'No container is privileged, gains rights, or shares namespaces and folders with its node.',
    source: 'Kubernetes, Pod Security Standards, Baseline and Restricted',
    provenBy: ['containers-are-confined'],
  },
  {
    id: 'workloads.selectors-fit',
    kind: 'rule',
    statement: 'Each selector matches the labels of its pods.',
    source: 'Kubernetes, Debug Services, Does the Service have any EndpointSlices',
    provenBy: ['selectors-find-their-pods'],
  },
  {
    id: 'ingress.no-shared-single-writer-volume',
    kind: 'failure-mode',
    statement:
      'Replicas of one Deployment never share one ReadWriteOnce volume, not even in a rollout.',
    source:
      'Baptism by Fire, Phase 4: The Traefik Limit and the Necessity of Statelessness › The ' +
      'Clash with Reality',
    provenBy: ['single-writers-have-one-pod'],
  },
  {
    id: 'planned-outage.drained-first',
    kind: 'must',
    statement:
      'A node can be drained: no disruption budget blocks the eviction of its pods for ever.',
    source: '16 — Failure Modes, Planned outages › Node upgrades (OS patches)',
    provenBy: ['budgets-let-nodes-drain'],
  },
  {
    id: 'storage.acknowledged-writes-survive',
    kind: 'must',
    statement:
      'A write that Redis acknowledged survives the death of the process that accepted it.',
    source:
      '16 — Failure Modes, Failure catalog › Application-level › redis pod dies + node is ' +
      'different',
    provenBy: ['acknowledged-writes-are-kept', 'drill:redis-dies-while-writing'],
  },
  {
    id: 'nodes.silent-kubelet',
    kind: 'failure-mode',
    statement:
      'A node with a silent kubelet is NotReady after its grace period, ' +
      'and its services return when the kubelet reports again.',
    source: "16 — Failure Modes, Failure catalog › Node-level › One node's NIC fails",
    provenBy: ['drill:kubelet-falls-silent'],
  },
]

/**
 * A start of a small program on a node that has its image; a first start pulls it. @source measured
 * on a v1.35 node: pod ready after 2.5 s
 */
const warmUp = '60 s'

const service = (name: string): PolicyInput['workloads'][number] => ({
  namespace: 'sandbox',
  kind: 'Deployment',
  name,
  replicas: 1,
  warmUp,
})

/** Docker picks the host port when the node starts. Until then the NodePort stands in for it. */
const port = (
  name: string,
  nodePort: number,
  answers: PolicyInput['ports'][number]['answers'],
): PolicyInput['ports'][number] => ({
  name,
  namespace: 'sandbox',
  service: name,
  host: nodePort,
  container: nodePort,
  nodePort,
  answers,
})

export default definePolicy({
  cluster: 'sandbox',
  description:
    'sandbox: a real Kubernetes node in a container, started for a run and removed after it',
  status: 'active',
  documents: [
    {
      id: 'ADR-0148',
      title: 'Kubernetes Cluster Resilience Policy, with the kubeconfig section of 2026-03-21',
    },
    {
      id: 'k8s skill (first vintage)',
      title: 'Operating notes of the cluster, 2026-02-28 to 2026-03-04',
    },
    {
      id: 'joelclaw history',
      title: 'Incidents and commits of the public repository until 2026-08',
    },
    { id: '16 — Failure Modes', title: 'What can fail at honeydue, and what is done then' },
    { id: 'Baptism by Fire', title: 'What broke in the TazLab cluster, and why' },
    { id: 'Kubernetes', title: 'The documentation of Kubernetes, v1.35' },
  ],
  clauses: [...rehearsed, ...own],
  identity: { contexts: ['default'], kubeconfig: '/nowhere/kubeconfig' },
  nodes: [
    {
      name: 'sandbox-1',
      role: 'control-plane',
      // on-failure: a forgotten node does not come back when Docker starts.
      container: {
        name: 'holdfast-sandbox',
        restartPolicy: 'on-failure',
        memory: '3 GiB',
        cpus: 2,
      },
    },
  ],
  namespaces: ['sandbox', 'kube-system'],
  taints: { controlPlane: 'remove' },
  network: { flannel: { as: 'built-in' } },
  workloads: [
    { namespace: 'sandbox', kind: 'StatefulSet', name: 'redis', replicas: 1, warmUp },
    service('search'),
    service('feed'),
    service('site'),
  ],
  ports: [
    port('redis', 30379, { by: 'tcp', send: 'PING\r\n', contains: 'PONG' }),
    ...[
      ['search', 30080],
      ['feed', 30081],
      ['site', 30082],
    ].map(([name, nodePort]) =>
      port(String(name), Number(nodePort), {
        by: 'http',
        path: '/health',
        json: { ok: true, service: String(name) },
      }),
    ),
  ],
  endpoints: { api: { container: 6443 } },
  manifests: {
    probes: { outlastWarmUp: true },
    // @source Kubernetes, ports and protocols; the range is the default of the API server
    ports: {
      range: { from: 30_000, to: 32_767 },
      reserved: [
        { port: 6443, of: 'the API server' },
        { port: 10_250, of: 'the kubelet' },
      ],
      leaveProbes: true,
      onHost: [],
    },
    images: { pinned: 'tag', fromCache: true },
    claims: { namedClass: true, registered: true, oneWriter: true },
    drains: true,
    resources: { requests: ['cpu', 'memory'], limits: ['memory'] },
    confinement: ['unprivileged', 'no-escalation', 'own-namespaces', 'no-host-paths'],
    noPlainSecrets: true,
    selectors: true,
    references: {},
  },
  storage: {
    claims: [
      {
        namespace: 'sandbox',
        name: 'data-redis-0',
        holds: 'what the drills write',
        backup: { by: 'loss-accepted', because: 'the whole node is removed at the end of the run' },
      },
    ],
    disks: [],
  },
  // A node whose pods take seconds to start. @source measured on a v1.35 node: docker restart, all
  // ready after 20 s
  budgets: { stuckPod: '60 s', unknownPod: '60 s', recovery: '180 s' },
  drillTargets: {
    displaced: { kind: 'Deployment', namespace: 'sandbox', name: 'site', port: 'site' },
    hanging: {
      kind: 'StatefulSet',
      namespace: 'sandbox',
      name: 'redis',
      container: 'redis',
      program: 'redis-server',
      port: 'redis',
      guarded: true,
      liveness: {
        exec: { command: ['redis-cli', 'ping'] },
        periodSeconds: 5,
        timeoutSeconds: 3,
        failureThreshold: 3,
      },
    },
    writing: { port: 'redis', program: 'redis-server', ledger: '/nowhere/ledger.json' },
    upgraded: { port: 'feed', nodePort: 30_091 },
    // The node asks its own `site`, which answers 404 like a registry. A real registry may be
    // unreachable from the node and would not answer at all. @source measured on a v1.35 node:
    // NotFound
    deployed: {
      kind: 'Deployment',
      namespace: 'sandbox',
      name: 'feed',
      container: 'httpd',
      image: 'localhost:30082/feed:holdfast-never-pushed',
    },
  },
  limits: {
    allows: [
      {
        guard: 'replica-share',
        because: 'one node, started for a run and removed after it: it has no other users',
      },
      {
        guard: 'last-replica',
        because: 'one node, started for a run and removed after it: it has no other users',
      },
      {
        guard: 'last-control-plane',
        because: 'one node, started for a run and removed after it: it has no other users',
      },
      {
        guard: 'last-volume-copy',
        because: 'the whole node is removed at the end of the run, with what its volume holds',
      },
    ],
  },
  nightly: {
    drills: 3,
    rotation: [
      'node-comes-back-tainted',
      'node-comes-back-cordoned',
      'flannel-pod-killed',
      'flannel-loses-its-subnet',
      'api-port-drifts',
      'typesense-hangs-unnoticed',
      'typesense-hangs',
      'pds-nodeport-reset',
      'redis-dies-while-writing',
      'node-container-killed',
      'node-container-paused',
      'kubelet-falls-silent',
      'image-missing',
    ],
  },
})
