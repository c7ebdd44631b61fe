// The seed of the small Mac in the tests of this folder.
import { stringify } from 'yaml'
import { fakeTls, launchdPlist, type HostSeed } from './index.ts'

const path = '/opt/homebrew/bin:/usr/local/bin:/usr/bin:/bin'
export const home = '/Users/joel'

const clusterEntry = (name: string, server: string, ca: string) => ({
  name,
  cluster: { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') },
})

const kubeconfig = {
  apiVersion: 'v1',
  kind: 'Config',
  preferences: {},
  'current-context': 'admin@joelclaw-1',
  clusters: [
    clusterEntry('joelclaw', 'https://127.0.0.1:63324', fakeTls('old', 1).ca),
    clusterEntry('joelclaw-1', 'https://127.0.0.1:32768', fakeTls('joelclaw-1', 7).ca),
  ],
  contexts: [
    {
      name: 'admin@joelclaw',
      context: { cluster: 'joelclaw', user: 'admin@joelclaw', namespace: 'default' },
    },
    {
      name: 'admin@joelclaw-1',
      context: { cluster: 'joelclaw-1', user: 'admin@joelclaw-1', namespace: 'default' },
    },
  ],
  users: [
    { name: 'admin@joelclaw', user: {} },
    { name: 'admin@joelclaw-1', user: {} },
  ],
}

const talosconfig = {
  context: 'joelclaw',
  contexts: { joelclaw: { endpoints: ['127.0.0.1:32769'], nodes: ['10.5.0.2'] } },
}

const vm: Omit<HostSeed['vm'], 'portForwarder'> = {
  profile: 'default',
  driver: 'macOS Virtualization.Framework',
  arch: 'aarch64',
  cpus: 8,
  memory: 24 * 2 ** 30,
  ipAddress: '192.168.64.2',
  disks: [
    { filesystem: '/dev/vda1', mount: '/', sizeKiB: 20_134_592, usedKiB: 5_033_648 },
    {
      filesystem: '/dev/vdb1',
      mount: '/var/lib/docker',
      sizeKiB: 102_687_672,
      usedKiB: 41_075_068,
    },
  ],
  disk: 100 * 2 ** 30,
  modules: ['br_netfilter', 'overlay'],
  sysctls: { 'net.bridge.bridge-nf-call-iptables': '1', 'net.ipv4.ip_forward': '1' },
}

/** A node with the API server and Talos on random ports, and two services on fixed ones. */
const node: Omit<HostSeed['containers'][number], 'restartPolicy'> = {
  name: 'joelclaw-controlplane-1',
  image: 'ghcr.io/siderolabs/talos:v1.12.4',
  node: 'joelclaw-controlplane-1',
  controlPlane: true,
  memoryBytes: 18 * 2 ** 30,
  nanoCpus: 2e9,
  bindings: [
    { container: 6443, host: 'random', hostIp: '0.0.0.0' },
    { container: 50_000, host: 'random', hostIp: '0.0.0.0' },
    { container: 8108, host: 8108, hostIp: '0.0.0.0' },
    { container: 3000, host: 9627, hostIp: '0.0.0.0' },
  ],
}

const bootJob = {
  label: 'com.joel.colima',
  arguments: ['/Users/joel/bin/colima-boot.sh'],
  path,
  keepAlive: true,
}
const bootPlist = '/Library/LaunchDaemons/com.joel.colima.plist'

const launchd: HostSeed['launchd'] = [
  { ...bootJob, plist: bootPlist, domain: 'system', state: 'running', pid: 311 },
  {
    label: 'com.joel.gateway',
    plist: `${home}/Library/LaunchAgents/com.joel.gateway.plist`,
    domain: 'gui/501',
    state: 'waiting',
    lastExitCode: 78,
    arguments: ['/bin/bash', 'gateway.sh'],
  },
]

const processes: HostSeed['processes'] = [
  { pid: 1, ppid: 0, user: 'root', args: '/sbin/launchd' },
  {
    pid: 501,
    ppid: 1,
    user: 'joel',
    args: '/opt/homebrew/bin/bun run worker.ts',
    listens: [{ port: 3111, answer: { status: 200, body: '{"functions":110}' } }],
  },
]

/**
 * One node with random API ports, and a few jobs, processes and backups. `change` replaces parts of
 * the seed.
 */
export function fixtureSeed(
  change: Partial<HostSeed> & {
    forwarder?: 'ssh' | 'grpc'
    restartPolicy?: HostSeed['containers'][number]['restartPolicy']
  } = {},
): HostSeed {
  const { forwarder = 'ssh', restartPolicy = 'unless-stopped', ...rest } = change
  return {
    home,
    user: 'joel',
    vm: { ...vm, portForwarder: forwarder },
    containers: [{ ...node, restartPolicy }],
    launchd,
    files: {
      '~/.kube/config': stringify(kubeconfig),
      '~/.talos/config': stringify(talosconfig),
      [bootPlist]: launchdPlist(bootJob),
    },
    backups: [
      {
        path: '/Volumes/nas/backups/redis',
        files: [
          { name: 'dump-2026-11-20.rdb', bytes: 115_761, ageMs: 79_200_000, head: 'REDIS0011' },
        ],
      },
    ],
    processes,
    talos: { cluster: 'joelclaw-1', endpoint: '10.5.0.2', version: 'v1.12.4' },
    tls: fakeTls('joelclaw-1', 7),
    ...rest,
  }
}
