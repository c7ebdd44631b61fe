// The JSON of `docker inspect` for a container.
import { type Container } from '#lab/host/mac.ts'

const never = '0001-01-01T00:00:00Z'
const time = (at: number): string =>
  at === 0 ? never : `${new Date(at).toISOString().slice(0, 23)}000000Z`

const families = (hostIp: string): readonly string[] =>
  hostIp === '' ? ['0.0.0.0', '::'] : [hostIp]

/** What dockerd knows of a container, in its own words and units (bytes, nanoseconds, RFC 3339). */
export function inspection(container: Container): Record<string, unknown> {
  const alive = container.status === 'running' || container.status === 'paused'
  // Go writes maps in the order of their keys as texts.
  const byKey = (a: { container: number }, b: { container: number }): number =>
    `${a.container}/tcp` < `${b.container}/tcp` ? -1 : 1
  const exposed = container.bindings.toSorted(byKey)
  const bindings = Object.fromEntries(
    exposed.map(binding => [
      `${binding.container}/tcp`,
      [{ HostIp: binding.hostIp, HostPort: binding.host === 'random' ? '' : String(binding.host) }],
    ]),
  )
  const live = Object.fromEntries(
    container.ports
      .toSorted(byKey)
      .map(port => [
        `${port.container}/tcp`,
        families(port.hostIp).map(HostIp => ({ HostIp, HostPort: String(port.host) })),
      ]),
  )
  const network =
    container.machine === undefined
      ? 'bridge'
      : container.name.replace(/-(controlplane|worker)-\d+$/, '')
  return {
    Id: container.id,
    Created: time(container.createdAt),
    Path: '/sbin/init',
    Args: [],
    State: {
      Status: container.status,
      Running: alive || container.status === 'restarting',
      Paused: container.status === 'paused',
      Restarting: container.status === 'restarting',
      OOMKilled: false,
      Dead: false,
      Pid: container.pid,
      ExitCode: container.exitCode,
      Error: container.error,
      StartedAt: time(container.startedAt),
      FinishedAt: time(container.finishedAt),
    },
    Image: `sha256:${container.id.split('').toReversed().join('')}`,
    Name: `/${container.name}`,
    RestartCount: container.restartCount,
    Driver: 'overlay2',
    Platform: 'linux',
    HostConfig: {
      NetworkMode: network,
      PortBindings: bindings,
      RestartPolicy: {
        Name: container.restartPolicy === '' ? 'no' : container.restartPolicy,
        MaximumRetryCount: 0,
      },
      AutoRemove: false,
      Privileged: container.machine !== undefined,
      SecurityOpt: container.machine === undefined ? null : ['seccomp=unconfined', 'label=disable'],
      Tmpfs: container.machine === undefined ? null : { '/run': '', '/system': '', '/tmp': '' },
      NanoCpus: container.nanoCpus,
      Memory: container.memory,
      MemoryReservation: 0,
      MemorySwap: container.memorySwap,
    },
    Config: {
      Hostname: container.name,
      ExposedPorts: Object.fromEntries(exposed.map(binding => [`${binding.container}/tcp`, {}])),
      Env: container.machine === undefined ? [] : ['PLATFORM=container'],
      Image: container.image,
      Labels:
        container.machine === undefined
          ? {}
          : {
              'talos.cluster.name': network,
              'talos.owned': 'true',
              'talos.type': container.machine.controlPlane ? 'controlplane' : 'worker',
            },
    },
    NetworkSettings: {
      SandboxID: alive ? container.id.slice(0, 64) : '',
      Ports: live,
      Networks: {
        [network]: {
          IPAddress: alive ? container.ip : '',
          Gateway: alive ? container.ip.replace(/\d+$/, '1') : '',
          IPPrefixLen: alive ? 24 : 0,
        },
      },
    },
  }
}
