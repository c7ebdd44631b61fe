// A policy with something for each fix to repair, and a healthy node container as Docker shows it.
import type { ContainerView } from '#helpers/docker/view.ts'
import { nodeContainer } from '#helpers/docker/questions.ts'
import type { Fix, Policy, Answers } from '#src/model/index.ts'
import { policyWith } from './policy.ts'
import { now } from './seen.ts'

/** The node container of the policy. */
const container = {
  name: 'one-container',
  restartPolicy: 'unless-stopped',
  memory: '1 GiB',
  cpus: 1,
} as const
const port = (name: string, number: number) =>
  ({
    name,
    namespace: 'default',
    service: name,
    host: number,
    container: number,
    nodePort: number,
    answers: { by: 'http', path: '/' },
  }) as const

/** One node in a container, two ports, flannel as a DaemonSet, Colima. */
export const policy = policyWith({
  identity: { contexts: ['admin@small-1'] },
  nodes: [{ name: 'one', role: 'control-plane', container }],
  taints: { controlPlane: 'remove' },
  network: {
    flannel: { as: 'daemonset', namespace: 'kube-system', name: 'flannel' },
    kernelModules: ['br_netfilter', 'vxlan'],
    sysctls: { 'net.ipv4.ip_forward': '1' },
  },
  workloads: [
    { namespace: 'default', kind: 'Deployment', name: 'web', replicas: 1, warmUp: '60 s' },
  ],
  ports: [port('web', 80), port('db', 90)],
  endpoints: { api: { container: 6443 }, talos: { container: 50_000 } },
  host: { kind: 'colima', profile: 'default', requiredPath: '/opt/homebrew/bin' },
})

/** What a fix would do, as the commands that a person would type. */
export const plan = (fix: Fix, answers: Answers, given: Policy = policy): readonly string[] =>
  fix.plan(answers, given).map(({ command }) => command)

/** The node container, with members replaced. */
export const view = (change: Partial<ContainerView> = {}): ContainerView => ({
  id: 'x',
  name: container.name,
  running: true,
  status: 'running',
  paused: false,
  startedAt: now - 3_600_000,
  pid: 1,
  exitCode: 0,
  restartPolicy: 'unless-stopped',
  memory: 2 ** 30,
  memorySwap: 2 ** 30,
  cpus: 1,
  declared: [],
  bindings: [
    [80, 80],
    [90, 90],
    [6443, 32_443],
    [50_000, 32_000],
  ].map(([inside = 0, host = 0]) => ({
    container: inside,
    protocol: 'tcp',
    hostIp: '0.0.0.0',
    host,
  })),
  ...change,
})
/** The question about that container. */
export const docker = nodeContainer(container.name)
