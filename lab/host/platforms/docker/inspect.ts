// The JSON of `docker inspect` for a container.
import type { Container } from '#lab/host/mac.ts'

const never = '0001-01-01T00:00:00Z'
const time = (at: number): string =>
  at === 0 ? never : `${new Date(at).toISOString().slice(0, 23)}000000Z`

const families = (hostIp: string): readonly string[] =>
  hostIp === '' ? ['0.0.0.0', '::'] : [hostIp]

/** Go sorts the keys of a map as texts. */
const byKey = (a: { container: number }, b: { container: number }): number =>
  `${a.container}/tcp` < `${b.container}/tcp` ? -1 : 1

/** The Docker network of a container. That of a node is named after its cluster. */
export const networkOf = ({ machine, name }: Container): string =>
  machine === undefined ? 'bridge' : name.replace(/-(controlplane|worker)-\d+$/, '')

const isUp = ({ status }: Container): boolean => status === 'running' || status === 'paused'

/**
 * A container as dockerd describes it, with dockerd's names and units (bytes, nanoseconds, RFC
 * 3339).
 */
export const inspection = (container: Container): Record<string, unknown> => ({
  Id: container.id,
  Created: time(container.createdAt),
  Path: '/sbin/init',
  Args: [],
  State: stateOf(container),
  Image: `sha256:${container.id.split('').toReversed().join('')}`,
  Name: `/${container.name}`,
  RestartCount: container.restartCount,
  Driver: 'overlay2',
  Platform: 'linux',
  HostConfig: hostConfigOf(container),
  Config: configOf(container),
  NetworkSettings: networkSettingsOf(container),
})

const stateOf = (container: Container) => ({
  Status: container.status,
  Running: isUp(container) || container.status === 'restarting',
  Paused: container.status === 'paused',
  Restarting: container.status === 'restarting',
  OOMKilled: false,
  Dead: false,
  Pid: container.pid,
  ExitCode: container.exitCode,
  Error: container.error,
  StartedAt: time(container.startedAt),
  FinishedAt: time(container.finishedAt),
})

function hostConfigOf(container: Container) {
  const isNode = container.machine !== undefined
  const bindings = container.bindings.toSorted(byKey).map(({ container: port, host, hostIp }) => {
    const binding = { HostIp: hostIp, HostPort: host === 'random' ? '' : String(host) }
    return [`${port}/tcp`, [binding]] as const
  })
  return {
    NetworkMode: networkOf(container),
    PortBindings: Object.fromEntries(bindings),
    RestartPolicy: {
      Name: container.restartPolicy === '' ? 'no' : container.restartPolicy,
      MaximumRetryCount: 0,
    },
    AutoRemove: false,
    Privileged: isNode,
    SecurityOpt: isNode ? ['seccomp=unconfined', 'label=disable'] : null,
    Tmpfs: isNode ? { '/run': '', '/system': '', '/tmp': '' } : null,
    NanoCpus: container.nanoCpus,
    Memory: container.memory,
    MemoryReservation: 0,
    MemorySwap: container.memorySwap,
  }
}

function configOf(container: Container) {
  const { name, image, bindings, machine } = container
  const exposed = bindings.toSorted(byKey).map(binding => [`${binding.container}/tcp`, {}] as const)
  const labels = machine && {
    'talos.cluster.name': networkOf(container),
    'talos.owned': 'true',
    'talos.type': machine.controlPlane ? 'controlplane' : 'worker',
  }
  return {
    Hostname: name,
    ExposedPorts: Object.fromEntries(exposed),
    Env: machine === undefined ? [] : ['PLATFORM=container'],
    Image: image,
    Labels: labels ?? {},
  }
}

function networkSettingsOf(container: Container) {
  const { id, ip, ports } = container
  const up = isUp(container)
  const live = ports
    .toSorted(byKey)
    .map(
      ({ container: port, host, hostIp }) =>
        [
          `${port}/tcp`,
          families(hostIp).map(HostIp => ({ HostIp, HostPort: String(host) })),
        ] as const,
    )
  return {
    SandboxID: up ? id.slice(0, 64) : '',
    Ports: Object.fromEntries(live),
    Networks: {
      [networkOf(container)]: {
        IPAddress: up ? ip : '',
        Gateway: up ? ip.replace(/\d+$/, '1') : '',
        IPPrefixLen: up ? 24 : 0,
      },
    },
  }
}
