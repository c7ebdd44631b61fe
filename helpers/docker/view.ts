// The parts of `docker inspect` that holdfast uses.
import { z } from 'zod'

export interface Binding {
  container: number
  protocol: string
  hostIp: string
  host: number
}

export interface ContainerView {
  id: string
  name: string
  running: boolean
  /** `created`, `running`, `paused`, `restarting`, `exited` or `dead`. */
  status: string
  paused: boolean
  /** ms since the epoch; 0 when it never started. */
  startedAt: number
  /** Id of its first process, on the machine that runs Docker; 0 while it does not run. */
  pid: number
  exitCode: number
  /** `no`, `always`, `unless-stopped`, `on-failure`; empty when it was never set. */
  restartPolicy: string
  /** Bytes; 0: no limit. */
  memory: number
  /** Bytes of memory and swap together; 0: not set, -1: no limit. */
  memorySwap: number
  /** 0: no limit. */
  cpus: number
  /** What it publishes now; empty while it does not run. */
  bindings: readonly Binding[]
  /** What it was created with. `host` undefined: Docker picks a port at each start. */
  declared: readonly { container: number; protocol: string; host: number | undefined }[]
}

const portMap = z
  .record(
    z.string(),
    z
      .array(z.object({ HostIp: z.string().default(''), HostPort: z.string().default('') }))
      .nullable(),
  )
  .nullish()

/** The answer of `docker inspect` for one container. */
export const inspected = z.tuple([
  z.object({
    Id: z.string(),
    Name: z.string(),
    State: z.object({
      Status: z.string(),
      Running: z.boolean(),
      Paused: z.boolean().default(false),
      Pid: z.number().default(0),
      ExitCode: z.number().default(0),
      StartedAt: z.string(),
    }),
    HostConfig: z.object({
      RestartPolicy: z.object({ Name: z.string() }).default({ Name: '' }),
      Memory: z.number().default(0),
      MemorySwap: z.number().default(0),
      NanoCpus: z.number().default(0),
      PortBindings: portMap,
    }),
    NetworkSettings: z.object({ Ports: portMap }),
  }),
])

/** `6443/tcp` as its parts. */
function portOf(key: string): { container: number; protocol: string } {
  const [port, protocol] = key.split('/')
  return { container: Number(port), protocol: protocol ?? 'tcp' }
}

const byPort = (
  a: { container: number; host?: number | undefined },
  b: { container: number; host?: number | undefined },
): number => a.container - b.container || (a.host ?? 0) - (b.host ?? 0)

/** The IPv4 and the IPv6 part of a binding count as one while they have the same port. */
function published(ports: z.output<typeof portMap>): Binding[] {
  const all = Object.entries(ports ?? {}).flatMap(([key, hosts]) =>
    (hosts ?? []).map(host => ({
      ...portOf(key),
      hostIp: host.HostIp,
      host: Number(host.HostPort),
    })),
  )
  return all
    .filter(
      (one, index) =>
        one.hostIp !== '::' ||
        !all.some(
          (other, at) =>
            at !== index &&
            other.hostIp !== '::' &&
            other.container === one.container &&
            other.protocol === one.protocol &&
            other.host === one.host,
        ),
    )
    .toSorted(byPort)
}

export function viewOf([container]: z.output<typeof inspected>): ContainerView {
  const { State: state, HostConfig: config } = container
  // Docker writes year 1 for “never”.
  const startedAt = Math.max(0, Date.parse(state.StartedAt) || 0)
  const declared = Object.entries(config.PortBindings ?? {}).flatMap(([key, hosts]) =>
    (hosts ?? []).map(({ HostPort }) => ({
      ...portOf(key),
      host: HostPort === '' || HostPort === '0' ? undefined : Number(HostPort),
    })),
  )
  return {
    id: container.Id,
    name: container.Name.replace(/^\//, ''),
    running: state.Running,
    status: state.Status,
    paused: state.Paused,
    startedAt,
    pid: state.Pid,
    exitCode: state.ExitCode,
    restartPolicy: config.RestartPolicy.Name,
    memory: config.Memory,
    memorySwap: config.MemorySwap,
    cpus: config.NanoCpus / 1e9,
    bindings: published(container.NetworkSettings.Ports),
    declared: declared.toSorted(byPort),
  }
}
