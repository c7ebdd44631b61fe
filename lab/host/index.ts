// The host of the simulated world: a Mac with Colima, Docker, ssh, talosctl, kubectl, launchd,
// files and ports.
import type { Files, Net, Shell } from '#src/model/runtime.ts'
import type { Kernel, LabContext, Machine, NodeApi } from '#lab/kernel/world.ts'
import { Disk, filesOf } from './disk.ts'
import { createFaultControls, type FaultControls } from './fault-controls.ts'
import { addBackup, type Container, type Mac, type Vm } from './mac.ts'
import { createNet } from './net.ts'
import { apiAt, type ApiRoute } from './route.ts'
import type { HostSeed } from './seed.ts'
import { createShell } from './shell.ts'
import { bootAtOnce } from './platforms/lima/boot.ts'
import { createServers } from './platforms/systemd/server.ts'
import { serverApiAt } from './platforms/systemd/route.ts'
import { bootServer } from './platforms/systemd/service.ts'
import { Workers } from './work.ts'

export { createMachines } from './machines.ts'
export { fakePem, fakeTls } from './pem.ts'
export { launchdPlist } from './platforms/launchd/plist.ts'
export type { ApiRoute } from './route.ts'
export type { FaultControls } from './fault-controls.ts'
export type * from './seed.ts'

export interface LabHost {
  readonly shell: Shell
  readonly net: Net
  readonly files: Files
  readonly home: string
  readonly machines: readonly Machine[]
  /**
   * Where a connection to <address>:<port>, by default 127.0.0.1, ends: at an API server (container
   * port 6443) or at Talos (50000). `open`: it arrives at the machine; the node API knows whether
   * the API server serves. A closed API port in a container is a reset: docker-proxy accepts first.
   */
  apiAt(port: number, address?: string): ApiRoute
  /**
   * Brings up the VM, Docker, all containers and all servers at once, as after a normal boot. The
   * cluster inside then starts to boot.
   */
  boot(): void
  readonly faultControls: FaultControls
}

/**
 * Creates the host with everything stopped; `boot` starts it. Call `createMachines(seed)` first,
 * because the cluster needs the same machines.
 */
export function createHost(
  context: LabContext,
  seed: HostSeed,
  machines: readonly Machine[],
  cluster: NodeApi,
): LabHost {
  const disk = new Disk(seed.home, context.clock)
  for (const [path, text] of Object.entries(seed.files)) disk.write(path, text)
  for (const folder of seed.backups)
    for (const file of folder.files) addBackup({ disk, context }, folder.path, file)
  const mac = createMac(context, seed, machines, cluster, disk)
  return {
    shell: createShell(mac),
    net: createNet(mac),
    files: filesOf(disk),
    home: seed.home,
    machines,
    apiAt: (port, address = '') => serverApiAt(mac, port, address) ?? apiAt(mac, port),
    boot() {
      if (seed.vm.created !== false) bootAtOnce(mac)
      for (const server of mac.servers) bootServer(mac, server)
    },
    faultControls: createFaultControls(mac),
  }
}

function createMac(
  context: LabContext,
  seed: HostSeed,
  machines: readonly Machine[],
  cluster: NodeApi,
  disk: Disk,
): Mac {
  const random = context.random.fork('host')
  const created = context.clock.now()
  return {
    context,
    seed,
    cluster,
    random,
    disk,
    kernel: vmKernelOf(seed, machines),
    machines,
    servers: createServers(seed, machines, random, created),
    workers: new Workers(context.clock),
    vm: stoppedVm(seed),
    containers: seed.containers.map((container, index) =>
      containerOf(container, machines, random.hex(64), created, index),
    ),
    orphans: [],
    processes: seed.processes.map(process => ({ ...process, frozen: false })),
    launchd: seed.launchd.map(job => ({
      ...job,
      runs: job.state === 'running' || job.lastExitCode !== undefined ? 1 : 0,
    })),
    disks: seed.vm.disks.map(one => ({ ...one })),
    nextPort: 32_768,
    // The first pid to assign: above all pids in the seed.
    nextPid: Math.max(
      400,
      ...seed.processes.map(process => process.pid),
      ...seed.launchd.map(job => job.pid ?? 0),
    ),
    underway: new Set(),
  }
}

/** The kernel that all nodes in containers share. */
function vmKernelOf({ containers }: HostSeed, machines: readonly Machine[]): Kernel {
  const inVm = machines.find(machine => containers.some(({ node }) => node === machine.node))
  return inVm?.kernel ?? { modules: new Set(), sysctls: new Map() }
}

const stoppedVm = (seed: HostSeed): Vm => ({
  created: seed.vm.created ?? true,
  process: 'gone',
  hostagent: 'gone',
  usernet: 'gone',
  sshMaster: 'down',
  sshd: 'stopped',
  docker: 'stopped',
  dockerSocketUnit: false,
  dockerForward: false,
  agent: 'lost',
  forwards: new Set(),
  conflicts: new Set(),
  runtimeFile: seed.vm.created ?? true,
  booting: false,
  bootedAt: 0,
  sshPort: 0,
  pids: { process: 0, hostagent: 0, usernet: 0, master: 0 },
})

function containerOf(
  seed: HostSeed['containers'][number],
  machines: readonly Machine[],
  id: string,
  at: number,
  index: number,
): Container {
  return {
    id,
    name: seed.name,
    image: seed.image,
    ip: seed.ip ?? `10.5.0.${index + 2}`,
    machine:
      seed.node === undefined ? undefined : machines.find(machine => machine.node === seed.node),
    // The creation time is long before the run, so that no test depends on it.
    createdAt: at - 30 * 86_400_000,
    status: 'created',
    pid: 0,
    exitCode: 0,
    error: '',
    startedAt: 0,
    finishedAt: 0,
    restartCount: 0,
    manuallyStopped: false,
    restartPolicy: seed.restartPolicy,
    memory: seed.memoryBytes,
    memorySwap: seed.memorySwapBytes ?? seed.memoryBytes,
    nanoCpus: seed.nanoCpus,
    bindings: seed.bindings.map(binding => ({ ...binding })),
    ports: [],
    stopsWithin: seed.stopsWithin,
    stuckTask: false,
    cancelRestart: undefined,
  }
}
