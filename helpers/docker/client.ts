// Docker by its command line: what a container is set to, what is really published now, and
// starting and stopping it.
import { z } from 'zod'
import { CommandError, parsed, run } from '#src/commands/command.ts'
import type { Call } from '#src/commands/call.ts'

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
  /** Of its first process, in the machine that runs Docker; 0 when it does not run. */
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
  /** What is published now; nothing while it does not run. */
  bindings: readonly Binding[]
  /** What it was created with; `host` undefined: Docker picks a port at each start. */
  declared: readonly { container: number; protocol: string; host: number | undefined }[]
}

export interface ContainerLine {
  id: string
  name: string
  image: string
  /** `running`, `exited`, … */
  state: string
  /** In words, e.g. `Up 3 hours`. */
  status: string
}

const portMap = z
  .record(
    z.string(),
    z
      .array(z.object({ HostIp: z.string().default(''), HostPort: z.string().default('') }))
      .nullable(),
  )
  .nullish()

const inspected = z.tuple([
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

const listed = z.object({
  ID: z.string(),
  Names: z.string(),
  Image: z.string(),
  State: z.string().default(''),
  Status: z.string().default(''),
})
const described = z.object({
  ServerVersion: z.string().default(''),
  Name: z.string().default(''),
  NCPU: z.number().default(0),
  MemTotal: z.number().default(0),
  ServerErrors: z.array(z.string()).nullish(),
})

/** Checks what Docker printed. An unexpected shape names the member that is not as expected. */
function shaped<T>(schema: z.ZodType<T>, message: string, value: unknown): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new Error(
    `${message} printed something else than expected: ${issue?.path.join('.') || 'all of it'}: ${issue?.message ?? 'unknown'}`,
  )
}

/** `6443/tcp` as its parts. */
function portOf(key: string): { container: number; protocol: string } {
  const [port, protocol] = key.split('/')
  return { container: Number(port), protocol: protocol ?? 'tcp' }
}

const byPort = (
  a: { container: number; host?: number | undefined },
  b: { container: number; host?: number | undefined },
): number => a.container - b.container || (a.host ?? 0) - (b.host ?? 0)

/** IPv4 and IPv6 of one binding are one binding to us, as long as they have the same port. */
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

function viewOf([container]: z.output<typeof inspected>): ContainerView {
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

/**
 * What was last said of each container: a watched recovery asks every other second, and mostly
 * hears the same.
 */
const inspections = new Map<string, { text: string; view: ContainerView }>()

/**
 * Docker at a socket (a path), or at the one that its own configuration chooses. All calls reject
 * with a CommandError.
 */
export function docker(call: Call, { socket }: { socket?: string | undefined } = {}) {
  const host = socket === undefined ? [] : ['--host', `unix://${socket}`]
  const invoke = (
    words: readonly string[],
    description = `docker ${words.join(' ')}`,
  ): Promise<string> => run(call, ['docker', ...host, ...words], { description })

  return {
    /**
     * What the daemon says of itself. Older clients exit 0 without a daemon too, so the answer is
     * looked at.
     */
    async info(): Promise<{ version: string; name: string; cpus: number; memory: number }> {
      const description = 'docker info'
      const stdout = await invoke(['info', '--format', '{{json .}}'], description)
      const info = shaped(described, description, parsed(description, stdout))
      const no = (why: string): CommandError =>
        new CommandError(
          description,
          { kind: 'exited', code: 0, stdout, stderr: '', tookMs: 0 },
          `${description}: ${why}`,
        )
      if (info.ServerErrors?.[0] !== undefined) throw no(info.ServerErrors[0])
      if (info.ServerVersion === '') throw no('no daemon answered')
      return {
        version: info.ServerVersion,
        name: info.Name,
        cpus: info.NCPU,
        memory: info.MemTotal,
      }
    },

    /** All containers, those that do not run too, by name. */
    async ps(): Promise<readonly ContainerLine[]> {
      const description = 'docker ps --all'
      const lines = (
        await invoke(['ps', '--all', '--no-trunc', '--format', '{{json .}}'], description)
      )
        .split('\n')
        .filter(line => line.trim() !== '')
      return lines
        .map(line => shaped(listed, description, parsed(description, line)))
        .map(line => ({
          id: line.ID,
          name: line.Names,
          image: line.Image,
          state: line.State,
          status: line.Status,
        }))
        .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    },

    async inspect(name: string): Promise<ContainerView> {
      const description = `docker inspect ${name}`
      const words = ['inspect', name]
      const text = await invoke(words, description)
      const known = inspections.get(name)
      if (known?.text === text) return known.view
      const view = viewOf(shaped(inspected, description, parsed(description, text)))
      inspections.set(name, { text, view })
      return view
    },

    async start(name: string): Promise<void> {
      await invoke(['start', name])
    },

    /** `patience` in s: how long its processes have after SIGTERM. Default: Docker's 10 s. */
    async stop(name: string, options: { patience?: number } = {}): Promise<void> {
      await invoke([
        'stop',
        ...(options.patience === undefined ? [] : ['-t', String(options.patience)]),
        name,
      ])
    },

    async restart(name: string, options: { patience?: number } = {}): Promise<void> {
      await invoke([
        'restart',
        ...(options.patience === undefined ? [] : ['-t', String(options.patience)]),
        name,
      ])
    },

    async pause(name: string): Promise<void> {
      await invoke(['pause', name])
    },

    async unpause(name: string): Promise<void> {
      await invoke(['unpause', name])
    },

    /** Sends a signal to its first process. */
    async kill(name: string, signal: 'KILL' | 'TERM' | 'STOP' | 'CONT' = 'KILL'): Promise<void> {
      await invoke(['kill', '--signal', signal, name])
    },

    /**
     * `memory` in bytes; swap is set to the same, so that the limit is one: no swap, and none of
     * Docker's doubling.
     */
    async update(
      name: string,
      { restart, memory }: { restart?: string; memory?: number },
    ): Promise<void> {
      const limits =
        memory === undefined ? [] : ['--memory', String(memory), '--memory-swap', String(memory)]
      await invoke([
        'update',
        ...(restart === undefined ? [] : ['--restart', restart]),
        ...limits,
        name,
      ])
    },
  }
}
