// honeydue as its failure catalogue tells of it: three k3s nodes at Hetzner behind Cloudflare.
// Planned only.
import { definePolicy } from '#src/model/policy/define.ts'
import { clauses } from './clauses.ts'
import { workloads } from './workloads.ts'

// Every value without a remark is in the document; a remark says where a value comes from when it
// is not.
export default definePolicy({
  cluster: 'honeydue',
  description:
    'honeydue: three k3s nodes at Hetzner behind Cloudflare; data in Neon and B2, mail by Fastmail, images from Gitea',
  status: 'planned',
  documents: [{ id: 'failure-modes', title: '16 — Failure Modes' }],
  clauses,
  identity: {
    // The document names no context; `default`, what k3s writes, would match any k3s. No uid is
    // known: not compared.
    contexts: ['honeydue'],
  },
  nodes: [
    // All three vote in Raft and carry work. The document names the first; 2 and 3 continue its
    // name.
    { name: 'ubuntu-8gb-nbg1-1', role: 'control-plane' },
    { name: 'ubuntu-8gb-nbg1-2', role: 'control-plane' },
    { name: 'ubuntu-8gb-nbg1-3', role: 'control-plane' },
  ],
  namespaces: ['honeydue', 'kube-system'],
  taints: {
    // All work runs on the servers, so a taint on one of them is foreign; k3s sets none by default.
    controlPlane: 'remove',
  },
  network: { flannel: { as: 'built-in' } },
  workloads,
  manifests: {
    // “liveness probe is the same endpoint as readiness”: named as the reason why no restart ends a
    // deadlock of the api.
    probes: { livenessDiffers: ['honeydue/api'] },
    // Images are tagged by SHA and pulled with IfNotPresent.
    images: { pinned: 'tag', fromCache: true },
    // Every upgrade of a node begins with a drain.
    drains: true,
  },
  // Users come through Cloudflare to Traefik on :80 and :443 of every node; the document tells of
  // no NodePort.
  ports: [],
  // Not in the document; the default of k3s.
  endpoints: { api: { container: 6443, pinned: 6443 } },
  storage: {
    claims: [
      {
        namespace: 'honeydue',
        // The document names no claim; named after the workload that mounts it.
        name: 'redis',
        holds: 'the cache, which fills again, and the state of the Asynq queue, which is lost',
        backup: {
          by: 'loss-accepted',
          because: 'the cache fills again, pending jobs are retried, crons fire at their next tick',
        },
      },
    ],
    disks: [
      // The document asks du there and gives no limit; 85 % is where the kubelet begins to remove
      // images. @source Kubernetes default
      { path: '/var/lib/rancher', limit: '85 %' },
    ],
  },
  external: [
    {
      name: 'Neon',
      purpose: 'Postgres',
      usedBy: ['honeydue/api'],
      whenDown: 'every change fails; reads go on from the cache until it expires',
      source: '16 — Failure Modes, External service failures › Neon Postgres outage',
    },
    {
      name: 'Backblaze B2',
      purpose: 'images',
      usedBy: ['honeydue/api'],
      whenDown: 'uploads fail; downloads fail unless Cloudflare has them',
      source: '16 — Failure Modes, External service failures › Backblaze B2 outage',
    },
    {
      name: 'Fastmail',
      purpose: 'SMTP',
      usedBy: ['honeydue/worker'],
      whenDown: 'mails are retried, and given up in the end',
      source: '16 — Failure Modes, External service failures › Fastmail SMTP unreachable',
    },
    {
      name: 'Gitea',
      purpose: 'image registry',
      whenDown: 'new pods wait for their images; running pods go on',
      source: '16 — Failure Modes, External service failures › Gitea registry unreachable',
    },
    {
      name: 'Cloudflare',
      purpose: 'DNS and the edge',
      whenDown: 'the whole site cannot be reached through it',
      source: '16 — Failure Modes, Cloudflare-level',
    },
  ],
  budgets: {
    // Rescheduling takes about 5 min, grace and eviction together: a pod that is stuck longer has
    // not been rescheduled.
    stuckPod: '5 min',
    unknownPod: '5 min',
    // 40 s of grace and 5 min until eviction, rounded up: the document gives no time for the new
    // pod's start.
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
        '40 s only make the node NotReady; eviction waits for its own time after that, and the same section counts both',
      source: "16 — Failure Modes, Failure catalog › Node-level › One node's NIC fails",
    },
  ],
  nightly: { drills: 0, rotation: [] },
})
