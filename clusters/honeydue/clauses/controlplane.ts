// Failures of the k3s control plane that are not its loss: a diverged etcd, names, metrics.
import { under } from '#clusters/honeydue/cite.ts'

const level = 'Failure catalog › k3s control plane failures'

export const controlplane = [
  ...under(`${level} › etcd corruption on one node`, [
    {
      id: 'controlplane.divergence-is-detected',
      kind: 'failure-mode',
      statement:
        'Raft detects the divergence of a corrupted etcd member, and that node serves no more writes.',
    },
    {
      id: 'controlplane.diverged-node-rejoins',
      kind: 'rule',
      statement: 'A node with a corrupted etcd is removed from the cluster and joins it again.',
    },
    {
      id: 'controlplane.snapshot-from-peers',
      kind: 'failure-mode',
      statement: 'The rejoining node takes its etcd snapshot from the surviving peers by itself.',
    },
  ]),
  ...under(`${level} › CoreDNS down`, [
    {
      id: 'dns.names-resolve',
      kind: 'failure-mode',
      statement:
        'Pods resolve names of Services; while CoreDNS is down they cannot, and new TCP connections fail.',
    },
    {
      id: 'dns.open-connections-live',
      kind: 'failure-mode',
      statement: 'Connections that were open before CoreDNS went down go on working.',
    },
    {
      id: 'dns.no-such-host',
      kind: 'lesson',
      statement:
        'An error of the database that ends in “no such host” is read as a failure of CoreDNS before one of the database.',
    },
    {
      id: 'dns.restarts-itself',
      kind: 'failure-mode',
      statement: 'k3s restarts a CoreDNS pod that went down, with nobody helping.',
    },
    {
      id: 'dns.previous-log-first',
      kind: 'rule',
      statement:
        'Where CoreDNS keeps crashing its previous log is read before anything is restarted.',
    },
    {
      id: 'dns.rollout-restart',
      kind: 'rule',
      statement: 'A CoreDNS that keeps crashing is restarted as a deployment in kube-system.',
    },
    {
      id: 'dns.rare',
      kind: 'lesson',
      statement: 'CoreDNS is rarely down: repeated loss of it is a finding of its own.',
    },
  ]),
  ...under(`${level} › metrics-server down`, [
    {
      id: 'controlplane.top-answers',
      kind: 'failure-mode',
      statement: 'kubectl top answers; an error there shows that metrics-server is down.',
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
      statement: 'A metrics-server that is down is restarted as a deployment in kube-system.',
    },
    {
      id: 'controlplane.metrics-server-not-critical',
      kind: 'failure-mode',
      statement: 'The service stays up without metrics-server: its loss is not critical.',
    },
  ]),
]
