// Durations inside a node, in ms. Each names its source.

export type Range = readonly [fromMs: number, toMs: number]

export const delays = {
  /**
   * From the machine's start to an open API port, answering 500.
   * @source measured on a v1.35 node, docker restart: +0.6 s
   */
  apiOpens: 600,
  /**
   * From the machine's start to /readyz 200.
   * @source measured on a v1.35 node, docker restart: +4.3 s
   */
  apiServes: 4300,
  /**
   * How long etcd takes to elect a leader once a majority of members is back.
   * @source Kubernetes default: etcd --election-timeout 1000 ms
   */
  etcdElects: 1200,

  /**
   * From the machine's start to the event "Starting kubelet."
   * @source measured on a v1.35 node, docker restart: +5.2 s
   */
  kubeletStarts: 5200,
  /**
   * From there to NodeAllocatableEnforced.
   * @source measured on a v1.35 node, 0.8 s before the correction of the stale statuses
   */
  kubeletEnforces: 1600,
  /**
   * From the kubelet's start to its first status of the node.
   * @source measured on a v1.35 node, 0.7 s before the correction
   */
  kubeletReports: 1700,
  /**
   * From the kubelet's start until it corrects the pod statuses in the API: about 4 s after the API
   * shows it again.
   * @source measured on a v1.35 node, docker restart on the current image
   */
  kubeletCorrects: 2400,
  /** From the correction to the first new sandbox. @source measured on a v1.35 node: 0.25-0.3 s */
  kubeletRevives: 280,
  /**
   * From the kubelet's start until the control-plane taint is back.
   * @source k8s skill: it reappears within 5 s
   */
  taintReturns: 1000,

  /** @source Kubernetes default: nodeLeaseDurationSeconds 40, renewed every quarter of it */
  leaseRenews: 10_000,
  leaseLasts: 40_000,
  /** @source Kubernetes default: nodeStatusUpdateFrequency 10 s */
  nodeStatusLoop: 10_000,
  /** @source Kubernetes default: nodeStatusReportFrequency 5 min, when nothing changed */
  nodeStatusReports: 300_000,
  /**
   * How often the kubelet asks containerd whether there is a network.
   * @source Kubernetes default: updateRuntimeUp every 5 s
   */
  runtimeChecked: 5000,

  /**
   * How long watch events take to a kubelet.
   * @source measured on a v1.35 node: bound to first status 5-25 ms
   */
  watch: [5, 20] as Range,
  /** @source Kubernetes default: PLEG relist period 1 s */
  relist: 1000,
  /** @source measured on a v1.35 node: first status to Pulled, 0.5-0.6 s */
  sandboxMade: [430, 560] as Range,
  /** @source measured on a v1.35 node: a sandbox without network fails after 0.14-0.36 s */
  sandboxFails: [140, 360] as Range,
  /**
   * @source Kubernetes default: backOffPeriod 10 s with jitter 0.5, taken up by the next 1 s sync
   * tick; measured 11-15 s
   */
  syncRetries: [10_000, 15_000] as Range,
  /**
   * @source Kubernetes default: backOffOnTransientErrorPeriod 1 s with jitter 0.5 (network is not
   * ready)
   */
  syncRetriesTransient: [1000, 1500] as Range,
  /** @source Kubernetes default: the kubelet checks its work queue every 1 s */
  syncTick: 1000,
  /** @source measured on a v1.35 node: Pulled to Created */
  containerCreated: [15, 40] as Range,
  /** @source measured on a v1.35 node: Created to Started */
  containerStarted: [110, 220] as Range,
  /**
   * From Started to the status running.
   * @source measured on a v1.35 node: 0.68-0.97 s in seven starts
   */
  containerSeen: [680, 970] as Range,
  /**
   * From SIGTERM to the noticed exit of an app that obeys at once.
   * @source measured on a v1.35 node: Killing to Failed 0.29 s
   */
  containerStops: [220, 340] as Range,
  /**
   * From SIGKILL to the noticed exit.
   * @source assumed, not measured: less than a stop by SIGTERM
   */
  containerKilled: [60, 140] as Range,
  /** From the last exit to the object's removal. @source measured on a v1.35 node: 0.3-0.5 s */
  podRemoved: [320, 540] as Range,
  /**
   * How long an init container runs that only copies files.
   * @source measured on a v1.35 node: flannel's install-config is over 0.2 s after Started
   */
  initRuns: [60, 180] as Range,
  /**
   * From a started container to its first readiness probe, run out of turn.
   * @source measured on a v1.35 node: 0.17-0.64 s
   */
  probeTrigger: [150, 600] as Range,

  /**
   * @source Kubernetes default: MaxContainerBackOff 300 s, from 10 s, doubling; forgotten after
   * twice the maximum
   */
  backOffFirst: 10_000,
  backOffMost: 300_000,

  /**
   * Pull of an image that the node lacks.
   * @source assumed, not measured: tens of MB over a home line
   */
  imagePull: [1200, 6000] as Range,
  /**
   * A pull with policy Always of an image that is present: the registry confirms the digest.
   * @source assumed, not measured: one round trip and TLS
   */
  imageChecked: [250, 800] as Range,
  /** A pull that fails. @source assumed, not measured */
  imageFails: [400, 1500] as Range,

  /**
   * From flanneld's start to /run/flannel/subnet.env.
   * @source measured on a v1.35 node: 1.08 s, of which it waits one second for its node
   */
  flannelWrites: [1030, 1130] as Range,
  /**
   * How soon flanneld exits without br_netfilter (k8s skill, flannel crash loop).
   * @source assumed, not measured: at once
   */
  flannelExits: [100, 400] as Range,

  /**
   * From the machine's start to that of kube-proxy, if no pod runs it.
   * @source measured on a v1.35 node: +5.4 s
   */
  proxyStarts: 5400,
  /**
   * From kube-proxy's start to its first rules.
   * @source measured on a v1.35 node: syncs take about 0.05-0.1 s
   */
  proxySyncs: [50, 90] as Range,
  /** @source Kubernetes default: kube-proxy minSyncPeriod 1 s; measured as a 1-second grid */
  proxyMinSync: 1000,
  /**
   * Interval between two ICMP "port unreachable" after a burst of 6.
   * @source Linux default: net.ipv4.icmp_ratelimit 1000 ms
   */
  icmpEvery: 1000,
  icmpBurst: 6,
} as const
