// Files and processes of a node. By docker exec if its container has a shell, otherwise from the VM
// that carries it.
import type { Policy } from '#src/model/policy/policy.ts'
import type { Runtime } from '#src/model/runtime.ts'
import { paths } from '#helpers/colima/client.ts'
import { CommandError, run } from '#src/commands/command.ts'
import { docker } from './client.ts'
import type { Call } from '#src/commands/call.ts'
import { vm } from '#helpers/colima/vm.ts'

/**
 * How a target reaches the inside of its nodes: through their containers, or through the VM of a
 * Colima profile.
 */
export interface NodeWay {
  /** Path of Docker's socket; the one of docker's own configuration when undefined. */
  socket: string | undefined
  /** The profile whose VM carries the nodes. Undefined: docker exec is the way. */
  profile: string | undefined
}

/** Through the VM if there is one, because a Talos node has no shell; otherwise by docker exec. */
export function nodeAccess({
  runtime,
  policy: { host },
}: {
  runtime: Runtime
  policy: Policy
}): NodeWay {
  return {
    socket: host === undefined ? undefined : paths(runtime.home, host.profile).socket,
    profile: runtime.lacks['vm-ssh'] === undefined ? host?.profile : undefined,
  }
}

/**
 * Files and processes of one node. Paths are paths of the node. Every method rejects with a
 * CommandError when the node cannot be reached.
 */
export interface NodeShell {
  exists(path: string): Promise<boolean>
  /** Text of a file; undefined: there is none. */
  read(path: string): Promise<string | undefined>
  /** Creates missing folders. */
  write(path: string, text: string): Promise<void>
  remove(path: string): Promise<void>
  /** Replaces a file that exists. */
  move(from: string, to: string): Promise<void>
  /** Processes of a program, by its exact name of up to 15 letters. @source Linux, proc(5): comm */
  processesOf(program: string): Promise<readonly number[]>
  /**
   * Processes whose first or second word is this word, or ends with a slash and this word: `kube
   * kubelet`, `/usr/bin/kubelet`.
   */
  processesSaying(word: string): Promise<readonly number[]>
  signal(pid: number, signal: 'STOP' | 'CONT' | 'KILL'): Promise<void>
  /** Whether a process is stopped (SIGSTOP). @source Linux, proc(5): field 3 of stat is T */
  isStopped(pid: number): Promise<boolean>
}

const pids = (text: string): readonly number[] =>
  text
    .split('\n')
    .map(line => line.trim())
    .filter(line => /^\d+$/.test(line))
    .map(Number)

/**
 * Handles the error of a command: exit code `no` means the answer no, and gives `otherwise`. Any
 * other failure means that the command could not answer, and is thrown again.
 */
const orNot =
  <T>(no: number, otherwise: T) =>
  (error: unknown): T => {
    if (error instanceof CommandError && error.exit.kind === 'exited' && error.exit.code === no)
      return otherwise
    throw error
  }

/** Reads /proc with a plain shell: not every node has pgrep. */
const byName =
  'for d in /proc/[0-9]*; do if read -r n 2>/dev/null < "$d/comm" && test "$n" = "$1"; ' +
  'then echo "${d#/proc/}"; fi; done'
const byWord =
  'for d in /proc/[0-9]*; do tr "\\0" "\\n" 2>/dev/null < "$d/cmdline" | head -n 2 | while read ' +
  '-r w; do case "$w" in "$1"|*/"$1") echo "${d#/proc/}"; break;; esac; done; done'

/** Runs words where the processes of the node in a container are visible. */
function commandIn(
  call: Call,
  { socket, profile }: NodeWay,
  container: string,
): (words: readonly string[]) => Promise<string> {
  if (profile !== undefined)
    return words => vm(call, profile).run(['sudo', ...words], { mux: true })
  const host = socket === undefined ? [] : ['--host', `unix://${socket}`]
  return words =>
    run(call, ['docker', ...host, 'exec', container, ...words], {
      description: `docker exec ${container} ${words.slice(0, 3).join(' ')}`,
    })
}

// A program's name may contain spaces and brackets: the state follows the last bracket.
const saysStopped = (stat: string): boolean =>
  stat
    .slice(stat.lastIndexOf(')') + 1)
    .trim()
    .startsWith('T')

/** Creates the folder of a file, and writes the file over an existing one. */
const writeText = 'mkdir -p "${1%/*}" && printf %s "$2" > "$1"'

/** Files and processes of the node in a container. */
export function nodeShell(call: Call, way: NodeWay, container: string): NodeShell {
  const { socket, profile } = way
  const command = commandIn(call, way, container)

  /**
   * A path of the node as seen from where the words run. @source Linux, proc(5): /proc/<pid>/root
   */
  async function at(path: string): Promise<string> {
    if (profile === undefined) return path
    const { pid } = await docker(call, { socket }).inspect(container)
    return `/proc/${pid}/root${path}`
  }

  return {
    exists: async path => command(['test', '-e', await at(path)]).then(() => true, orNot(1, false)),
    async read(path) {
      if (!(await this.exists(path))) return undefined
      return command(['cat', await at(path)])
    },
    write: async (path, text) =>
      void (await command(['sh', '-c', writeText, 'sh', await at(path), text])),
    remove: async path => void (await command(['rm', '-f', await at(path)])),
    move: async (from, to) => void (await command(['mv', '-f', await at(from), await at(to)])),
    processesOf: program =>
      profile === undefined
        ? command(['sh', '-c', byName, 'sh', program]).then(pids)
        : command(['pgrep', '-x', program]).then(pids, orNot(1, [])),
    processesSaying: async word => pids(await command(['sh', '-c', byWord, 'sh', word])),
    isStopped: async pid => saysStopped(await command(['cat', `/proc/${pid}/stat`])),
    // The shell's own kill: not every node has a program of that name.
    signal: async (pid, signal) =>
      void (await command(
        profile === undefined
          ? ['sh', '-c', `kill -${signal} ${pid}`]
          : ['kill', `-${signal}`, String(pid)],
      )),
  }
}

/**
 * The one process of a program on all nodes. Rejects when there is none, or more than one, because
 * it cannot know which one the caller means.
 */
export async function onlyProcessOf(
  call: Call,
  policy: Policy,
  program: string,
): Promise<{ container: string; pid: number }> {
  const containers = policy.nodes.flatMap(({ container }) =>
    container === undefined ? [] : [container.name],
  )
  const way = nodeAccess({ runtime: call.runtime, policy })
  const found = (
    await Promise.all(
      containers.map(async container =>
        (await nodeShell(call, way, container).processesOf(program)).map(pid => ({
          container,
          pid,
        })),
      ),
    )
  ).flat()
  const [process, ...others] = found
  if (process === undefined || others.length > 0)
    throw new Error(`${found.length} processes are called ${program}: exactly one is needed`)
  return process
}
