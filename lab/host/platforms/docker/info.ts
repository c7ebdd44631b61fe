// `docker info` and `docker version`.
import type { Io, Mac } from '#lab/host/mac.ts'
import { docker } from '#lab/host/delays.ts'
import type { Work } from '#lab/host/work.ts'
import { dial, type Dial } from './connect.ts'
import { render } from './format.ts'
import { apiVersion, clientVersion, dockerVersion } from './versions.ts'

export function* info(mac: Mac, io: Io, to: Dial, format: string | undefined): Work<number> {
  const client =
    to.from === 'host'
      ? `Client:\n Version:    ${clientVersion}\n Context:    default\n Debug Mode: false\n\nServer:\n`
      : 'Client:\n Context:    default\n Debug Mode: false\n\nServer:\n'
  if (format === undefined) io.out(client)
  const error = yield* dial(mac, to, '/info')
  if (error !== undefined) {
    // The guest's client says it in another place than the host's. @source measured with Colima
    // v0.8.1
    if (to.from === 'guest') {
      yield docker.info
      io.out(`ERROR: ${error}\n`)
      io.err('errors pretty printing info\n')
    } else io.err(`${error}\n`)
    return 1
  }
  yield docker.info - docker.failure
  const count = (...states: string[]): number =>
    mac.containers.filter(container => states.includes(container.status)).length
  const facts = {
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
  if (format !== undefined) {
    io.out(`${format === 'json' ? JSON.stringify(facts) : render(format, facts)}\n`)
    return 0
  }
  io.out(
    ` Containers: ${facts.Containers}\n  Running: ${facts.ContainersRunning}\n  Paused: ${facts.ContainersPaused}\n  Stopped: ${facts.ContainersStopped}\n` +
      ` Images: ${new Set(mac.containers.map(container => container.image)).size}\n Server Version: ${facts.ServerVersion}\n Storage Driver: ${facts.Driver}\n` +
      ` Logging Driver: json-file\n Cgroup Driver: systemd\n Cgroup Version: 2\n Swarm: inactive\n Runtimes: io.containerd.runc.v2 runc\n Default Runtime: runc\n` +
      ` Operating System: ${facts.OperatingSystem}\n OSType: linux\n Architecture: ${facts.Architecture}\n CPUs: ${facts.NCPU}\n Total Memory: ${Number((facts.MemTotal / 2 ** 30).toPrecision(4))}GiB\n` +
      ` Name: ${facts.Name}\n Docker Root Dir: ${facts.DockerRootDir}\n Debug Mode: false\n Live Restore Enabled: false\n`,
  )
  return 0
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
      `Client:\n Version:           ${client.Version}\n API version:       ${client.ApiVersion}\n OS/Arch:           ${client.Os}/${client.Arch}\n Context:           default\n`,
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
  if (format !== undefined)
    io.out(
      `${format === 'json' ? JSON.stringify({ Client: client, Server: server }) : render(format, { Client: client, Server: server })}\n`,
    )
  else
    io.out(
      `\nServer: Docker Engine - Community\n Engine:\n  Version:          ${server.Version}\n  API version:      ${server.ApiVersion} (minimum version ${server.MinAPIVersion})\n  OS/Arch:          linux/arm64\n`,
    )
  return 0
}
