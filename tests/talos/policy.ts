// The policy of the Talos node in Docker: joelclaw's duties that a node without a Mac has, too.
import { clauses as joelclaw } from '#clusters/joelclaw/clauses.ts'
import type { PolicyInput } from '#src/model/index.ts'
import { nodeName, nodePort } from './node.ts'

/** joelclaw's duties that this node has, too. */
const kept = [
  'endpoints.kubeconfig-points-to-mapped-port',
  'endpoints.talosconfig-points-to-mapped-port',
  'endpoints.regenerate-kubeconfig',
  'recovery.node-ready',
  'recovery.automatic',
  'recovery.flannel-available',
  'recovery.no-untolerated-taint',
  'recovery.no-pod-unknown',
  'recovery.pods-running',
  'recovery.services-answer-after-restart',
]

const brought = { namespace: 'kube-system', warmUp: '60 s', probes: false } as const

const because = 'one node, started for a run and removed after it: it has no other users'

/** A policy as data, for a file of its own. `uid`: of namespace kube-system. */
export const policyOf = ({
  container,
  servicePort,
  uid,
}: {
  container: string
  servicePort: number
  uid: string
}) =>
  ({
    cluster: 'talos',
    description: 'a real Talos node in Docker, in the shape of joelclaw',
    status: 'active',
    documents: [
      { id: 'ADR-0148', title: 'Kubernetes Cluster Resilience Policy' },
      { id: 'k8s skill (first vintage)', title: 'Operating notes' },
      { id: 'k8s skill (later vintage)', title: 'Operating notes' },
      { id: 'joelclaw history', title: 'Incidents and commits' },
    ],
    clauses: joelclaw.filter(({ id }) => kept.includes(id)),
    identity: {
      contexts: ['admin@joelclaw'],
      kubeSystemUid: uid,
      talosconfig: '~/.talos/config',
    },
    nodes: [
      {
        name: nodeName,
        role: 'control-plane',
        container: { name: container, restartPolicy: 'unless-stopped', memory: '4 GiB', cpus: 2 },
      },
    ],
    namespaces: ['joelclaw', 'kube-system'],
    taints: { controlPlane: 'remove' },
    network: { flannel: { as: 'daemonset', namespace: 'kube-system', name: 'kube-flannel' } },
    workloads: [
      { namespace: 'joelclaw', kind: 'Deployment', name: 'site', replicas: 1, warmUp: '60 s' },
      // Talos brings these along: its authors define their probes.
      { ...brought, kind: 'Deployment', name: 'coredns', replicas: 2 },
      { ...brought, kind: 'DaemonSet', name: 'kube-flannel', replicas: 1 },
      { ...brought, kind: 'DaemonSet', name: 'kube-proxy', replicas: 1 },
    ],
    ports: [
      {
        name: 'site',
        namespace: 'joelclaw',
        service: 'site',
        host: servicePort,
        container: nodePort,
        nodePort,
        answers: {
          by: 'http',
          path: '/health',
          json: { ok: true, service: 'site' },
        },
      },
    ],
    endpoints: { api: { container: 6443 }, talos: { container: 50_000 } },
    storage: { claims: [], disks: [] },
    budgets: { stuckPod: '300 s', unknownPod: '120 s', recovery: '420 s' },
    drillTargets: {
      displaced: { kind: 'Deployment', namespace: 'joelclaw', name: 'site', port: 'site' },
    },
    limits: {
      allows: (
        ['replica-share', 'last-replica', 'last-control-plane', 'last-volume-copy'] as const
      ).map(guard => ({ guard, because })),
    },
    nightly: {
      drills: 1,
      rotation: [
        'node-comes-back-tainted',
        'node-comes-back-cordoned',
        'flannel-pod-killed',
        'api-port-drifts',
        'node-container-killed',
        'node-container-paused',
      ],
    },
  }) satisfies PolicyInput
