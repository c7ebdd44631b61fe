// A small Mac for the tests of this folder, with a minimal cluster behind it.
import { stringify } from 'yaml'
import type { AppAnswer, ApiState, NodeApi, LabContext, Machine } from '#lab/kernel/world.ts'
import { VirtualClock } from '#lab/kernel/clock.ts'
import { SeededRandom } from '#lab/kernel/random.ts'
import { Store } from '#lab/kernel/store.ts'
import type { Exit } from '#src/model/runtime.ts'
import {
  createHost,
  createMachines,
  fakeTls,
  launchdPlist,
  type HostSeed,
  type LabHost,
} from './index.ts'

const path = '/opt/homebrew/bin:/usr/local/bin:/usr/bin:/bin'
const home = '/Users/joel'
const kubeconfig = {
  apiVersion: 'v1',
  kind: 'Config',
  preferences: {},
  'current-context': 'admin@joelclaw-1',
  clusters: [
    {
      name: 'joelclaw',
      cluster: {
        server: 'https://127.0.0.1:63324',
        'certificate-authority-data': Buffer.from(fakeTls('old', 1).ca).toString('base64'),
      },
    },
    {
      name: 'joelclaw-1',
      cluster: {
        server: 'https://127.0.0.1:32768',
        'certificate-authority-data': Buffer.from(fakeTls('joelclaw-1', 7).ca).toString('base64'),
      },
    },
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

/**
 * A seed with one node on random API ports, one plain container and a few jobs; parts of it may be
 * replaced.
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
    vm: {
      profile: 'default',
      driver: 'macOS Virtualization.Framework',
      arch: 'aarch64',
      cpus: 8,
      memory: 24 * 2 ** 30,
      portForwarder: forwarder,
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
    },
    containers: [
      {
        name: 'joelclaw-controlplane-1',
        image: 'ghcr.io/siderolabs/talos:v1.12.4',
        node: 'joelclaw-controlplane-1',
        controlPlane: true,
        restartPolicy,
        memoryBytes: 18 * 2 ** 30,
        nanoCpus: 2e9,
        bindings: [
          { container: 6443, host: 'random', hostIp: '0.0.0.0' },
          { container: 50_000, host: 'random', hostIp: '0.0.0.0' },
          { container: 8108, host: 8108, hostIp: '0.0.0.0' },
          { container: 3000, host: 9627, hostIp: '0.0.0.0' },
        ],
      },
    ],
    launchd: [
      {
        label: 'com.joel.colima',
        plist: '/Library/LaunchDaemons/com.joel.colima.plist',
        domain: 'system',
        state: 'running',
        pid: 311,
        arguments: ['/Users/joel/bin/colima-boot.sh'],
        path,
        keepAlive: true,
      },
      {
        label: 'com.joel.gateway',
        plist: `${home}/Library/LaunchAgents/com.joel.gateway.plist`,
        domain: 'gui/501',
        state: 'waiting',
        lastExitCode: 78,
        arguments: ['/bin/bash', 'gateway.sh'],
      },
    ],
    files: {
      '~/.kube/config': stringify(kubeconfig),
      '~/.talos/config': stringify({
        context: 'joelclaw',
        contexts: { joelclaw: { endpoints: ['127.0.0.1:32769'], nodes: ['10.5.0.2'] } },
      }),
      '/Library/LaunchDaemons/com.joel.colima.plist': launchdPlist({
        label: 'com.joel.colima',
        arguments: ['/Users/joel/bin/colima-boot.sh'],
        path,
        keepAlive: true,
      }),
    },
    backups: [
      {
        path: '/Volumes/nas/backups/redis',
        files: [
          { name: 'dump-2026-11-20.rdb', bytes: 115_761, ageMs: 79_200_000, head: 'REDIS0011' },
        ],
      },
    ],
    processes: [
      { pid: 1, ppid: 0, user: 'root', args: '/sbin/launchd' },
      {
        pid: 501,
        ppid: 1,
        user: 'joel',
        args: '/opt/homebrew/bin/bun run worker.ts',
        listens: [{ port: 3111, answer: { status: 200, body: '{"functions":110}' } }],
      },
    ],
    talos: { cluster: 'joelclaw-1', version: 'v1.12.4' },
    tls: fakeTls('joelclaw-1', 7),
    ...rest,
  }
}

export interface HostFixture {
  context: LabContext
  host: LabHost
  machine: Machine
  /** Calls of the node API in order, each with its second. */
  nodeApiCalls: string[]
  /** Answers of applications by NodePort; other ports refuse. */
  answers: Map<number, AppAnswer>
  api: { state: ApiState }
  /** Runs a command written as a line without quotes; words with spaces are given as an array. */
  run(command: string | readonly string[], deadline?: number): Promise<Exit>
  /** Seconds since the stage was set. */
  seconds(): number
}

/** @source an arbitrary Saturday: nothing depends on it */
const start = Date.parse('2026-11-21T10:00:00Z')

/** Creates a host; booted unless `booted` is false. */
export function createFixture(
  seed: HostSeed = fixtureSeed(),
  options: { booted?: boolean; seed?: number } = {},
): HostFixture {
  const clock = new VirtualClock(start)
  const random = new SeededRandom(options.seed ?? 1)
  const context: LabContext = {
    seed: options.seed ?? 1,
    clock,
    random,
    store: new Store(clock, random),
  }
  const nodeApiCalls: string[] = []
  const answers = new Map<number, AppAnswer>([
    [8108, { kind: 'answer', status: 200, body: '{"ok":true}', ms: 3 }],
    [3000, { kind: 'answer', status: 200, body: '{"version":"0.4"}', ms: 3 }],
  ])
  const api: { state: ApiState } = { state: 'serving' }
  const seconds = (): number => (clock.now() - start) / 1000
  const recordCall = (what: string): number => nodeApiCalls.push(`${seconds()} ${what}`)
  const cluster: NodeApi = {
    started: machine => {
      recordCall('started')
      machine.files.set('/run/flannel/subnet.env', 'FLANNEL_MTU=1450\n')
      machine.processes.set(90_001, { pid: 90_001, comm: 'typesense-server', frozen: false })
    },
    stopped: (_machine, graceful) => recordCall(graceful ? 'stopped' : 'killed'),
    paused: () => recordCall('paused'),
    resumed: () => recordCall('resumed'),
    apiState: () => api.state,
    connect: (_machine, port) => answers.get(port) ?? { kind: 'refused', ms: 1 },
    signal: (machine, pid, signal) => {
      recordCall(`${signal} ${pid}`)
      const process = machine.processes.get(pid)
      if (signal === 'KILL') machine.processes.delete(pid)
      else if (process !== undefined) process.frozen = signal === 'STOP'
    },
  }
  const machines = createMachines(seed)
  const host = createHost(context, seed, machines, cluster)
  if (options.booted !== false) {
    host.boot()
    clock.advance(60_000)
  }
  return {
    context,
    host,
    machine: machines[0]!,
    nodeApiCalls,
    answers,
    api,
    seconds,
    run: (command, deadline = 600_000) =>
      host.shell.run(typeof command === 'string' ? command.split(' ') : command, { deadline }),
  }
}

export const sock = `unix://${home}/.colima/default/docker.sock`
export const sshConfig = `${home}/.colima/_lima/colima/ssh.config`
