// The data from which the lab builds a simulated Mac.

/** One published port of a container. `host: 'random'`: Docker chooses one at each start. */
export interface BindingSeed {
  container: number
  host: number | 'random'
  /** `''` binds IPv4 and IPv6, `'0.0.0.0'` IPv4 only, `'127.0.0.1'` the loopback only. */
  hostIp: string
}

export interface ContainerSeed {
  name: string
  image: string
  /** The Kubernetes node in the container. Absent: the container is not a node. */
  node?: string
  controlPlane?: boolean
  /** Address in the cluster's Docker network. Default `10.5.0.2`, counted up. */
  ip?: string
  restartPolicy: RestartPolicyName
  /** 0 is no limit, as Docker writes it. */
  memoryBytes: number
  /** Default: the same as `memoryBytes`. */
  memorySwapBytes?: number
  nanoCpus: number
  bindings: readonly BindingSeed[]
  /** Initial files on its disk, by absolute path; only for a node. */
  files?: Readonly<Record<string, string>>
  /** ms from SIGTERM to its end. Absent: it ignores SIGTERM, so Docker kills it after 10 s. */
  stopsWithin?: number
}

export type RestartPolicyName = '' | 'no' | 'always' | 'unless-stopped' | 'on-failure'

export interface DiskSeed {
  filesystem: string
  mount: string
  sizeKiB: number
  usedKiB: number
}

export interface VmSeed {
  profile: string
  /** As `colima status` names it, e.g. `macOS Virtualization.Framework` or `QEMU`. */
  driver: string
  arch: string
  cpus: number
  /** Bytes. */
  memory: number
  /** Size of the VM's disk in bytes as Colima shows it. Default: the sum of `disks`. */
  disk?: number
  disks: readonly DiskSeed[]
  portForwarder: 'ssh' | 'grpc'
  /** Only with `network.address: true`; without it `status --json` has no `ip_address`. */
  ipAddress?: string
  mountType?: string
  /** Kernel modules loaded at every boot. */
  modules: readonly string[]
  sysctls: Readonly<Record<string, string>>
  /** False: `colima start` was never run. Default true. */
  created?: boolean
  /** Docker's version in the VM. Default 29.0.1. */
  dockerVersion?: string
}

export interface LaunchdSeed {
  label: string
  /** Path of its plist. */
  plist: string
  /** `system`, `gui/501` or `user/501`. */
  domain: string
  state: 'running' | 'waiting'
  pid?: number
  /** Absent: it has never exited. */
  lastExitCode?: number
  arguments: readonly string[]
  /** PATH in the job's environment. Absent: launchd's default. */
  path?: string
  keepAlive?: boolean
}

/**
 * A port of a host process, and its answer to a GET. Without an answer the process accepts and
 * stays silent.
 */
export interface ListenSeed {
  port: number
  answer?: { status: number; body: string }
}

export interface ProcessSeed {
  pid: number
  ppid: number
  user: string
  args: string
  listens?: readonly ListenSeed[]
}

export interface BackupFolderSeed {
  path: string
  files: readonly {
    name: string
    bytes: number
    ageMs: number
    /** The first bytes, for checks of the file's header. */
    head?: string
  }[]
}

/** The systemd unit that runs the node of a server. */
export interface UnitSeed {
  /** Without `.service`, e.g. `k3s`. */
  name: string
  description: string
  documentation: string
  execStart: string
  /** The name of its main process. */
  comm: string
  /** RestartSec, ms. The lab knows only Restart=always. */
  restartMs: number
  /** StartLimitBurst: the most starts within `startLimitIntervalMs`. */
  startLimitBurst: number
  startLimitIntervalMs: number
}

/** A Linux machine with systemd. The host logs in by ssh. One of its units runs a node. */
export interface ServerSeed {
  /** The name and the address by which the host reaches it. */
  name: string
  address: string
  /** The account that accepts the host's key. It may use sudo without a password. */
  user: string
  /** The Kubernetes node, a control plane. */
  node: string
  unit: UnitSeed
  /** Kernel modules that are loaded at the start. */
  modules: readonly string[]
  files?: Readonly<Record<string, string>>
}

export interface HostSeed {
  /** e.g. `/Users/joel` */
  home: string
  user: string
  vm: VmSeed
  containers: readonly ContainerSeed[]
  /** Default: none. */
  servers?: readonly ServerSeed[]
  launchd: readonly LaunchdSeed[]
  /** Absolute or `~/…` paths. */
  files: Readonly<Record<string, string>>
  backups: readonly BackupFolderSeed[]
  processes: readonly ProcessSeed[]
  talos: {
    /** Cluster name in the machine config. `talosctl kubeconfig` writes `admin@<cluster>`. */
    cluster: string
    /** Host of the endpoint in the machine config: the node's own address, e.g. `10.5.0.2`. */
    endpoint: string
    version: string
  }
  /** PEM texts of the API server; `fakeTls` makes them. */
  tls: { ca: string; cert: string; key: string }
}
