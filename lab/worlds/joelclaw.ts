// joelclaw's Mac mini and its node, as they are when all is well: the seed of the default world.
import { fakeTls } from '#lab/host/pem.ts'
import type {
  BackupFolderSeed,
  BindingSeed,
  ContainerSeed,
  HostSeed,
  LaunchdSeed,
} from '#lab/host/seed.ts'
import { kubeconfigText, plistText, talosconfigText, type Job } from './config-files.ts'

const home = '/Users/joel'
const repository = `${home}/Code/joelhooks/joelclaw`
const GiB = 2 ** 30
const hour = 3_600_000

/**
 * The PATH that infrastructure jobs need. @source k8s skill, first vintage, Resilience Rules, rule
 * 6
 */
const path = '/opt/homebrew/bin:/Users/joel/.local/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin'

/** Ten in the morning in California: the nightly backups are some hours old. */
const startsAt = Date.parse('2026-11-20T18:00:00Z')

/**
 * Host port and container port. @source k8s skill, first vintage, Services; later vintage, Services
 * (AIStor)
 */
const mapped: readonly (readonly [host: number, container: number])[] = [
  [6379, 6379],
  [8108, 8108],
  [8288, 8288],
  [8289, 8289],
  [3111, 3111],
  [7880, 7880],
  [7881, 7881],
  [9627, 3000],
  [31_000, 31_000],
  [31_001, 31_001],
]

/**
 * @source ADR-0148, Kubeconfig Port Drift: the Kubernetes and the Talos API get random host ports
 */
const drifting = [6443, 50_000] as const

const bindings: readonly BindingSeed[] = [
  ...mapped.map(([host, container]) => ({ host, container, hostIp: '0.0.0.0' })),
  ...drifting.map(container => ({ host: 'random' as const, container, hostIp: '0.0.0.0' })),
]

/**
 * What Docker hands out first, in the order of the container ports. @source measured with Docker
 * 20.10
 */
const firstPorts = { api: 32_768, talos: 32_769 } as const

const node: ContainerSeed = {
  name: 'joelclaw-controlplane-1',
  image: 'ghcr.io/siderolabs/talos:v1.12.4',
  node: 'joelclaw-controlplane-1',
  controlPlane: true,
  ip: '10.5.0.2',
  restartPolicy: 'unless-stopped',
  // @source joelclaw history, 2026-05-30: 18g of memory and of memory with swap
  memoryBytes: 18 * GiB,
  // @source k8s skill, first vintage: --cpus-controlplanes 2.0
  nanoCpus: 2e9,
  bindings,
}

/** The cluster that runs, and the one before it, of which only the context is left. */
const tls = fakeTls('joelclaw', 148)
const bygone = fakeTls('joelclaw', 147)

const kubeconfig = kubeconfigText(
  [
    // @source joelclaw history, 2026-02: dead context on port 63324; by name it comes first
    { cluster: 'joelclaw', server: 'https://127.0.0.1:63324', ...bygone },
    { cluster: 'joelclaw-1', server: `https://127.0.0.1:${firstPorts.api}`, ...tls },
  ],
  'admin@joelclaw-1',
)

const jobs: readonly Job[] = [
  {
    label: 'com.joel.colima',
    path,
    home,
    log: `${home}/.local/log/colima.log`,
    // Boots the VM after a login and looks again every five minutes. @source joelclaw history,
    // 2026-02: Reboot hardening
    arguments: ['/opt/homebrew/bin/colima', 'start'],
    every: 300,
  },
  {
    label: 'com.joel.k8s-reboot-heal',
    path,
    home,
    log: `${home}/.local/log/k8s-reboot-heal.log`,
    arguments: ['/bin/bash', `${repository}/infra/k8s-reboot-heal.sh`],
    every: 180,
  },
  {
    label: 'com.joel.talon',
    path,
    home,
    log: `${home}/.local/state/talon/talon.log`,
    arguments: [`${home}/.local/bin/talon`],
  },
]

const plistOf = (job: Job): string => `${home}/Library/LaunchAgents/${job.label}.plist`
/** Any number: launchctl and ps only have to show the same one. */
const talonPid = 812

const launchd: readonly LaunchdSeed[] = jobs.map(job => ({
  label: job.label,
  plist: plistOf(job),
  domain: 'gui/501',
  arguments: job.arguments,
  path: job.path,
  ...(job.every === undefined
    ? { state: 'running', pid: talonPid, keepAlive: true }
    : { state: 'waiting', lastExitCode: 0 }),
}))

/** The healer that joelclaw had; only its PATH is looked at. */
const healScript = `#!/usr/bin/env bash
export PATH="${path}"
set -euo pipefail
kubectl taint nodes joelclaw-controlplane-1 node-role.kubernetes.io/control-plane:NoSchedule- || true
kubectl uncordon joelclaw-controlplane-1 || true
`

const colimaYaml = `cpu: 8
memory: 24
disk: 100
arch: aarch64
runtime: docker
vmType: vz
mountType: virtiofs
nestedVirtualization: false
portForwarder: ssh
network:
  address: true
`

/** Backups of the last nights at 03:30 in California, newest first. */
function nightly(
  folder: string,
  prefix: string,
  suffix: string,
  bytes: number,
  head: string,
): BackupFolderSeed {
  const newest = startsAt - 6.5 * hour
  return {
    path: `/Volumes/three-body/backups/${folder}`,
    files: [0, 1, 2].map(night => {
      const at = newest - night * 24 * hour
      return {
        name: `${prefix}${new Date(at).toISOString().slice(0, 10)}${suffix}`,
        bytes,
        head,
        ageMs: startsAt - at,
      }
    }),
  }
}

export const host: HostSeed = {
  home,
  user: 'joel',
  vm: {
    profile: 'default',
    driver: 'macOS Virtualization.Framework',
    arch: 'aarch64',
    // @source joelclaw history, 2026-05-30: 8 / 24 / 100, as the node container's 18 GiB need it
    cpus: 8,
    memory: 24 * GiB,
    disk: 100 * GiB,
    disks: [
      // @source ADR-0148, Disk Monitoring: 19 GB in all
      { filesystem: '/dev/vda1', mount: '/', sizeKiB: 19_900_000, usedKiB: 9_154_000 },
      // @source joelclaw history: images and claims live on a data disk of their own
      {
        filesystem: '/dev/vdb1',
        mount: '/var/lib/docker',
        sizeKiB: 102_626_232,
        usedKiB: 45_155_542,
      },
    ],
    // @source joelclaw history: Lima's ssh until 2026-05, grpc later
    portForwarder: 'ssh',
    ipAddress: '192.168.64.2',
    mountType: 'virtiofs',
    modules: ['overlay', 'bridge', 'br_netfilter', 'vxlan', 'ip_tables', 'iptable_nat'],
    sysctls: {
      'net.bridge.bridge-nf-call-arptables': '1',
      'net.bridge.bridge-nf-call-iptables': '1',
      'net.bridge.bridge-nf-call-ip6tables': '1',
      'net.ipv4.ip_forward': '1',
    },
  },
  containers: [node],
  launchd,
  files: {
    '~/.kube/config': kubeconfig,
    '~/.talos/config': talosconfigText(
      'joelclaw-1',
      `127.0.0.1:${firstPorts.talos}`,
      '10.5.0.2',
      tls,
    ),
    '~/.colima/default/colima.yaml': colimaYaml,
    [`${repository}/infra/k8s-reboot-heal.sh`]: healScript,
    ...Object.fromEntries(jobs.map(job => [plistOf(job), plistText(job)])),
  },
  backups: [
    // @source joelclaw history, 2026-05-16: the last good dump had 115,761 bytes
    nightly('redis', 'dump-', '.rdb', 115_761, 'REDIS0012'),
    nightly('typesense', 'snapshot-', '.tar', 3_400_000_000, ''),
    nightly('inngest', 'main-', '.sqlite', 412_000_000, 'SQLite format 3'),
    nightly('bluesky-pds', 'pds-', '.tar', 86_000_000, ''),
  ],
  processes: [
    {
      pid: talonPid,
      ppid: 1,
      user: 'joel',
      args: `${home}/.local/bin/talon`,
      listens: [{ port: 9999, answer: { status: 200, body: '{"ok":true}' } }],
    },
    // @source joelclaw history, 2026-02: Caddy terminates TLS for the tailnet
    {
      pid: 640,
      ppid: 1,
      user: 'joel',
      args: `/opt/homebrew/bin/caddy run --config ${home}/.local/caddy/Caddyfile`,
      listens: [3443, 7443, 8290, 8443, 9443].map(port => ({ port })),
    },
  ],
  // Both clusters had this name: the context of the second got a number, and keeps it only when it
  // is asked for by name.
  talos: { cluster: 'joelclaw', version: 'v1.12.4' },
  tls,
}

export const world = {
  name: 'joelclaw',
  /** Folder of `clusters/` whose manifests the cluster runs. */
  manifests: 'joelclaw',
  /**
   * The node takes the control-plane taint at each start. In the state at the start the operator
   * has removed it.
   */
  controlPlaneTaint: true,
  nodes: [
    {
      name: 'joelclaw-controlplane-1',
      controlPlane: true,
      ip: '10.5.0.2',
      podCidr: '10.244.0.0/24',
      // In Docker a kubelet sees the CPUs and the memory of the VM, not the limits of its
      // container.
      cpus: 8,
      memory: 24 * GiB,
      kubelet: 'v1.35.0',
      osImage: 'Talos (v1.12.4)',
    },
  ],
  /**
   * @source k8s skill, first vintage, operations: service-node-port-range of the recreated cluster
   */
  nodePortRange: '1-65535',
  startsAt,
  /** Secrets that the manifests refer to. Their values are made up. */
  secrets: [
    {
      namespace: 'joelclaw',
      name: 'typesense-secret',
      type: 'Opaque',
      data: { 'api-key': 'lab-only-not-a-key' },
    },
    {
      namespace: 'joelclaw',
      name: 'system-bus-env',
      type: 'Opaque',
      data: { INNGEST_EVENT_KEY: 'lab-only-not-a-key' },
    },
    {
      namespace: 'joelclaw',
      name: 'livekit-keys',
      type: 'Opaque',
      data: { keys: 'lab: only-not-a-key' },
    },
    {
      namespace: 'joelclaw',
      name: 'bluesky-pds-secrets',
      type: 'Opaque',
      data: { PDS_JWT_SECRET: 'lab-only-not-a-key' },
    },
    {
      namespace: 'joelclaw',
      name: 'ghcr-pull',
      type: 'kubernetes.io/dockerconfigjson',
      data: { '.dockerconfigjson': '{"auths":{}}' },
    },
    {
      namespace: 'aistor',
      name: 'aistor-env-configuration',
      type: 'Opaque',
      data: { 'config.env': 'export MINIO_ROOT_USER="lab-only"' },
    },
    {
      namespace: 'aistor',
      name: 'aistor-s3-tls',
      type: 'Opaque',
      data: { 'public.crt': tls.cert, 'private.key': tls.key },
    },
  ],
} as const
