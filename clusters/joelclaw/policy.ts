// joelclaw: one Talos node in Docker in a Colima VM on a Mac mini, as ADR-0148 and the k8s skill
// require it.
import { definePolicy } from '#src/model/policy/define.ts'
import { choices } from './choices.ts'
import { clauses } from './clauses.ts'
import { manifests } from './rules.ts'
import { ports } from './ports.ts'
import { waivers } from './waivers.ts'
import { workloads } from './workloads.ts'

const agents = '/Users/joel/Library/LaunchAgents'
const repository = '/Users/joel/Code/joelhooks/joelclaw'
const nas = '/Volumes/three-body/backups'

export default definePolicy({
  cluster: 'joelclaw',
  description: 'joelclaw: a single Talos node on Colima that everything runs on',
  status: 'active',
  owner: 'joel',
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
      id: 'k8s skill (later vintage)',
      title: 'Operating notes of the cluster, 2026-03-07 to 2026-03-17, with Dkron and AIStor',
    },
    {
      id: 'joelclaw history',
      title: 'Incidents and commits of the public repository until 2026-08',
    },
  ],
  clauses: [...clauses],
  identity: {
    // admin@joelclaw is missing on purpose: when the documents were written, it pointed to a dead
    // cluster.
    contexts: ['admin@joelclaw-1'],
    // kubeSystemUid: not known from the documents. `kubectl get ns kube-system -o
    // jsonpath={.metadata.uid}` gives it.
    talosconfig: '~/.talos/config',
  },
  nodes: [
    {
      name: 'joelclaw-controlplane-1',
      role: 'control-plane',
      // cpus @source k8s skill, first vintage: cluster made with 2.0; memory @source joelclaw
      // history, 2026-05-30: 18g
      container: {
        name: 'joelclaw-controlplane-1',
        restartPolicy: 'unless-stopped',
        memory: '18 GiB',
        cpus: 2,
      },
    },
  ],
  namespaces: ['joelclaw', 'aistor', 'kube-system', 'local-path-storage'],
  // Both: the removal serves the charts without the toleration, which the taint would strand.
  taints: { controlPlane: 'remove', templatesTolerate: true },
  network: {
    flannel: { as: 'daemonset', namespace: 'kube-system', name: 'kube-flannel' },
    kernelModules: ['br_netfilter'],
    sysctls: {
      'net.bridge.bridge-nf-call-iptables': '1',
      'net.bridge.bridge-nf-call-ip6tables': '1',
    },
  },
  workloads: [...workloads],
  ports: [...ports],
  endpoints: { api: { container: 6443 }, talos: { container: 50000 } },
  services: {
    harmfulNames: [
      {
        name: 'dkron',
        because:
          'it injects DKRON_* variables that Dkron parses as its configuration; ' +
          'the names are dkron-svc and dkron-peer',
      },
      {
        name: 'inngest',
        namespace: 'joelclaw',
        because:
          'it injects INNGEST_PORT, which the Inngest binary parses; the name is inngest-svc',
      },
      {
        name: 'minio',
        namespace: 'joelclaw',
        because:
          'older clients expect the former MinIO behind it; AIStor keeps to its own namespace',
      },
    ],
    // The alias of the k3d days, which nothing in Talos resolves. @source joelclaw history,
    // 2026-02: worker URL in the Inngest manifest
    legacyHosts: ['host.k3d.internal'],
  },
  images: { unavailable: ['minio/minio:RELEASE.2025-10-15T17-29-55Z'] },
  manifests,
  webhooksOff: [
    {
      contains: 'object-store',
      because: 'upgrades of the AIStor operator fail over the ownership of its caBundle',
    },
  ],
  storage: {
    // The four that ADR-0148 calls critical. 26 h: nightly jobs and two hours to run. @source
    // joelclaw history: Redis 03:30, Typesense 03:00
    claims: [
      {
        namespace: 'joelclaw',
        name: 'data-redis-0',
        holds: 'the state of the event bus',
        // The last real dump had 113 KiB; a dump without data has about 90 bytes. @source joelclaw
        // history, 2026-05-16
        backup: {
          by: 'files',
          folder: `${nas}/redis`,
          prefix: 'dump-',
          maxAge: '26 h',
          minSize: '1 KiB',
        },
      },
      {
        namespace: 'joelclaw',
        name: 'data-typesense-0',
        holds: 'telemetry and search indices',
        // 450,000 documents do not fit into less. @source joelclaw history, 2026-03-14
        backup: {
          by: 'files',
          folder: `${nas}/typesense`,
          prefix: 'snapshot-',
          maxAge: '26 h',
          minSize: '1 MiB',
        },
      },
      // History backed up neither of the next two; the ADR asks for it. 4 KiB: one page of an
      // SQLite file, so less is no database.
      {
        namespace: 'joelclaw',
        name: 'data-inngest-0',
        holds: 'the history of runs',
        backup: {
          by: 'files',
          folder: `${nas}/inngest`,
          prefix: 'main-',
          maxAge: '26 h',
          minSize: '4 KiB',
        },
      },
      {
        namespace: 'joelclaw',
        name: 'bluesky-pds-data',
        holds: 'the AT Protocol repositories and the identity of the PDS',
        backup: {
          by: 'files',
          folder: `${nas}/bluesky-pds`,
          prefix: 'pds-',
          maxAge: '26 h',
          minSize: '4 KiB',
        },
      },
    ],
    disks: [
      { path: '/', limit: '80 %' },
      { path: '/var/lib/docker', limit: '80 %' },
    ],
  },
  host: {
    kind: 'colima',
    profile: 'default',
    // The jobs at the time of the documents. Two came later: kube-operator-access, which pins the
    // ports and skips TLS (see the choices), and a system-bus-worker on the Mac, which would need
    // host port 3111, mapped here.
    launchd: [
      { label: 'com.joel.colima', plist: `${agents}/com.joel.colima.plist` },
      {
        label: 'com.joel.k8s-reboot-heal',
        plist: `${agents}/com.joel.k8s-reboot-heal.plist`,
        scripts: [`${repository}/infra/k8s-reboot-heal.sh`],
      },
      { label: 'com.joel.talon', plist: `${agents}/com.joel.talon.plist` },
    ],
    requiredPath: '/opt/homebrew/bin',
  },
  budgets: {
    // @source joelclaw history, heal script: 300 s to converge
    stuckPod: '300 s',
    // @source joelclaw history, heal script: 120 s of grace after a restart
    unknownPod: '120 s',
    // @source joelclaw history, heal script: both together
    recovery: '420 s',
  },
  waivers: [...waivers],
  choices: [...choices],
  drillTargets: {
    // Its chart offers no toleration. @source joelclaw history, manifests
    displaced: { kind: 'Deployment', namespace: 'joelclaw', name: 'bluesky-pds', port: 'pds' },
    hanging: {
      kind: 'StatefulSet',
      namespace: 'joelclaw',
      name: 'typesense',
      container: 'typesense',
      program: 'typesense-server',
      port: 'typesense',
      // What the ADR asks for: late enough that a reload after a restart is not killed. @source
      // joelclaw history, time budgets
      liveness: {
        httpGet: { path: '/health', port: 8108 },
        periodSeconds: 10,
        timeoutSeconds: 3,
        failureThreshold: 3,
        initialDelaySeconds: 60,
      },
    },
    forwarded: { namespace: 'joelclaw', service: 'inngest-svc', local: 18_288, remote: 8_288 },
    // @source k8s skill (first vintage), Services, PDS port trap
    upgraded: { port: 'pds', nodePort: 9_627 },
    // @source joelclaw history, 2026-07-23: a tag that was never pushed, recorded by a deploy
    deployed: {
      kind: 'Deployment',
      namespace: 'joelclaw',
      name: 'system-bus-worker',
      container: 'system-bus-worker',
      image: 'ghcr.io/joelhooks/system-bus-worker:holdfast-never-pushed',
    },
  },
  limits: {
    // Everything runs on one node and most of it once: each drill of this rotation takes all of
    // something. @source ADR-0148, Context
    allows: [
      {
        guard: 'replica-share',
        because:
          'one node runs everything, most of it with one replica: ' +
          'the policy promises that it comes back, not that it stays up',
      },
      {
        guard: 'last-replica',
        because:
          'one node runs everything, most of it with one replica: ' +
          'the policy promises that it comes back, not that it stays up',
      },
      {
        guard: 'last-control-plane',
        because:
          'the only node is the only control plane, and this policy was written for its restart',
      },
      {
        guard: 'last-volume-copy',
        because:
          'local-path keeps each volume on the only node; ' +
          'the claims that matter have backups outside it',
      },
      {
        guard: 'unbacked-claim',
        of: 'aistor/data-aistor-s3-pool-0-0',
        because:
          'not among the claims that ADR-0148 calls critical, and nothing here deletes a claim',
      },
      {
        guard: 'unbacked-claim',
        of: 'joelclaw/data-dkron-0',
        because:
          'not among the claims that ADR-0148 calls critical, and nothing here deletes a claim',
      },
    ],
  },
  nightly: {
    drills: 3,
    rotation: [
      'restart-colima',
      'colima-zombie',
      'flannel-pod-killed',
      'flannel-crash-loops-without-br-netfilter',
      'flannel-loses-its-subnet',
      'node-comes-back-tainted',
      'api-port-drifts',
      'node-container-killed',
      'node-container-paused',
      'node-comes-back-cordoned',
      'pds-nodeport-reset',
      'port-forward-dies-silently',
      'typesense-hangs',
      'typesense-hangs-unnoticed',
      'image-missing',
    ],
  },
})
