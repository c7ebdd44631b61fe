// The VM's life: boot in its stages, power off, and the deaths and freezes of each process that
// carries it.
import { startContainer, isAlive, syncMachine } from '#lab/host/platforms/docker/containers.ts'
import { dockerDown, dockerUp } from '#lab/host/platforms/docker/daemon.ts'
import { masterLost, masterMade, syncForwards } from './forwards.ts'
import { bootFiles, stopFiles } from './files.ts'
import { abandonAll, background, dockerSock, newPid, now, type Mac } from '#lab/host/mac.ts'
import { boot, hostagentExit, usernetLoss } from '#lab/host/delays.ts'
import type { Work } from '#lab/host/work.ts'

/** Starts the VM's process; the boot continues in the background. */
export function powerOn(mac: Mac): void {
  resetForBoot(mac)
  background(mac, bootStages(mac))
  mac.workers.changed()
}

/** What is true at the first moment of a boot. */
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
    // macOS' own range of free ports. @source macOS default, net.inet.ip.portrange.first
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
  function* until(createFixture: number): Work {
    yield createFixture - passed
    passed = createFixture
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

/** The hostagent forwards docker.sock, hears the guest agent and sets up the ports. */
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

/**
 * A finished start in no time, for building worlds: everything up, every container started once.
 */
export function bootAtOnce(mac: Mac): void {
  if (mac.vm.process !== 'gone') return
  resetForBoot(mac)
  mac.vm.sshd = 'running'
  dockerUp(mac)
  // A container that was never started; before a normal boot it has run once.
  for (const container of mac.containers)
    if (container.status === 'created') startContainer(mac, container)
  masterMade(mac, newPid(mac))
  connect(mac)
  Object.assign(mac.vm, { booting: false, runtimeFile: true })
  mac.workers.changed()
}

/** The guest ends, by power button or by force; what carried it is left as it is. */
export function guestEnds(mac: Mac, graceful: boolean): void {
  const { vm } = mac
  abandonAll(mac)
  vm.process = 'gone'
  vm.booting = false
  vm.sshd = 'stopped'
  dockerDown(mac, graceful)
  mac.workers.changed()
}

/**
 * The hostagent presses the power button: the guest ends in order, and so does everything that
 * carried it.
 */
export function* powerOff(mac: Mac, takes: number): Work {
  yield takes
  yield () => mac.vm.process !== 'frozen'
  allGone(mac, true)
}

/** Guest, hostagent, usernet and master are gone at this moment, and so are Lima's files. */
export function allGone(mac: Mac, graceful: boolean): void {
  guestEnds(mac, graceful)
  masterLost(mac)
  mac.vm.hostagent = 'gone'
  mac.vm.usernet = 'gone'
  mac.vm.forwards.clear()
  mac.vm.conflicts.clear()
  stopFiles(mac, graceful ? 'graceful' : 'force')
}

/**
 * SIGKILL of the VM's process: the hostagent tidies up and exits within seconds, usernet stays
 * behind.
 */
export function killVm(mac: Mac): void {
  const { vm } = mac
  if (vm.process === 'gone') return
  guestEnds(mac, false)
  masterLost(mac)
  const hostagent = vm.pids.hostagent
  mac.context.clock.after(hostagentExit, () => {
    if (vm.process !== 'gone' || vm.pids.hostagent !== hostagent || vm.hostagent !== 'running')
      return
    vm.hostagent = 'gone'
    leaveUsernet(mac)
    vm.forwards.clear()
    stopFiles(mac, 'crash')
    mac.workers.changed()
  })
}

export function leaveUsernet(mac: Mac): void {
  if (mac.vm.usernet === 'running')
    mac.orphans.push({ pid: mac.vm.pids.usernet, kind: 'usernet', ports: [] })
  mac.vm.usernet = 'gone'
}

export function freezeVm(mac: Mac, frozen: boolean): void {
  const { vm } = mac
  if (vm.process === 'gone') return
  vm.process = frozen ? 'frozen' : 'running'
  for (const container of mac.containers.filter(isAlive)) syncMachine(mac, container, true)
  mac.workers.changed()
}

/** SIGKILL of usernet: ssh master, forwards and docker.sock die within 2 s. */
export function killUsernet(mac: Mac): void {
  const { vm } = mac
  if (vm.usernet === 'gone') return
  vm.usernet = 'gone'
  mac.context.clock.after(usernetLoss, () => {
    if (vm.usernet === 'gone') masterLost(mac)
  })
  mac.workers.changed()
}

/**
 * SIGKILL of the hostagent: the VM keeps working without its agent. With grpc its port forwards
 * end.
 */
export function killHostagent(mac: Mac): void {
  const { vm } = mac
  if (vm.hostagent === 'gone') return
  vm.hostagent = 'gone'
  vm.agent = 'lost'
  if (mac.seed.vm.portForwarder === 'grpc') vm.forwards.clear()
  mac.workers.changed()
}

export function freezeHostagent(mac: Mac, frozen: boolean): void {
  if (mac.vm.hostagent === 'gone') return
  mac.vm.hostagent = frozen ? 'frozen' : 'running'
  if (!frozen) syncForwards(mac)
  mac.workers.changed()
}

/** SIGKILL of the ssh master, or `ssh -O exit`. */
export function killMaster(mac: Mac): void {
  if (mac.vm.sshMaster === 'up') masterLost(mac)
}
