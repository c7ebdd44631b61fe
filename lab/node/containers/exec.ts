// Commands inside a container, for exec probes and `kubectl exec`. Commands that query the
// application get its answer.
import type { AppAnswer, AppRequest } from '#lab/kernel/world.ts'
import { ask, refused } from '#lab/node/apps/apps.ts'
import type { ContainerRun } from '#lab/node/kubelet/state.ts'
import type { ExecAnswer } from '#lab/node/node-api.ts'

const exited = (code: number, stdout: string, stderr = ''): ExecAnswer => ({
  kind: 'exited',
  code,
  stdout,
  stderr,
})

/**
 * Whether a container listens on a port according to its application, its declared ports or its
 * arguments.
 */
export function declares({ entry, spec }: ContainerRun, port: number): boolean {
  if (entry.ports[port] !== undefined) return true
  return (
    entry.anyPort !== undefined &&
    (spec.ports?.some(each => each.containerPort === port) === true ||
      (spec.args ?? []).includes(String(port)))
  )
}

/**
 * Connects to a port of the container from within its pod. An application without declared ports
 * listens on all of them.
 */
export function connectInside(
  container: ContainerRun,
  port: number,
  request: AppRequest,
): AppAnswer {
  const { state, spec } = container
  if (state.kind !== 'running') return refused
  const silentOnPorts =
    (spec.ports ?? []).length === 0 && !(spec.args ?? []).some(each => /^\d+$/.test(each))
  if (!declares(container, port) && !silentOnPorts) return refused
  return ask(container.entry, state.app, state.process.frozen, port, request)
}

/** A request by curl or wget to the container's own ports. */
function fetchInside(container: ContainerRun, url: string, program: string): ExecAnswer {
  const parts = /^(?:https?:\/\/)?(?:localhost|127\.0\.0\.1|\[::1\]):(\d+)(\/\S*)?$/.exec(
    url.replace(/^["']|["']$/g, ''),
  )
  if (parts === null) return exited(0, '')
  const answer = connectInside(container, Number(parts[1]), { kind: 'http', path: parts[2] ?? '/' })
  if (answer.kind === 'silent') return { kind: 'hangs' }
  if (answer.kind !== 'answer')
    return exited(
      program === 'curl' ? 7 : 1,
      '',
      program === 'curl'
        ? `curl: (7) Failed to connect to localhost port ${parts[1]}`
        : `wget: can't connect to remote host: Connection refused`,
    )
  if (answer.status >= 400)
    return exited(
      program === 'curl' ? 22 : 1,
      '',
      program === 'curl'
        ? `curl: (22) The requested URL returned error: ${answer.status}`
        : `wget: server returned error: HTTP/1.1 ${answer.status}`,
    )
  return exited(0, answer.body)
}

/**
 * Runs a command in a running container. Commands that do not involve the application succeed
 * without output.
 */
export function execInside(container: ContainerRun, command: readonly string[]): ExecAnswer {
  if (container.state.kind !== 'running') return exited(126, '', 'container not running')
  const [program = ''] = command
  const { programs } = container.entry
  if (programs !== undefined && !program.includes('/') && !programs.includes(program))
    return { kind: 'missing', message: missingText(container.state.id, program) }
  const text = command.join(' ')
  if (/\bredis-cli\b/.test(text)) return redisCli(container, text)
  const fetched =
    /\b(curl|wget)\b.*?((?:https?:\/\/)?(?:localhost|127\.0\.0\.1|\[::1\]):\d+\S*)/.exec(text)
  if (fetched !== null) return fetchInside(container, fetched[2] ?? '', fetched[1] ?? 'curl')
  if (command[0] === 'echo') return exited(0, `${command.slice(1).join(' ')}\n`)
  const code = /(?:^|[\s;])exit (\d+)\s*$/.exec(text)?.[1]
  if (code !== undefined) return exited(Number(code), '')
  if (/(?:^|\s)false\s*$/.test(text)) return exited(1, '')
  return exited(0, '')
}

/** @source measured on a v1.35 node, runc */
const missingText = (id: string, program: string): string =>
  `failed to exec in container: failed to start exec "${id}": OCI runtime exec failed: ` +
  `exec failed: unable to start container process: exec: "${program}": ` +
  'executable file not found in $PATH: unknown'

const persistence =
  '# Persistence\r\nloading:0\r\naof_enabled:1\r\n' +
  'aof_last_bgrewrite_status:ok\r\nrdb_last_bgsave_status:ok\r\n'

function redisCli(container: ContainerRun, text: string): ExecAnswer {
  const answer = connectInside(container, 6379, { kind: 'tcp', send: 'PING' })
  if (answer.kind === 'silent') return { kind: 'hangs' }
  if (answer.kind !== 'answer')
    return exited(1, '', 'Could not connect to Redis at 127.0.0.1:6379: Connection refused')
  if (/\bping\b/i.test(text)) return exited(0, 'PONG\n')
  return exited(0, /info\s+persistence/i.test(text) ? persistence : '')
}
