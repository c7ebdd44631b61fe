// The workloads of honeydue: the api has three replicas, everything else of its namespace has one.
import type { PolicyInput } from '#src/model/index.ts'

/**
 * Where a comment says so, a warm-up is not in the document: 60 s is a bound, not a measurement.
 */
export const workloads: PolicyInput['workloads'] = [
  {
    namespace: 'honeydue',
    kind: 'Deployment',
    name: 'api',
    // “api: 3 replicas, everything else: 1”
    replicas: 3,
    // Not in the document.
    warmUp: '60 s',
  },
  {
    namespace: 'honeydue',
    // Not in the document, which calls it a pod.
    kind: 'Deployment',
    name: 'admin',
    replicas: 1,
    // It recovers from a crash within 10–30 s.
    warmUp: '30 s',
  },
  {
    namespace: 'honeydue',
    kind: 'Deployment',
    name: 'worker',
    replicas: 1,
    // Not in the document.
    warmUp: '60 s',
  },
  {
    namespace: 'honeydue',
    // Not in the document, which calls it a pod. It runs on the node with the label
    // honeydue/redis=true.
    kind: 'Deployment',
    name: 'redis',
    replicas: 1,
    // Not in the document.
    warmUp: '60 s',
  },
  {
    namespace: 'honeydue',
    kind: 'Deployment',
    name: 'vmagent',
    replicas: 1,
    // Not in the document.
    warmUp: '60 s',
    critical: false,
  },
  {
    namespace: 'kube-system',
    // Not in the document. Cloudflare sends users to Traefik on each node, so each node has one.
    // The k3s default is a Deployment.
    kind: 'DaemonSet',
    name: 'traefik',
    replicas: 3,
    probes: false,
    // Not in the document.
    warmUp: '60 s',
  },
  {
    namespace: 'kube-system',
    kind: 'Deployment',
    name: 'coredns',
    replicas: 1,
    probes: false,
    // Not in the document.
    warmUp: '60 s',
  },
  {
    namespace: 'kube-system',
    kind: 'Deployment',
    name: 'metrics-server',
    replicas: 1,
    probes: false,
    // Not in the document.
    warmUp: '60 s',
    critical: false,
  },
]
