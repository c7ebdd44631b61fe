// `colima status`, `list`, `version`, `ssh-config`: what Colima claims, each from no more than it
// looks at.
import { dockerSock, instanceOf, limaFolder, now, type Io, type Mac } from '#lab/host/mac.ts'
import { enter, instanceStatus, inspectMs, sshRoute } from '#lab/host/platforms/lima/instance.ts'
import { sshConfig } from '#lab/host/platforms/lima/files.ts'
import { clientVersion, dockerVersion } from '#lab/host/platforms/docker/versions.ts'
import { aligned } from '#lab/host/table.ts'
import { colima } from '#lab/host/delays.ts'
import type { Work } from '#lab/host/work.ts'
import { say } from './log.ts'

const discardOutput: Io = { out() {}, err() {}, stdin: '' }

/**
 * Reads the runtime's name from a file in the guest, through ssh: all that `status` knows of the
 * guest. Hangs with a frozen
 * VM behind a living master; undefined where ssh does not get through or the file was never
 * written.
 */
export function* guestRuntime(mac: Mac): Work<'docker' | undefined> {
  const startedAt = now(mac)
  const fresh = mac.vm.sshMaster === 'down'
  const refused = sshRoute(mac, true) === 'refused'
  const code = yield* enter(mac, discardOutput, true)
  const known = code === undefined && mac.vm.runtimeFile
  const whole = known
    ? colima.status + (fresh ? colima.newMaster : 0)
    : refused
      ? colima.emptyRefused
      : colima.emptyWhileBooting
  yield Math.max(0, whole - colima.list - (now(mac) - startedAt))
  return known ? 'docker' : undefined
}

/** Bytes of the disk as Colima shows it. */
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
  const { vm, home } = mac.seed
  const facts = {
    display_name: name,
    driver: vm.driver,
    arch: vm.arch,
    runtime,
    mount_type: vm.mountType ?? 'virtiofs',
    // Absent without `network.address: true`. @source Colima v0.10.0, status --json
    ...(vm.ipAddress === undefined ? {} : { ip_address: vm.ipAddress }),
    docker_socket: `unix://${dockerSock(mac)}`,
    containerd_socket: `unix://${home}/.colima/${vm.profile}/containerd.sock`,
    kubernetes: false,
    cpu: vm.cpus,
    memory: vm.memory,
    disk: diskBytes(mac),
  }
  if (options.json) {
    io.out(`${JSON.stringify(facts)}\n`)
    return 0
  }
  const lines = [
    `${name} is running using ${facts.driver}`,
    `arch: ${facts.arch}`,
    `runtime: ${runtime}`,
    `mountType: ${facts.mount_type}`,
  ]
  if (vm.ipAddress !== undefined) lines.push(`address: ${vm.ipAddress}`)
  lines.push(
    `docker socket: ${facts.docker_socket}`,
    `containerd socket: ${facts.containerd_socket}`,
  )
  if (options.extended)
    lines.push(`cpu: ${facts.cpu}`, `mem: ${gib(facts.memory)}`, `disk: ${gib(facts.disk)}`)
  for (const line of lines) say(mac, io, 'info', line)
  return 0
}

const gib = (bytes: number): string => `${Number((bytes / 2 ** 30).toPrecision(4))}GiB`

export function* list(mac: Mac, io: Io, json: boolean): Work<number> {
  yield inspectMs(mac)
  const state = instanceStatus(mac)
  const { vm } = mac.seed
  const running = state === 'Running'
  if (json) {
    if (state === 'none') return 0
    const live = running
      ? { ...(vm.ipAddress === undefined ? {} : { address: vm.ipAddress }), runtime: 'docker' }
      : {}
    io.out(
      `${JSON.stringify({ name: vm.profile, status: state, arch: vm.arch, cpus: vm.cpus, memory: vm.memory, disk: diskBytes(mac), ...live })}\n`,
    )
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
  if (!exists || mac.disk.text(`${limaFolder(mac)}/ssh.config`) === undefined) {
    say(
      mac,
      io,
      'fatal',
      `error retrieving ssh config: error retrieving Lima SSH config file for profile '${instanceOf(mac)}': open ${limaFolder(mac)}/ssh.config: no such file or directory`,
    )
    return 1
  }
  // Stopped, it is the stale file with the port of the last start.
  io.out(`${sshConfig(mac, instanceOf(mac))}\n`)
  return 0
}
