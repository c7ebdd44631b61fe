// `docker info` and `docker version`.
import { docker } from '#lab/host/delays.ts'
import type { Io, Mac } from '#lab/host/mac.ts'
import type { Work } from '#lab/host/work.ts'
import { dial, type Dial } from './connect.ts'
import { render } from './format.ts'
import { apiVersion, clientVersion, dockerVersion } from './versions.ts'

const formatted = (format: string, value: unknown): string =>
  `${format === 'json' ? JSON.stringify(value) : render(format, value)}\n`

const infoClient = (to: Dial): string =>
  [
    'Client:',
    ...(to.from === 'host' ? [` Version:    ${clientVersion}`] : []),
    ' Context:    default',
    ' Debug Mode: false',
    '',
    'Server:',
    '',
  ].join('\n')

export function* info(mac: Mac, io: Io, to: Dial, format: string | undefined): Work<number> {
  if (format === undefined) io.out(infoClient(to))
  const error = yield* dial(mac, to, '/info')
  if (error !== undefined) {
    // The guest's client prints this error to stdout. @source measured with Colima v0.8.1
    if (to.from === 'guest') {
      yield docker.info
      io.out(`ERROR: ${error}\n`)
      io.err('errors pretty printing info\n')
    } else io.err(`${error}\n`)
    return 1
  }
  yield docker.info - docker.failure
  const facts = infoFacts(mac)
  io.out(format === undefined ? infoText(mac, facts) : formatted(format, facts))
  return 0
}

function infoFacts(mac: Mac) {
  const count = (...states: string[]): number =>
    mac.containers.filter(container => states.includes(container.status)).length
  return {
    Containers: mac.containers.length,
    ContainersRunning: count('running', 'restarting'),
    ContainersPaused: count('paused'),
    ContainersStopped: count('exited', 'created'),
    ServerVersion: dockerVersion(mac),
    Driver: 'overlay2',
    OperatingSystem: 'Ubuntu 24.04.3 LTS',
    OSType: 'linux',
    Architecture: mac.seed.vm.arch,
    NCPU: mac.seed.vm.cpus,
    MemTotal: mac.seed.vm.memory,
    Name: 'colima',
    DockerRootDir: '/var/lib/docker',
    LiveRestoreEnabled: false,
  }
}

function infoText(mac: Mac, facts: ReturnType<typeof infoFacts>): string {
  const lines = [
    `Containers: ${facts.Containers}`,
    ` Running: ${facts.ContainersRunning}`,
    ` Paused: ${facts.ContainersPaused}`,
    ` Stopped: ${facts.ContainersStopped}`,
    `Images: ${new Set(mac.containers.map(container => container.image)).size}`,
    `Server Version: ${facts.ServerVersion}`,
    `Storage Driver: ${facts.Driver}`,
    'Logging Driver: json-file',
    'Cgroup Driver: systemd',
    'Cgroup Version: 2',
    'Swarm: inactive',
    'Runtimes: io.containerd.runc.v2 runc',
    'Default Runtime: runc',
    `Operating System: ${facts.OperatingSystem}`,
    'OSType: linux',
    `Architecture: ${facts.Architecture}`,
    `CPUs: ${facts.NCPU}`,
    `Total Memory: ${Number((facts.MemTotal / 2 ** 30).toPrecision(4))}GiB`,
    `Name: ${facts.Name}`,
    `Docker Root Dir: ${facts.DockerRootDir}`,
    'Debug Mode: false',
    'Live Restore Enabled: false',
  ]
  return lines.map(line => ` ${line}\n`).join('')
}

export function* version(mac: Mac, io: Io, to: Dial, format: string | undefined): Work<number> {
  const client = {
    Version: to.from === 'host' ? clientVersion : dockerVersion(mac),
    ApiVersion: apiVersion,
    Os: to.from === 'host' ? 'darwin' : 'linux',
    Arch: 'arm64',
  }
  if (format === undefined)
    io.out(
      `Client:\n Version:           ${client.Version}\n` +
        ` API version:       ${client.ApiVersion}\n` +
        ` OS/Arch:           ${client.Os}/${client.Arch}\n` +
        ' Context:           default\n',
    )
  const error = yield* dial(mac, to, '/version')
  if (error !== undefined) {
    if (format !== undefined) io.out('\n')
    io.err(`${error}\n`)
    return 1
  }
  yield docker.other
  const server = {
    Version: dockerVersion(mac),
    ApiVersion: '1.52',
    MinAPIVersion: '1.44',
    Os: 'linux',
    Arch: 'arm64',
  }
  const minimum = `(minimum version ${server.MinAPIVersion})`
  io.out(
    format === undefined
      ? '\nServer: Docker Engine - Community\n Engine:\n' +
          `  Version:          ${server.Version}\n` +
          `  API version:      ${server.ApiVersion} ${minimum}\n` +
          '  OS/Arch:          linux/arm64\n'
      : formatted(format, { Client: client, Server: server }),
  )
  return 0
}
