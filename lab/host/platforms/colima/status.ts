// `colima status`, `list`, `version`, `ssh-config`: each reports only what the real command checks.
import { dockerSock, instanceOf, limaFolder, now, type Io, type Mac } from '#lab/host/mac.ts'
import { colima } from '#lab/host/delays.ts'
import { clientVersion, dockerVersion } from '#lab/host/platforms/docker/versions.ts'
import { sshConfig } from '#lab/host/platforms/lima/files.ts'
import { enter, instanceStatus, inspectMs, sshRoute } from '#lab/host/platforms/lima/instance.ts'
import { aligned } from '#lab/host/table.ts'
import type { Work } from '#lab/host/work.ts'
import { say } from './log.ts'

const discardOutput: Io = { out() {}, err() {}, stdin: '' }

/**
 * Reads the runtime's name by ssh from a file in the guest. `status` checks nothing else in the
 * guest. Hangs if the VM is frozen and the master still runs. Undefined if ssh fails, or if no full
 * start has written the file yet.
 */
export function* guestRuntime(mac: Mac): Work<'docker' | undefined> {
  const startedAt = now(mac)
  const fresh = mac.vm.sshMaster === 'down'
  const emptyMs = sshRoute(mac, true) === 'refused' ? colima.emptyRefused : colima.emptyWhileBooting
  const code = yield* enter(mac, discardOutput, true)
  const known = code === undefined && mac.vm.runtimeFile
  const whole = known ? colima.status + (fresh ? colima.newMaster : 0) : emptyMs
  yield Math.max(0, whole - colima.list - (now(mac) - startedAt))
  return known ? 'docker' : undefined
}

/** The size of the disk in bytes, as Colima shows it. */
const diskBytes = (mac: Mac): number =>
  mac.seed.vm.disk ?? mac.disks.reduce((sum, disk) => sum + disk.sizeKiB * 1024, 0)

export function* status(
  mac: Mac,
  io: Io,
  name: string,
  exists: boolean,
  options: { json: boolean; extended: boolean },
): Work<number> {
  yield inspectMs(mac)
  if (!exists || instanceStatus(mac) !== 'Running') {
    say(mac, io, 'fatal', `${name} is not running`)
    return 1
  }
  const runtime = yield* guestRuntime(mac)
  if (runtime === undefined) {
    say(mac, io, 'fatal', 'error retrieving current runtime: empty value')
    return 1
  }
  const facts = statusFacts(mac, name, runtime)
  if (options.json) io.out(`${JSON.stringify(facts)}\n`)
  else for (const line of statusLines(facts, options.extended)) say(mac, io, 'info', line)
  return 0
}

function statusFacts(mac: Mac, name: string, runtime: string) {
  const { vm, home } = mac.seed
  return {
    display_name: name,
    driver: vm.driver,
    arch: vm.arch,
    runtime,
    mount_type: vm.mountType ?? 'virtiofs',
    // JSON omits undefined members, as Colima does without `network.address: true`. @source Colima
    // v0.10.0, status --json
    ip_address: vm.ipAddress,
    docker_socket: `unix://${dockerSock(mac)}`,
    containerd_socket: `unix://${home}/.colima/${vm.profile}/containerd.sock`,
    kubernetes: false,
    cpu: vm.cpus,
    memory: vm.memory,
    disk: diskBytes(mac),
  }
}

function statusLines(facts: ReturnType<typeof statusFacts>, extended: boolean): string[] {
  const lines = [
    `${facts.display_name} is running using ${facts.driver}`,
    `arch: ${facts.arch}`,
    `runtime: ${facts.runtime}`,
    `mountType: ${facts.mount_type}`,
  ]
  if (facts.ip_address !== undefined) lines.push(`address: ${facts.ip_address}`)
  lines.push(
    `docker socket: ${facts.docker_socket}`,
    `containerd socket: ${facts.containerd_socket}`,
  )
  if (extended)
    lines.push(`cpu: ${facts.cpu}`, `mem: ${gib(facts.memory)}`, `disk: ${gib(facts.disk)}`)
  return lines
}

const gib = (bytes: number): string => `${Number((bytes / 2 ** 30).toPrecision(4))}GiB`

export function* list(mac: Mac, io: Io, json: boolean): Work<number> {
  yield inspectMs(mac)
  const state = instanceStatus(mac)
  const { vm } = mac.seed
  const running = state === 'Running'
  if (json) {
    if (state !== 'none') io.out(`${JSON.stringify(instanceFacts(mac, state))}\n`)
    return 0
  }
  const rows = [['PROFILE', 'STATUS', 'ARCH', 'CPUS', 'MEMORY', 'DISK', 'RUNTIME', 'ADDRESS']]
  if (state === 'none')
    say(mac, io, 'warning', 'No instance found. Run `colima start` to create an instance.')
  else
    rows.push([
      vm.profile,
      state,
      vm.arch,
      String(vm.cpus),
      gib(vm.memory),
      gib(diskBytes(mac)),
      running ? 'docker' : '',
      running ? (vm.ipAddress ?? '') : '',
    ])
  io.out(aligned(rows, 4))
  return 0
}

/** One instance of `list --json`. The members after `disk` are present only while it runs. */
function instanceFacts(mac: Mac, state: string) {
  const { profile, arch, cpus, memory, ipAddress } = mac.seed.vm
  const facts = { name: profile, status: state, arch, cpus, memory, disk: diskBytes(mac) }
  return state === 'Running' ? { ...facts, address: ipAddress, runtime: 'docker' } : facts
}

export function* version(mac: Mac, io: Io): Work<number> {
  yield colima.version
  io.out('colima version v0.10.0\ngit commit: 0000000000000000000000000000000000000000\n')
  if (instanceStatus(mac) !== 'Running') return 0
  const runtime = yield* guestRuntime(mac)
  if (runtime === undefined) return 0
  io.out(`\nruntime: ${runtime}\narch: ${mac.seed.vm.arch}\n`)
  io.out(
    mac.vm.docker === 'running'
      ? `client: v${clientVersion}\nserver: v${dockerVersion(mac)}\n`
      : '\n',
  )
  return 0
}

export function* sshConfigOf(mac: Mac, io: Io, exists: boolean): Work<number> {
  yield colima.list
  const path = `${limaFolder(mac)}/ssh.config`
  if (!exists || mac.disk.text(path) === undefined) {
    const missing =
      'error retrieving ssh config: error retrieving Lima SSH config file for profile ' +
      `'${instanceOf(mac)}': open ${path}: no such file or directory`
    say(mac, io, 'fatal', missing)
    return 1
  }
  // While the VM is stopped, this is the old file with the port of the last start.
  io.out(`${sshConfig(mac, instanceOf(mac))}\n`)
  return 0
}
