// Commands that a node container runs after a delay, unless holdfast cancels them.
import type { Call } from '#src/commands/call.ts'
import { run, attempt, failure } from '#src/commands/command.ts'
import type { Switch } from '#src/model/fault.ts'
import type { NodeWay } from './node-shell.ts'

/**
 * Sleeps second by second, and ends as soon as its file is gone. Removing a file cancels it: that
 * needs no process id and can be done twice. `$0` is the file, `$1` the seconds, the rest the
 * command.
 */
export const patient =
  'n="$1"; shift; while [ "$n" -gt 0 ]; do sleep 1; n=$((n-1)); [ -e "$0" ] || exit 0; done; ' +
  'rm -f "$0"; exec "$@"'
export const isExit = (exit: unknown, code: number): boolean =>
  typeof exit === 'object' && exit !== null && 'code' in exit && exit.code === code
/** By a shell that waits inside the node's container. */
export function inNode(
  call: Call,
  { socket }: Pick<NodeWay, 'socket'>,
  container: string,
  name: string,
  words: readonly string[],
): Switch {
  const docker = ['docker', ...(socket === undefined ? [] : ['--host', `unix://${socket}`])]
  const file = `/tmp/${name}`
  return {
    description: `a shell that waits in ${container}: ${words.join(' ')}`,
    async set(seconds) {
      await run(
        call,
        [
          ...docker,
          'exec',
          container,
          'sh',
          '-c',
          '[ -d /tmp ] || mkdir /tmp; echo set > "$1"',
          'sh',
          file,
        ],
        { description: `docker exec ${container}: note a switch` },
      )
      await run(
        call,
        [...docker, 'exec', '-d', container, 'sh', '-c', patient, file, String(seconds), ...words],
        { description: `docker exec -d ${container}: set a switch` },
      )
    },
    async remove() {
      // A stopped container has no process that could still act.
      const exit = await attempt(call, [...docker, 'exec', container, 'rm', '-f', file])
      if (exit.kind === 'exited' && (exit.code === 0 || /is not running/.test(exit.stderr))) return
      throw failure(`docker exec ${container} rm -f ${file}`, exit)
    },
  }
}
