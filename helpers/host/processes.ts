// Processes of the host, recognised by the words of their command line, never by a pattern over it.
import { run } from '#src/commands/command.ts'
import { kubectlWords } from '#src/commands/command-line.ts'
import type { Call } from '#src/commands/call.ts'

export interface HostProcess {
  pid: number
  ppid: number
  user: string
  /** The whole command line. */
  args: string
}

/** Rows of `ps -o pid=,ppid=,user=,args=`. */
export function parsePs(text: string): readonly HostProcess[] {
  return text.split('\n').flatMap(line => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.+?)\s*$/.exec(line)
    return match === null
      ? []
      : [{ pid: Number(match[1]), ppid: Number(match[2]), user: match[3]!, args: match[4]! }]
  })
}

/** All processes of all users. Rejects when the list is empty: ps itself is a process. */
export async function processes(call: Call): Promise<readonly HostProcess[]> {
  // Without -ww, ps of macOS cuts lines at 79 characters where there is no terminal.
  const found = parsePs(
    await run(call, ['ps', '-axww', '-o', 'pid=,ppid=,user=,args='], { description: 'ps' }),
  )
  if (found.length === 0) throw new Error('ps showed no process at all')
  return found
}

const baseName = (path: string | undefined): string => path?.split('/').at(-1) ?? ''

/**
 * Whether a command line is a kubectl that forwards a port: the program itself, not a shell or an
 * editor that mentions it.
 */
export function isPortForward(args: string): boolean {
  const [first, ...rest] = args.split(/\s+/)
  if (baseName(first) === 'kubectl') return kubectlWords(rest)[0] === 'port-forward'
  if (baseName(first) !== 'k3s' || rest[0] !== 'kubectl') return false
  return kubectlWords(rest.slice(1))[0] === 'port-forward'
}

/** The `kubectl port-forward` processes of the host, of all users. */
export async function portForwards(call: Call): Promise<readonly HostProcess[]> {
  return (await processes(call)).filter(process => isPortForward(process.args))
}
