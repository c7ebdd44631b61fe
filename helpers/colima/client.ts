// Colima, asked by its command line. What it reports can be wrong: each case says what it proves.
import { z } from 'zod'
import type { Exit } from '#src/model/runtime.ts'
import { attempt, failure, parsed, run } from '#src/commands/command.ts'
import { processes, type HostProcess } from '#helpers/host/processes.ts'
import type { Call } from '#src/commands/call.ts'

export type ColimaStatus =
  /**
   * Exit 0. Proves that ssh works and that the VM was once fully started; Docker may be dead.
   * `socket` is a path.
   */
  | { kind: 'running'; runtime: string; ipAddress?: string; socket: string }
  /** Its hostagent does not run. The VM and all services may still work. */
  | { kind: 'not-running'; description: string }
  /** No answer within the deadline: a frozen VM. */
  | { kind: 'hangs' }
  /** Anything else, e.g. a VM that is booting or has lost its network. */
  | { kind: 'failed'; description: string }

export interface ColimaInstance {
  name: string
  /** `Running`, `Stopped` or `Broken`. */
  status: string
  arch: string
  cpus: number
  /** Bytes. */
  memory: number
  /** Bytes. */
  disk: number
  /** Only while it runs. */
  runtime?: string
}

/** Files of a profile on the host, and the name by which ssh knows its VM. */
export function paths(home: string, profile: string) {
  const instance = profile === 'default' ? 'colima' : `colima-${profile}`
  const lima = `${home}/.colima/_lima/${instance}`
  return {
    socket: `${home}/.colima/${profile}/docker.sock`,
    sshConfig: `${lima}/ssh.config`,
    /** The control socket of the ssh master. */
    sshMux: `${lima}/ssh.sock`,
    lima,
    /** Of the user-mode network, which all profiles share. */
    network: `${home}/.colima/_lima/_networks/user-v2`,
    sshHost: `lima-${instance}`,
  }
}

/**
 * The last message that Colima or Lima logged, without its log format. They log to stderr, and for
 * child processes to stdout.
 */
export function lastWords(exit: Exit): string | undefined {
  if (exit.kind === 'missing') return undefined
  const lines = `${exit.stdout}\n${exit.stderr}`
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')
  const grave = lines.findLast(line => /\blevel=(fatal|error)\b/.test(line)) ?? lines.at(-1)
  const message =
    grave?.match(/\bmsg="((?:[^"\\]|\\.)*)"/)?.[1]?.replaceAll('\\"', '"') ??
    grave?.match(/\bmsg=(\S+)/)?.[1]
  return message ?? grave
}

const statusShape = z.object({
  runtime: z.string().default(''),
  ip_address: z.string().optional(),
  docker_socket: z.string().default(''),
})
const listShape = z.object({
  name: z.string(),
  status: z.string(),
  arch: z.string().default(''),
  cpus: z.number().default(0),
  memory: z.number().default(0),
  disk: z.number().default(0),
  runtime: z.string().optional(),
})

function running(stdout: string, socket: string): ColimaStatus {
  let value: unknown
  try {
    value = JSON.parse(stdout)
  } catch {
    value = undefined
  }
  const status = statusShape.safeParse(value)
  if (!status.success)
    throw new Error(
      `colima status: exit 0, but not the expected JSON: “${stdout.trim().slice(0, 80)}”`,
    )
  const { runtime, ip_address: ip, docker_socket: reportedSocket } = status.data
  // Without `network.address: true` the address is empty or absent: that is healthy.
  return {
    kind: 'running',
    runtime,
    ...(ip === undefined || ip === '' ? {} : { ipAddress: ip }),
    socket: reportedSocket.replace(/^unix:\/\//, '') || socket,
  }
}

async function listed(call: Call): Promise<readonly ColimaInstance[]> {
  const description = 'colima list --json'
  const exit = await attempt(call, ['colima', 'list', '--json'])
  if (exit.kind !== 'exited' || exit.code !== 0) throw failure(description, exit, lastWords(exit))
  return exit.stdout
    .split('\n')
    .filter(line => line.trim() !== '')
    .map(line => {
      const { runtime, ...instance } = listShape.parse(parsed(description, line))
      return { ...instance, ...(runtime === undefined ? {} : { runtime }) }
    })
}

async function statusOf(
  call: Call,
  profile: string,
  chosen: readonly string[],
): Promise<ColimaStatus> {
  const exit = await attempt(call, ['colima', 'status', '--json', ...chosen])
  if (exit.kind === 'missing') throw failure('colima status', exit)
  if (exit.kind === 'timed-out') return { kind: 'hangs' }
  if (exit.code === 0) return running(exit.stdout, paths(call.runtime.home, profile).socket)
  const description = lastWords(exit) ?? `exit ${exit.code}`
  return /\bis not running$/.test(description)
    ? { kind: 'not-running', description }
    : { kind: 'failed', description }
}

async function orphansOf(call: Call, profile: string): Promise<readonly HostProcess[]> {
  const instances = await listed(call)
  const isDown = (instance: ColimaInstance): boolean => instance.status === 'Stopped'
  if (!instances.filter(({ name }) => name === profile).every(isDown)) return []
  const { sshMux, network } = paths(call.runtime.home, profile)
  return (await processes(call)).filter(
    ({ args }) =>
      args === `ssh: ${sshMux} [mux]` ||
      // All profiles share the network: it is left over only when no profile runs.
      (instances.every(isDown) &&
        /^\S*limactl usernet /.test(args) &&
        args.includes(` -p ${network}/`)),
  )
}

/** Ends each process by its id. Resolves with the processes that it ended. */
async function end(call: Call, found: readonly HostProcess[]): Promise<readonly HostProcess[]> {
  for (const { pid } of found) await run(call, ['kill', '-KILL', String(pid)])
  return found
}

/** Colima for one profile. Starts and stops take minutes, so callers need long deadlines. */
export function colima(call: Call, profile: string) {
  const chosen = profile === 'default' ? [] : ['--profile', profile]
  const saysOf = (words: readonly string[]): string => ['colima', ...words].join(' ')

  async function act(words: readonly string[]): Promise<void> {
    const exit = await attempt(call, ['colima', ...words, ...chosen])
    if (exit.kind !== 'exited' || exit.code !== 0)
      throw failure(saysOf(words), exit, lastWords(exit))
  }

  return {
    /**
     * Rejects when Colima is not installed, prints something that cannot be parsed, or the signal
     * aborts. Every other end is a status.
     */
    status: () => statusOf(call, profile, chosen),

    /** All profiles. `Running` here proves only that the VM's process exists. */
    list: () => listed(call),

    /**
     * The ssh master and the network process that outlived a stopped VM and hold its ports. Empty
     * while the VM runs.
     */
    orphans: () => orphansOf(call, profile),

    /**
     * Ends the processes that outlived the VM, each by its id, and resolves with them. The next
     * start then gets their ports.
     */
    clearOrphans: async () => end(call, await orphansOf(call, profile)),

    /**
     * If the VM's process exists, Colima does nothing and exits 0: a resolved start proves nothing.
     */
    start: (): Promise<void> => act(['start']),

    /**
     * With `force` it also ends a VM that does not answer, and resolves when the VM is stopped,
     * whatever Colima reports. Without `force` it hangs on a frozen VM, and does nothing for a VM
     * that has no hostagent.
     */
    async stop(options: { force?: boolean } = {}): Promise<void> {
      if (options.force !== true) return act(['stop'])
      try {
        await act(['stop', '--force'])
      } catch (error) {
        // If the VM has lost its network, Colima kills the VM, then fails to stop the network.
        // @source measured with Colima v0.8.1 and Lima 1.0.6: fault D, "failed to stop usernet",
        // exit 1, list Stopped
        const own = await listed(call).then(
          all => all.find(({ name }) => name === profile),
          () => undefined,
        )
        if (own?.status !== 'Stopped') throw error
      }
    },

    restart: (): Promise<void> => act(['restart']),
  }
}
