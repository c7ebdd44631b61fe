// Failures of the k3s control plane short of its loss: a diverged etcd, DNS, metrics.
import { under } from '#clusters/honeydue/cite.ts'

const level = 'Failure catalog › k3s control plane failures'

export const controlplane = [
  ...under(`${level} › etcd corruption on one node`, [
    {
      id: 'controlplane.divergence-is-detected',
      kind: 'failure-mode',
      statement:
        'Raft detects that a corrupted etcd member diverges, and its node stops serving writes.',
    },
    {
      id: 'controlplane.diverged-node-rejoins',
      kind: 'rule',
      statement:
        'The operator removes a node with a corrupted etcd from the cluster and joins it again.',
    },
    {
      id: 'controlplane.snapshot-from-peers',
      kind: 'failure-mode',
      statement: 'The rejoining node pulls its etcd snapshot from the surviving peers by itself.',
    },
  ]),
  ...under(`${level} › CoreDNS down`, [
    {
      id: 'dns.names-resolve',
      kind: 'failure-mode',
      statement:
        'Pods resolve Service names: without CoreDNS they cannot, and new TCP connections fail.',
    },
    {
      id: 'dns.open-connections-live',
      kind: 'failure-mode',
      statement: 'Connections that were open before CoreDNS went down keep working.',
    },
    {
      id: 'dns.no-such-host',
      kind: 'lesson',
      statement:
        'A database error that ends in “no such host” points to CoreDNS before the database.',
    },
    {
      id: 'dns.restarts-itself',
      kind: 'failure-mode',
      statement: 'k3s restarts a failed CoreDNS pod without a person.',
    },
    {
      id: 'dns.previous-log-first',
      kind: 'rule',
      statement:
        'When CoreDNS keeps crashing, the operator reads its previous log before any restart.',
    },
    {
      id: 'dns.rollout-restart',
      kind: 'rule',
      statement:
        'When CoreDNS keeps crashing, the operator restarts its Deployment in kube-system.',
    },
    {
      id: 'dns.rare',
      kind: 'lesson',
      statement: 'CoreDNS is rarely down: repeated loss is a finding of its own.',
    },
  ]),
  ...under(`${level} › metrics-server down`, [
    {
      id: 'controlplane.top-answers',
      kind: 'failure-mode',
      statement: 'kubectl top answers. An error there means that metrics-server is down.',
    },
    {
      id: 'controlplane.autoscalers-see',
      kind: 'failure-mode',
      statement:
        'Horizontal autoscalers can scale, which they cannot while metrics-server is down.',
    },
    {
      id: 'controlplane.metrics-server-restarted',
      kind: 'rule',
      statement:
        'The operator restarts the metrics-server Deployment in kube-system when it is down.',
    },
    {
      id: 'controlplane.metrics-server-not-critical',
      kind: 'failure-mode',
      statement: 'The service stays up without metrics-server: its loss is not critical.',
    },
  ]),
]
