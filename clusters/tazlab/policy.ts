// TazLab as its document describes it: Talos Linux on Proxmox, 3 control plane nodes, 4 workers,
// Longhorn, Traefik. Planned only.
import { definePolicy } from '#src/model/policy/define.ts'
import { clauses } from './clauses.ts'

// A value without a comment is in the document. A comment gives the origin of any other value.
export default definePolicy({
  cluster: 'tazlab',
  description:
    'TazLab: Talos Linux on Proxmox, 3 control plane nodes and 4 workers, volumes by Longhorn, ' +
    'ingress by Traefik',
  status: 'planned',
  documents: [
    {
      id: 'baptism-by-fire',
      title: 'Baptism by Fire: Resilience, Deadlock, and Disaster Recovery in the TazLab Cluster',
    },
  ],
  clauses,
  identity: {
    // The document names no context. This is the Talos default for a cluster named tazlab. Its uid
    // is unknown and not compared.
    contexts: ['admin@tazlab'],
  },
  nodes: [
    // The document counts the control plane nodes but does not name them.
    { name: 'control-plane-01', role: 'control-plane' },
    { name: 'control-plane-02', role: 'control-plane' },
    { name: 'control-plane-03', role: 'control-plane' },
    { name: 'worker-new-01', role: 'worker' },
    // 02 and 04 continue the names of 01 and 03.
    { name: 'worker-new-02', role: 'worker' },
    { name: 'worker-new-03', role: 'worker' },
    { name: 'worker-new-04', role: 'worker' },
  ],
  // longhorn-system is the Longhorn default: the document quotes the manager without a namespace.
  namespaces: ['default', 'kube-system', 'longhorn-system', 'traefik'],
  taints: {
    // Not in the document. With 4 workers no workload needs the control plane, so its taint stays.
    controlPlane: 'tolerate',
  },
  network: {
    // The document names no network plug-in. The Talos default is flannel as a DaemonSet.
    flannel: { as: 'daemonset', namespace: 'kube-system', name: 'kube-flannel' },
  },
  workloads: [
    {
      namespace: 'traefik',
      kind: 'Deployment',
      name: 'traefik',
      // One for now: see choices.
      replicas: 1,
      // Not in the document. At most the 3 min from the new pod at T+5 to T+8, when it was still
      // blocked.
      warmUp: '3 min',
    },
    {
      namespace: 'kube-system',
      kind: 'Deployment',
      name: 'coredns',
      // Not in the document. The Talos default.
      replicas: 2,
      probes: false,
      // Not in the document.
      warmUp: '60 s',
    },
    {
      namespace: 'kube-system',
      kind: 'DaemonSet',
      name: 'kube-proxy',
      // One on each of the 7 nodes.
      replicas: 7,
      probes: false,
      hostNetwork: true,
      // Not in the document.
      warmUp: '60 s',
    },
    {
      namespace: 'longhorn-system',
      kind: 'DaemonSet',
      name: 'longhorn-manager',
      // One on each of the 4 workers: the control plane keeps its taint.
      replicas: 4,
      probes: false,
      // Not in the document.
      warmUp: '3 min',
    },
    // The blog is missing: the document names neither its workload nor its namespace.
  ],
  // Replicas of Traefik cannot share its ReadWriteOnce volume. Its claim has no backup, so the
  // volume outlives the claim.
  manifests: { claims: { oneWriter: true, retained: true } },
  // Users connect through Traefik. The document mentions no NodePort.
  ports: [],
  endpoints: {
    api: { container: 6443, pinned: 6443 },
    virtual: { address: '192.168.1.250', port: 6443 },
  },
  storage: {
    claims: [
      {
        namespace: 'traefik',
        // The document elides the name, “pvc-...”. This is the name of the workload that mounts it.
        name: 'traefik',
        holds: 'acme.json: the certificates that Traefik obtained from Let’s Encrypt',
        // The document mentions no backup. A volume that outlives its claim is the safe minimum.
        backup: { by: 'retain' },
      },
    ],
    // The document sets no disk limit.
    disks: [],
  },
  budgets: {
    // From T+5, when the new pod is created, to T+8, when its wait counts as a failure.
    stuckPod: '3 min',
    // Kubernetes evicts the pods of a dead node after about 5 min.
    unknownPod: '5 min',
    // The test in the document fails at T+8.
    recovery: '8 min',
    // T+1 and T+5 in the 5-minute test.
    nodeNotReady: '1 min',
    eviction: '5 min',
  },
  choices: [
    {
      topic: 'replicas of Traefik',
      options: ['1', '3 or more'],
      chosen: '1',
      because: 'its certificates are on a ReadWriteOnce volume; cert-manager will allow 3 or more',
      source:
        'Baptism by Fire, Phase 4: The Traefik Limit and the Necessity of Statelessness › The ' +
        'Clash with Reality',
    },
  ],
  nightly: { drills: 0, rotation: [] },
})
