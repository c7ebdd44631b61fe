// The boot of the VM: in stages, or at once for a new world.
import { boot } from '#lab/host/delays.ts'
import { background, dockerSock, newPid, now, type Mac } from '#lab/host/mac.ts'
import { startContainer } from '#lab/host/platforms/docker/containers.ts'
import { dockerUp } from '#lab/host/platforms/docker/daemon.ts'
import type { Work } from '#lab/host/work.ts'
import { bootFiles } from './files.ts'
import { masterMade, syncForwards } from './forwards.ts'

/** Starts the VM's process; the boot continues in the background. */
export function powerOn(mac: Mac): void {
  resetForBoot(mac)
  background(mac, bootStages(mac))
  mac.workers.changed()
}

/** Sets the VM, its kernel and its files to their state at the start of the VM's process. */
function resetForBoot(mac: Mac): void {
  const { vm } = mac
  const masked = vm.docker === 'masked'
  Object.assign(vm, {
    created: true,
    process: 'running',
    hostagent: 'running',
    usernet: 'running',
    sshMaster: 'down',
    sshd: 'stopped',
    docker: masked ? 'masked' : 'stopped',
    dockerSocketUnit: !masked,
    dockerForward: false,
    agent: 'lost',
    booting: true,
    bootedAt: now(mac),
    // macOS' range of ephemeral ports. @source macOS default, net.inet.ip.portrange.first
    sshPort: mac.random.integer(49_152, 65_535),
  } satisfies Partial<Mac['vm']>)
  vm.forwards.clear()
  vm.conflicts.clear()
  Object.assign(vm.pids, {
    usernet: newPid(mac),
    hostagent: newPid(mac),
    process: newPid(mac),
    master: 0,
  })
  for (const container of mac.containers) container.stuckTask = false
  mac.kernel.modules.clear()
  for (const module of mac.seed.vm.modules) mac.kernel.modules.add(module)
  mac.kernel.sysctls.clear()
  for (const [name, value] of Object.entries(mac.seed.vm.sysctls))
    mac.kernel.sysctls.set(name, value)
  bootFiles(mac)
}

function* bootStages(mac: Mac): Work {
  const { vm } = mac
  let passed = 0
  function* until(stage: number): Work {
    yield stage - passed
    passed = stage
    yield () => vm.process !== 'frozen'
  }
  yield* until(boot.sshd)
  sshdUp(mac)
  yield* until(boot.docker)
  dockerUp(mac)
  yield* until(boot.master)
  yield () => vm.hostagent !== 'frozen'
  if (hasHostagent(mac)) {
    if (vm.sshMaster === 'down') masterMade(mac, newPid(mac))
    yield* until(boot.agent)
    if (hasHostagent(mac)) connect(mac)
    yield* until(boot.ready)
  }
  vm.booting = false
  mac.workers.changed()
}

const hasHostagent = (mac: Mac): boolean => mac.vm.hostagent !== 'gone'

function sshdUp(mac: Mac): void {
  mac.vm.sshd = 'running'
  mac.workers.changed()
}

/** The hostagent forwards docker.sock, connects to the guest agent and forwards the ports. */
function connect(mac: Mac): void {
  const { vm } = mac
  if (vm.sshMaster === 'up') {
    vm.dockerForward = true
    mac.disk.socket(dockerSock(mac))
    mac.disk.socket(`${mac.seed.home}/.colima/docker.sock`)
    vm.agent = 'connected'
  }
  syncForwards(mac)
  mac.workers.changed()
}

/** Completes a start at once, for new worlds: everything is up and all containers run. */
export function bootAtOnce(mac: Mac): void {
  if (mac.vm.process !== 'gone') return
  resetForBoot(mac)
  mac.vm.sshd = 'running'
  dockerUp(mac)
  // dockerUp restarts only containers that ran before, and in a new world none did.
  for (const container of mac.containers)
    if (container.status === 'created') startContainer(mac, container)
  masterMade(mac, newPid(mac))
  connect(mac)
  Object.assign(mac.vm, { booting: false, runtimeFile: true })
  mac.workers.changed()
}
