// The sandbox's node, simulated like the real node in a container, so that tests can compare the
// two.
import { fakeTls } from '#lab/host/pem.ts'
import type { HostSeed } from '#lab/host/seed.ts'
import { platform } from './sandbox-platform.ts'
import { kubeconfigText } from './config-files.ts'

const GiB = 2 ** 30
const home = '/Users/sandbox'
const node = 'sandbox-1'
const address = '172.17.0.2'

/** An arbitrary morning. */
const startsAt = Date.parse('2026-11-20T18:00:00Z')

/** Docker's first random port. @source measured with Docker 20.10 */
const firstPort = 32_768

const tls = fakeTls('sandbox', 35)

const kubeconfig = kubeconfigText(
  [{ cluster: 'sandbox', server: `https://127.0.0.1:${firstPort}`, ...tls }],
  'admin@sandbox',
)

/** Published ports of the node, from clusters/sandbox. The API gets a random one. */
const published = [30_379, 30_080, 30_081, 30_082] as const

export const host: HostSeed = {
  home,
  user: 'sandbox',
  // The sandbox's policy has no host.
  vm: {
    profile: 'default',
    driver: 'QEMU',
    arch: 'x86_64',
    cpus: 2,
    memory: 4 * GiB,
    disks: [{ filesystem: '/dev/vda1', mount: '/', sizeKiB: 264_212_084, usedKiB: 40_000_000 }],
    portForwarder: 'ssh',
    modules: ['overlay', 'bridge', 'br_netfilter', 'vxlan', 'ip_tables', 'iptable_nat'],
    sysctls: { 'net.bridge.bridge-nf-call-iptables': '1', 'net.ipv4.ip_forward': '1' },
  },
  containers: [
    {
      name: 'holdfast-sandbox',
      image: 'rancher/k3s:v1.35.0-k3s1',
      node,
      controlPlane: true,
      ip: address,
      restartPolicy: 'on-failure',
      memoryBytes: 3 * GiB,
      nanoCpus: 2e9,
      bindings: [
        ...published.map(port => ({ host: port, container: port, hostIp: '127.0.0.1' })),
        { host: 'random', container: 6443, hostIp: '127.0.0.1' },
      ],
      // @source measured on a v1.35 node: docker restart stops it in a second
      stopsWithin: 600,
      // @source k3s, cluster access: the kubeconfig on the server
      files: {
        '/etc/rancher/k3s/k3s.yaml': kubeconfigText(
          [{ cluster: 'default', server: 'https://127.0.0.1:6443', ...tls }],
          'admin@default',
        ),
      },
    },
  ],
  launchd: [],
  // Until a run has started a node, the sandbox's policy names the second one.
  files: {
    '~/.kube/config': kubeconfig,
    '/nowhere/kubeconfig': kubeconfig.replaceAll('admin@sandbox', 'default'),
  },
  backups: [],
  processes: [],
  talos: { cluster: 'sandbox', endpoint: '10.5.0.2', version: 'v1.12.4' },
  tls,
}

export const world = {
  name: 'sandbox',
  /** A restart does not taint the node; only a drill does. */
  controlPlaneTaint: false,
  nodes: [
    {
      name: node,
      ip: address,
      // @source measured on a v1.35 node
      machine: {
        architecture: 'amd64',
        containerRuntimeVersion: 'containerd://1.6.20',
        kernelVersion: '6.18.44',
        osImage: 'Debian GNU/Linux 12 (bookworm)',
        // A container has no machine-id.
        machineId: '',
        // @source the node image: its images, which need no registry
        images: {
          'registry.k8s.io/coredns/coredns:v1.14.5': 75_214_735,
          'ghcr.io/flannel-io/flannel:v0.26.7': 52_796_097,
          'rancher/local-path-provisioner:v0.0.30': 44_989_731,
          'redis:7-alpine': 22_679_164,
          'serve:1': 7_852_554,
          'busybox:1.37': 2_125_485,
          'registry.k8s.io/pause:3.10': 1_429_380,
        },
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
  /** @source the node image's default */
  nodePortRange: '1-65535',
  startsAt,
  secrets: [],
  accounts: true,
  platform,
}
