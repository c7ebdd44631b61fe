// Docker by its command line: the settings of a container, what it publishes now, start and stop.
import { z } from 'zod'
import { CommandError, parsed, run } from '#src/commands/command.ts'
import type { Call } from '#src/commands/call.ts'
import { inspected, viewOf, type ContainerView } from './view.ts'

export interface ContainerLine {
  id: string
  name: string
  image: string
  /** `running`, `exited`, … */
  state: string
  /** In words, e.g. `Up 3 hours`. */
  status: string
}

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

/** Checks what Docker printed. The error of an unexpected shape names the member. */
function shaped<T>(schema: z.ZodType<T>, message: string, value: unknown): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new Error(
    `${message} printed something else than expected: ${issue?.path.join('.') || 'all of it'}: ` +
      (issue?.message ?? 'unknown'),
  )
}

/**
 * The last answer about each container: a watched recovery asks every two seconds, and mostly gets
 * the same text.
 */
const inspections = new Map<string, { text: string; view: ContainerView }>()

/** Runs docker with words; rejects with a CommandError that names the description. */
type Invoke = (words: readonly string[], description?: string) => Promise<string>

/** The daemon's own report. Old clients exit 0 without a daemon, too, so the answer is checked. */
async function infoOf(
  invoke: Invoke,
): Promise<{ version: string; name: string; cpus: number; memory: number }> {
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
}

async function allContainers(invoke: Invoke): Promise<readonly ContainerLine[]> {
  const description = 'docker ps --all'
  const lines = (await invoke(['ps', '--all', '--no-trunc', '--format', '{{json .}}'], description))
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
}

async function inspect(invoke: Invoke, name: string): Promise<ContainerView> {
  const description = `docker inspect ${name}`
  const text = await invoke(['inspect', name], description)
  const known = inspections.get(name)
  if (known?.text === text) return known.view
  const view = viewOf(shaped(inspected, description, parsed(description, text)))
  inspections.set(name, { text, view })
  return view
}

/** How long the processes of a container have after SIGTERM, s. Default: Docker's 10 s. */
const within = (patience: number | undefined): readonly string[] =>
  patience === undefined ? [] : ['-t', String(patience)]

/** Changes a container. */
const acts = (invoke: Invoke) => ({
  async start(name: string): Promise<void> {
    await invoke(['start', name])
  },

  async stop(name: string, { patience }: { patience?: number } = {}): Promise<void> {
    await invoke(['stop', ...within(patience), name])
  },

  async restart(name: string, { patience }: { patience?: number } = {}): Promise<void> {
    await invoke(['restart', ...within(patience), name])
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

  /** `memory` in bytes. Swap is set to the same value: otherwise Docker allows twice the memory. */
  async update(
    name: string,
    { restart, memory }: { restart?: string; memory?: number },
  ): Promise<void> {
    const limits =
      memory === undefined ? [] : ['--memory', String(memory), '--memory-swap', String(memory)]
    const policy = restart === undefined ? [] : ['--restart', restart]
    await invoke(['update', ...policy, ...limits, name])
  },
})

/**
 * Docker at a socket (a path), or at the one that its own configuration chooses. All calls reject
 * with a CommandError.
 */
export function docker(call: Call, { socket }: { socket?: string | undefined } = {}) {
  const host = socket === undefined ? [] : ['--host', `unix://${socket}`]
  const invoke: Invoke = (words, description = `docker ${words.join(' ')}`) =>
    run(call, ['docker', ...host, ...words], { description })

  return {
    info: () => infoOf(invoke),
    /** All containers by name, stopped ones too. */
    ps: () => allContainers(invoke),
    inspect: (name: string) => inspect(invoke, name),
    ...acts(invoke),
  }
}
