// The workloads of joelclaw, what each should have, and how long its start may take.
import type { PolicyInput } from '#src/model/index.ts'

type Workload = PolicyInput['workloads'][number]

/**
 * Grace after a restart in which nothing counts as broken yet. @source joelclaw history, heal
 * script: 120 s
 */
const grace = '120 s'

/**
 * Workloads that Talos and the storage provisioner bring along: their authors define the probes.
 */
const platform = { namespace: 'kube-system', replicas: 1, probes: false, warmUp: '60 s' } as const

export const workloads: readonly Workload[] = [
  { namespace: 'joelclaw', kind: 'StatefulSet', name: 'redis', replicas: 1, warmUp: grace },
  // Loading the indices takes minutes. @source joelclaw history, heal script: 300 s to converge
  { namespace: 'joelclaw', kind: 'StatefulSet', name: 'typesense', replicas: 1, warmUp: '300 s' },
  { namespace: 'joelclaw', kind: 'StatefulSet', name: 'inngest', replicas: 1, warmUp: grace },
  {
    namespace: 'joelclaw',
    kind: 'Deployment',
    name: 'system-bus-worker',
    replicas: 1,
    warmUp: grace,
  },
  // @source joelclaw history, LiveKit reconcile: startup probe every 5 s, 24 times
  {
    namespace: 'joelclaw',
    kind: 'Deployment',
    name: 'livekit-server',
    replicas: 1,
    hostNetwork: true,
    warmUp: '120 s',
  },
  { namespace: 'joelclaw', kind: 'Deployment', name: 'bluesky-pds', replicas: 1, warmUp: grace },
  // @source joelclaw history, Dkron manifest: 5 s and then every 5 s, 24 times
  {
    namespace: 'joelclaw',
    kind: 'StatefulSet',
    name: 'dkron',
    replicas: 1,
    runsAsRoot: true,
    critical: false,
    warmUp: '125 s',
  },
  {
    namespace: 'aistor',
    kind: 'Deployment',
    name: 'adminjob-operator',
    replicas: 1,
    critical: false,
    warmUp: grace,
  },
  {
    namespace: 'aistor',
    kind: 'Deployment',
    name: 'object-store-operator',
    replicas: 1,
    critical: false,
    warmUp: grace,
  },
  {
    namespace: 'aistor',
    kind: 'StatefulSet',
    name: 'aistor-s3-pool-0',
    replicas: 1,
    critical: false,
    warmUp: grace,
  },
  { ...platform, kind: 'Deployment', name: 'coredns', replicas: 2 },
  { ...platform, kind: 'DaemonSet', name: 'kube-flannel' },
  { ...platform, kind: 'DaemonSet', name: 'kube-proxy' },
  {
    ...platform,
    namespace: 'local-path-storage',
    kind: 'Deployment',
    name: 'local-path-provisioner',
    critical: false,
  },
]
