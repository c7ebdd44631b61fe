// joelclaw's healthy Mac mini: VM, node container, files, backups and processes.
import { fakeTls } from '#lab/host/pem.ts'
import type { BackupFolderSeed, BindingSeed, ContainerSeed, HostSeed } from '#lab/host/seed.ts'
import { kubeconfigText, talosconfigText } from './config-files.ts'
import { home, jobFiles, launchd, talonPid } from './joelclaw-jobs.ts'

const GiB = 2 ** 30
const hour = 3_600_000

/** Ten in the morning in California, some hours after the nightly backups. */
export const startsAt = Date.parse('2026-11-20T18:00:00Z')

/** @source k8s skill, first vintage, Services; later vintage, Services (AIStor) */
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

/** Container ports with random host ports. @source ADR-0148, Kubeconfig Port Drift */
const drifting = [6443, 50_000] as const

const bindings: readonly BindingSeed[] = [
  ...mapped.map(([host, container]) => ({ host, container, hostIp: '0.0.0.0' })),
  ...drifting.map(container => ({ host: 'random' as const, container, hostIp: '0.0.0.0' })),
]

/** Docker's first random ports, in the order of the container ports. @source measured, 20.10 */
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

/** The present cluster and the earlier one, of which only the context is left. */
export const tls = fakeTls('joelclaw', 148)
const previous = fakeTls('joelclaw', 147)

const kubeconfig = kubeconfigText(
  [
    // @source joelclaw history, 2026-02: dead context on port 63324, first in the order of names
    { cluster: 'joelclaw', server: 'https://127.0.0.1:63324', ...previous },
    { cluster: 'joelclaw-1', server: `https://127.0.0.1:${firstPorts.api}`, ...tls },
  ],
  'admin@joelclaw-1',
)

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
      // @source joelclaw history: images and claims are on a disk of their own
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
    ...jobFiles,
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
  // Both clusters had this name. The context of the second got a number, and loses it when talosctl
  // writes it without --force-context-name.
  talos: { cluster: 'joelclaw', endpoint: '10.5.0.2', version: 'v1.12.4' },
  tls,
}
