// honeydue as its failure catalogue describes it: three k3s nodes at Hetzner behind Cloudflare.
// Planned only.
import { definePolicy } from '#src/model/policy/define.ts'
import { clauses } from './clauses.ts'
import { workloads } from './workloads.ts'

// A value without a comment is in the document. A comment gives the origin of any other value.
export default definePolicy({
  cluster: 'honeydue',
  description:
    'honeydue: three k3s nodes at Hetzner behind Cloudflare; ' +
    'data in Neon and B2, mail by Fastmail, images from Gitea',
  status: 'planned',
  documents: [{ id: 'failure-modes', title: '16 — Failure Modes' }],
  clauses,
  identity: {
    // The document names no context. The k3s default, `default`, would match any k3s. Its uid is
    // unknown and not compared.
    contexts: ['honeydue'],
  },
  nodes: [
    // All three vote in Raft and run workloads. The document names the first; 2 and 3 continue its
    // name.
    { name: 'ubuntu-8gb-nbg1-1', role: 'control-plane' },
    { name: 'ubuntu-8gb-nbg1-2', role: 'control-plane' },
    { name: 'ubuntu-8gb-nbg1-3', role: 'control-plane' },
  ],
  namespaces: ['honeydue', 'kube-system'],
  taints: {
    // All workloads run on the servers, so none of them may have a taint. k3s sets none by default.
    controlPlane: 'remove',
  },
  network: { flannel: { as: 'built-in' } },
  workloads,
  manifests: {
    // “liveness probe is the same endpoint as readiness”: the reason why no restart ends a deadlock
    // of the api.
    probes: { livenessDiffers: ['honeydue/api'] },
    // Images have SHA tags and the pull policy IfNotPresent.
    images: { pinned: 'tag', fromCache: true },
    // Every node upgrade starts with a drain.
    drains: true,
  },
  // Users connect through Cloudflare to Traefik on :80 and :443 of every node. The document
  // mentions no NodePort.
  ports: [],
  // Not in the document. The k3s default.
  endpoints: { api: { container: 6443, pinned: 6443 } },
  storage: {
    claims: [
      {
        namespace: 'honeydue',
        // The document names no claim. This is the name of the workload that mounts it.
        name: 'redis',
        holds: 'the cache, which fills again, and the state of the Asynq queue, which is lost',
        backup: {
          by: 'loss-accepted',
          because: 'the cache fills again, pending jobs retry, cron jobs run at their next tick',
        },
      },
    ],
    disks: [
      // The document runs du there and gives no limit. At 85 % the kubelet begins to remove images.
      // @source Kubernetes default
      { path: '/var/lib/rancher', limit: '85 %' },
    ],
  },
  external: [
    {
      name: 'Neon',
      purpose: 'Postgres',
      usedBy: ['honeydue/api'],
      whenDown: 'every change fails; reads continue from the cache until it expires',
      source: '16 — Failure Modes, External service failures › Neon Postgres outage',
    },
    {
      name: 'Backblaze B2',
      purpose: 'images',
      usedBy: ['honeydue/api'],
      whenDown: 'uploads fail; downloads fail unless Cloudflare has cached them',
      source: '16 — Failure Modes, External service failures › Backblaze B2 outage',
    },
    {
      name: 'Fastmail',
      purpose: 'SMTP',
      usedBy: ['honeydue/worker'],
      whenDown: 'the worker retries mails and gives up in the end',
      source: '16 — Failure Modes, External service failures › Fastmail SMTP unreachable',
    },
    {
      name: 'Gitea',
      purpose: 'image registry',
      whenDown: 'new pods wait for their images; running pods continue',
      source: '16 — Failure Modes, External service failures › Gitea registry unreachable',
    },
    {
      name: 'Cloudflare',
      purpose: 'DNS and the edge',
      whenDown: 'the whole site is unreachable through it',
      source: '16 — Failure Modes, Cloudflare-level',
    },
  ],
  budgets: {
    // Rescheduling takes about 5 min, grace period and eviction together: a pod that is stuck
    // longer was not rescheduled.
    stuckPod: '5 min',
    unknownPod: '5 min',
    // A grace period of 40 s and 5 min until eviction, rounded up: the document gives no start time
    // for the new pod.
    recovery: '6 min',
    nodeNotReady: '40 s',
    eviction: '5 min',
  },
  choices: [
    {
      topic: 'when pods leave a node without network',
      options: [
        'after the grace period of 40 s',
        'after about 5 min, grace period and eviction together',
      ],
      chosen: 'after about 5 min, grace period and eviction together',
      because:
        'after 40 s the node is only NotReady; eviction takes longer, and the section counts both',
      source: "16 — Failure Modes, Failure catalog › Node-level › One node's NIC fails",
    },
  ],
  nightly: { drills: 0, rotation: [] },
})
