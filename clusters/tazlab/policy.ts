// TazLab as its document tells of it: Talos Linux on Proxmox, 3 control planes, 4 workers,
// Longhorn, Traefik. Planned only.
import { definePolicy } from '#src/model/policy/define.ts'
import { clauses } from './clauses.ts'

// Every value without a remark is in the document; a remark says where a value comes from when it
// is not.
export default definePolicy({
  cluster: 'tazlab',
  description:
    'TazLab: Talos Linux on Proxmox, 3 control plane nodes and 4 workers, volumes by Longhorn, ingress by Traefik',
  status: 'planned',
  documents: [
    {
      id: 'baptism-by-fire',
      title: 'Baptism by Fire: Resilience, Deadlock, and Disaster Recovery in the TazLab Cluster',
    },
  ],
  clauses,
  identity: {
    // The document names no context; this is what Talos calls that of a cluster named tazlab. No
    // uid is known: not compared.
    contexts: ['admin@tazlab'],
  },
  nodes: [
    // The document counts the control plane nodes and names none of them.
    { name: 'control-plane-01', role: 'control-plane' },
    { name: 'control-plane-02', role: 'control-plane' },
    { name: 'control-plane-03', role: 'control-plane' },
    { name: 'worker-new-01', role: 'worker' },
    // 02 and 04 continue the names of 01 and 03.
    { name: 'worker-new-02', role: 'worker' },
    { name: 'worker-new-03', role: 'worker' },
    { name: 'worker-new-04', role: 'worker' },
  ],
  // longhorn-system is the default of Longhorn: the document quotes its manager without a
  // namespace.
  namespaces: ['default', 'kube-system', 'longhorn-system', 'traefik'],
  taints: {
    // Not in the document. With 4 workers nothing needs to run on the control plane, so its taint
    // stays.
    controlPlane: 'tolerate',
  },
  network: {
    // The document names no network plug-in; flannel as a DaemonSet is the default of Talos.
    flannel: { as: 'daemonset', namespace: 'kube-system', name: 'kube-flannel' },
  },
  workloads: [
    {
      namespace: 'traefik',
      kind: 'Deployment',
      name: 'traefik',
      // One for the time being: see choices.
      replicas: 1,
      // Not in the document: no more than the 3 min between the new pod and the look that found it
      // still blocked.
      warmUp: '3 min',
    },
    {
      namespace: 'kube-system',
      kind: 'Deployment',
      name: 'coredns',
      // Not in the document; the default of Talos.
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
    // The blog that users read is missing: the document names neither its workload nor its
    // namespace.
  ],
  // The replicas of Traefik could not share its ReadWriteOnce volume; its claim has no backup, so
  // its volume outlives it.
  manifests: { claims: { oneWriter: true, retained: true } },
  // Users come through Traefik; the document tells of no NodePort.
  ports: [],
  endpoints: {
    api: { container: 6443, pinned: 6443 },
    virtual: { address: '192.168.1.250', port: 6443 },
  },
  storage: {
    claims: [
      {
        namespace: 'traefik',
        // Elided in the document, “pvc-...”; named after the workload that mounts it.
        name: 'traefik',
        holds: 'acme.json: the certificates that Traefik obtained from Let’s Encrypt',
        // The document tells of no backup: asking for a volume that outlives its claim is the least
        // that is safe.
        backup: { by: 'retain' },
      },
    ],
    // The document sets no limit to any disk.
    disks: [],
  },
  budgets: {
    // From T+5, when the new pod is made, to T+8, when its wait counts as a failure.
    stuckPod: '3 min',
    // Kubernetes evicts the pods of a dead node after about 5 min.
    unknownPod: '5 min',
    // At T+8 the test of the document ends with its failure.
    recovery: '8 min',
    // T+1 and T+5 of the 5-minute test.
    nodeNotReady: '1 min',
    eviction: '5 min',
  },
  choices: [
    {
      topic: 'replicas of Traefik',
      options: ['1', '3 or more'],
      chosen: '1',
      because:
        'its certificates still live on a ReadWriteOnce volume; 3 or more follow the migration to cert-manager',
      source:
        'Baptism by Fire, Phase 4: The Traefik Limit and the Necessity of Statelessness › The Clash with Reality',
    },
  ],
  nightly: { drills: 0, rotation: [] },
})
