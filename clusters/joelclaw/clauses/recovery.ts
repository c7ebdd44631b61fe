// Recovery: what holds again after Docker, Colima or the node came back.
import type { ClauseInput } from '#src/model/index.ts'

export const recovery: readonly ClauseInput[] = [
  {
    id: 'recovery.no-untolerated-taint',
    statement:
      'After a restart the only node has no control-plane taint, ' +
      'and no other taint that its pods do not tolerate.',
    source:
      'ADR-0148, Post-Restart Recovery Checklist, step 2; ' +
      'k8s skill (first vintage), Resilience Rules, rule 3',
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
    statement: 'After a restart the node accepts pods: it is not cordoned.',
    source: 'k8s skill (first vintage), Resilience Rules, rule 3',
    kind: 'checklist',
    provenBy: ['nodes-are-schedulable', 'drill:node-comes-back-cordoned', 'fix:uncordon'],
  },
  {
    id: 'recovery.flannel-available',
    statement: 'After a restart flannel runs and is available on every node.',
    source:
      'ADR-0148, Post-Restart Recovery Checklist, step 3; ' +
      'k8s skill (first vintage), Resilience Rules, rule 3',
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
      'When flannel crash-loops, the healer loads br_netfilter into the kernel of the VM ' +
      'and then deletes the flannel pod.',
    source:
      'ADR-0148, Post-Restart Recovery Checklist, step 4; ' +
      'k8s skill (first vintage), Danger Zones, 5',
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
      'Flannel has its subnet.env: without it every new pod fails at its sandbox, ' +
      'while flannel is Running and old pods keep running.',
    story: 'flannel was Running without its file for 17 days before anyone noticed',
    source: 'ADR-0148, Context; joelclaw history, 2026-06-22: broken for 17 days unnoticed',
    kind: 'failure-mode',
    provenBy: ['flannel-has-its-subnet', 'drill:flannel-loses-its-subnet', 'fix:restart-flannel'],
  },
  {
    id: 'recovery.pods-running',
    statement: 'After a restart all pods are Running and ready within a bounded time.',
    source:
      'ADR-0148, Post-Restart Recovery Checklist, step 5; ' +
      'k8s skill (first vintage), Resilience Rules, rule 3',
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
    statement: 'After a restart each mapped port answers a check from the host.',
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
      'The node is Ready by a report of its kubelet from after the restart, not from before it.',
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
      'No pod stays in phase Unknown: the healer deletes what a restart left behind, ' +
      'and its controller replaces it.',
    story: 'a pod stayed Unknown for 32 days',
    source: 'joelclaw history, 2026-07-09: a pod Unknown for 32 days',
    kind: 'lesson',
    provenBy: ['no-pod-is-unknown', 'fix:delete-unknown-pods'],
  },
  {
    id: 'recovery.workloads-at-replicas',
    statement:
      'Each workload has the replicas that the policy sets, zero included; ' +
      'an old ReplicaSet does not hide a failing new one.',
    story:
      'a tag that was never pushed kept the new worker from starting; ' +
      'its predecessor served for nine days before anyone noticed',
    source:
      'joelclaw history, 2026-07-23: worker failing for nine days behind its predecessor; ' +
      '2026-08-01: scaled to zero on purpose',
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
      'A recovery counts once all checks hold through a window; one passing check is not enough.',
    story: 'six checks passed within 90 s of a restart that had not recovered the cluster',
    source: 'joelclaw history, 2026-04-15: six passes in 90 s after a restart',
    kind: 'lesson',
    status: 'planned',
  },
  {
    id: 'recovery.templates-tolerate-control-plane',
    statement: 'Pod templates tolerate the control-plane taint, so that its return does no harm.',
    source: 'joelclaw history, 2026-03-05: tolerations moved into the manifests',
    kind: 'lesson',
    provenBy: ['templates-tolerate-the-control-plane'],
  },
]
