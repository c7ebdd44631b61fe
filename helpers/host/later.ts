// Commands that a platform runs later by itself, unless they are called off: the dead-man's
// switches of faults.
import type { Switch } from '#src/model/fault.ts'
import { attempt, failure, run } from '#src/commands/command.ts'
import type { NodeWay } from '#helpers/docker/node-shell.ts'
import type { Call } from '#src/commands/call.ts'
import { vm } from '#helpers/colima/vm.ts'

/**
 * Exit code of systemctl for a unit that is not loaded: it is not there, or has acted already.
 * @source systemctl(1), LSB exit codes
 */
const notLoaded = 5

/**
 * Waits its seconds one by one, and ends at once when its file has gone: calling it off is removing
 * a file, which needs
 * no process id and can be done twice. `$0` is the file, `$1` the seconds, the rest the command.
 */
const patient =
  'n="$1"; shift; while [ "$n" -gt 0 ]; do sleep 1; n=$((n-1)); [ -e "$0" ] || exit 0; done; rm -f "$0"; exec "$@"'

/**
 * Starts a program that outlives its starter; the words after it are its own, never the shell's.
 */
const inBackground = ['sh', '-c', 'nohup "$@" >/dev/null 2>&1 & echo $!', 'sh'] as const

/**
 * A name for a switch that is the same for the same fault and its record, in whichever process:
 * FNV-1a, 32 bits.
 */
export function switchName(fault: string, record: unknown): string {
  let hash = 0x81_1c_9d_c5
  for (const byte of new TextEncoder().encode(JSON.stringify(record)))
    hash = Math.imul(hash ^ byte, 0x01_00_01_93) >>> 0
  return `holdfast-${fault.replaceAll('.', '-')}-${hash.toString(16).padStart(8, '0')}`
}

/** By systemd in the VM of a Colima profile, which does not know that anybody has gone. */
export function inVm(call: Call, profile: string, name: string, words: readonly string[]): Switch {
  const remote = vm(call, profile)
  const stop = async (): Promise<void> => {
    await remote
      .run(['sudo', 'systemctl', 'stop', `${name}.timer`], { mux: true })
      .catch((error: unknown) => {
        if (error instanceof Error && 'exit' in error && isExit(error.exit, notLoaded)) return
        throw error
      })
  }
  return {
    description: `systemd in the VM: ${words.join(' ')}`,
    async set(seconds) {
      await stop()
      await remote.run(
        [
          'sudo',
          'systemd-run',
          `--unit=${name}`,
          `--on-active=${seconds}s`,
          '--timer-property=AccuracySec=1s',
          '--collect',
          ...words,
        ],
        { mux: true },
      )
    },
    remove: stop,
  }
}

const isExit = (exit: unknown, code: number): boolean =>
  typeof exit === 'object' && exit !== null && 'code' in exit && exit.code === code

/** By a shell that waits inside the node’s own container. */
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
      // A container that does not run has no process that could still act.
      const exit = await attempt(call, [...docker, 'exec', container, 'rm', '-f', file])
      if (exit.kind === 'exited' && (exit.code === 0 || /is not running/.test(exit.stderr))) return
      throw failure(`docker exec ${container} rm -f ${file}`, exit)
    },
  }
}

/** By a shell that waits on this host: it outlives holdfast, and ends with the host. */
export function onHost(call: Call, name: string, words: readonly string[]): Switch {
  const file = `${call.runtime.home}/.local/state/holdfast/switches/${name}`
  return {
    description: `a shell that waits on this host: ${words.join(' ')}`,
    async set(seconds) {
      await call.runtime.files.write(file, `${words.join(' ')}\n`)
      await run(call, [...inBackground, 'sh', '-c', patient, file, String(seconds), ...words], {
        description: 'set a switch on this host',
      })
    },
    remove: () => call.runtime.files.remove(file),
  }
}
