// A small world for tests: one k3s node as a systemd unit, on a server that a workstation reaches
// by ssh. Unlike k3s with its built-in network, this node runs the sandbox's platform as pods.
import { fakeTls } from '#lab/host/pem.ts'
import type { HostSeed } from '#lab/host/seed.ts'
import { kubeconfigText } from './config-files.ts'
import { platform } from './sandbox-platform.ts'

const home = '/Users/operator'
const node = 'k3s-1'
const address = '10.9.0.11'

/** An arbitrary morning. */
const startsAt = Date.parse('2026-11-20T18:00:00Z')

const tls = fakeTls('k3s', 35)

export const host: HostSeed = {
  home,
  user: 'operator',
  // The workstation has never had a VM.
  vm: {
    profile: 'default',
    driver: 'QEMU',
    arch: 'x86_64',
    cpus: 2,
    memory: 4 * 2 ** 30,
    disks: [],
    portForwarder: 'ssh',
    modules: [],
    sysctls: {},
    created: false,
  },
  containers: [],
  servers: [
    {
      name: node,
      address,
      user: 'core',
      node,
      modules: ['overlay', 'br_netfilter', 'vxlan'],
      unit: {
        // @source k3s install.sh: the unit; its start limit is that of a drop-in, because with
        // RestartSec=5s the default (5 starts in 10 s) is never hit
        name: 'k3s',
        description: 'Lightweight Kubernetes',
        documentation: 'https://k3s.io',
        execStart: '/usr/local/bin/k3s server $K3S_ARGS',
        comm: 'node',
        restartMs: 5000,
        startLimitBurst: 3,
        startLimitIntervalMs: 300_000,
      },
    },
  ],
  launchd: [],
  files: {
    '~/.kube/config': kubeconfigText(
      [{ cluster: 'k3s', server: `https://${address}:6443`, ...tls }],
      'admin@k3s',
    ),
  },
  backups: [],
  processes: [],
  talos: { cluster: 'k3s', endpoint: '10.5.0.2', version: 'v1.12.4' },
  tls,
}

export const world = {
  name: 'k3s-server',
  controlPlaneTaint: false,
  nodes: [
    {
      name: node,
      ip: address,
      // @source measured on a v1.35 node under systemd
      machine: {
        architecture: 'amd64',
        containerRuntimeVersion: 'containerd://1.6.20',
        kernelVersion: '6.18.44',
        osImage: 'Debian GNU/Linux 12 (bookworm)',
        capacity: {
          cpu: '2',
          'ephemeral-storage': '264212084Ki',
          'hugepages-1Gi': '0',
          'hugepages-2Mi': '0',
          memory: '24684092Ki',
          pods: '110',
        },
      },
    },
  ],
  nodePortRange: '30000-32767',
  startsAt,
  secrets: [],
  accounts: true,
  platform,
}
