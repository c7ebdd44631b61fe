// Recovery: what holds again after Docker, Colima or the node came back.
import type { ClauseInput } from '#src/model/index.ts'

export const recovery: readonly ClauseInput[] = [
  {
    id: 'recovery.no-untolerated-taint',
    statement:
      'After a restart the control-plane taint is off the only node again, and no other taint keeps pods away that do not tolerate it.',
    source:
      'ADR-0148, Post-Restart Recovery Checklist, step 2; k8s skill (first vintage), Resilience Rules, rule 3',
    kind: 'checklist',
    provenBy: [
      'taints-are-tolerated',
      'templates-tolerate-the-control-plane',
      'drill:node-comes-back-tainted',
      'fix:remove-control-plane-taint',
    ],
  },
  {
    id: 'recovery.node-not-cordoned',
    statement: 'After a restart the node takes pods: it is not cordoned.',
    source: 'k8s skill (first vintage), Resilience Rules, rule 3',
    kind: 'checklist',
    provenBy: ['nodes-are-schedulable', 'drill:node-comes-back-cordoned', 'fix:uncordon'],
  },
  {
    id: 'recovery.flannel-available',
    statement: 'After a restart flannel runs and is available on every node.',
    source:
      'ADR-0148, Post-Restart Recovery Checklist, step 3; k8s skill (first vintage), Resilience Rules, rule 3',
    kind: 'checklist',
    provenBy: [
      'flannel-serves-every-node',
      'drill:flannel-crash-loops-without-br-netfilter',
      'drill:flannel-pod-killed',
      'fix:restart-flannel',
    ],
  },
  {
    id: 'recovery.br-netfilter',
    statement:
      'When flannel crash-loops, the module br_netfilter is loaded in the kernel of the VM, and then the flannel pod is deleted.',
    source:
      'ADR-0148, Post-Restart Recovery Checklist, step 4; k8s skill (first vintage), Danger Zones, 5',
    kind: 'checklist',
    provenBy: [
      'kernel-is-prepared',
      'drill:flannel-crash-loops-without-br-netfilter',
      'fix:load-kernel-modules',
    ],
  },
  {
    id: 'recovery.flannel-has-subnet',
    statement:
      'Flannel has its subnet.env: without it every new pod fails at its sandbox, while flannel itself looks well and old pods run on.',
    source: 'ADR-0148, Context; joelclaw history, 2026-06-22: broken for 17 days unnoticed',
    kind: 'failure-mode',
    provenBy: ['flannel-has-its-subnet', 'drill:flannel-loses-its-subnet', 'fix:restart-flannel'],
  },
  {
    id: 'recovery.pods-running',
    statement: 'After a restart all pods reach Running and are ready in bounded time.',
    source:
      'ADR-0148, Post-Restart Recovery Checklist, step 5; k8s skill (first vintage), Resilience Rules, rule 3',
    kind: 'checklist',
    provenBy: [
      'no-pod-is-stuck',
      'workloads-have-their-replicas',
      'drill:restart-colima',
      'drill:flannel-loses-its-subnet',
    ],
  },
  {
    id: 'recovery.services-answer-after-restart',
    statement: 'After a restart each mapped port is tried from the host, and answers.',
    source: 'ADR-0148, Post-Restart Recovery Checklist, step 6',
    kind: 'checklist',
    provenBy: ['ports-answer-their-application', 'drill:restart-colima'],
  },
  {
    id: 'recovery.automatic',
    statement: 'Services come back from a restart without a person.',
    source: 'ADR-0148, Consequences',
    kind: 'must',
    provenBy: [
      'node-containers-run',
      'drill:restart-colima',
      'drill:colima-zombie',
      'drill:flannel-pod-killed',
      'drill:node-comes-back-cordoned',
      'drill:node-comes-back-tainted',
      'drill:typesense-hangs',
      'drill:node-container-killed',
      'drill:node-container-paused',
      'drill:kubelet-falls-silent',
      'drill:redis-dies-while-writing',
      'fix:start-node-container',
    ],
  },
  {
    id: 'recovery.node-ready',
    statement:
      'The node is Ready, by the word of a kubelet that reports now and not by what it said before the restart.',
    source: 'ADR-0148, Context; joelclaw history, 2026-04-12: down after a reboot',
    kind: 'failure-mode',
    provenBy: [
      'node-containers-run',
      'nodes-are-ready',
      'drill:node-container-killed',
      'drill:node-container-paused',
      'drill:kubelet-falls-silent',
      'fix:start-node-container',
    ],
  },
  {
    id: 'recovery.no-pod-unknown',
    statement:
      'No pod stays in phase Unknown: what a restart left behind is deleted and made anew by its controller.',
    source: 'joelclaw history, 2026-07-09: a pod Unknown for 32 days',
    kind: 'lesson',
    provenBy: ['no-pod-is-unknown', 'fix:delete-unknown-pods'],
  },
  {
    id: 'recovery.workloads-at-replicas',
    statement:
      'Each workload has the replicas that the policy wants of it, where zero can be what is wanted; an old ReplicaSet does not hide a failing new one.',
    source:
      'joelclaw history, 2026-07-23: worker failing for nine days behind its predecessor; 2026-08-01: scaled to zero on purpose',
    kind: 'lesson',
    provenBy: [
      'newest-templates-run',
      'workloads-have-their-replicas',
      'drill:image-missing',
      'fix:roll-back-workload',
    ],
  },
  {
    id: 'recovery.proven-over-time',
    statement:
      'A restart is not a recovery: it counts when all checks hold through a window, not when one of them passed once.',
    source: 'joelclaw history, 2026-04-15: six passes in 90 s after a restart',
    kind: 'lesson',
    status: 'planned',
  },
  {
    id: 'recovery.templates-tolerate-control-plane',
    statement: 'Pod templates tolerate the control-plane taint, so that its return does no harm.',
    source: 'joelclaw history, 2026-03-05: tolerations moved into the manifests',
    kind: 'lesson',
    status: 'planned',
  },
]
