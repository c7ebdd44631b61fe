// Commands that a platform runs after a delay unless holdfast cancels them: the dead-man's switches
// of faults.
import type { Switch } from '#src/model/fault.ts'
import { run } from '#src/commands/command.ts'
import type { Call } from '#src/commands/call.ts'
import { patient } from '#helpers/docker/later.ts'

/**
 * Starts a program that outlives this process. The words after it are arguments, never shell text.
 */
const inBackground = ['sh', '-c', 'nohup "$@" >/dev/null 2>&1 & echo $!', 'sh'] as const

/**
 * A name for a switch: the same fault and record get the same name in every process. FNV-1a, 32
 * bits.
 */
export function switchName(fault: string, record: unknown): string {
  let hash = 0x81_1c_9d_c5
  for (const byte of new TextEncoder().encode(JSON.stringify(record)))
    hash = Math.imul(hash ^ byte, 0x01_00_01_93) >>> 0
  return `holdfast-${fault.replaceAll('.', '-')}-${hash.toString(16).padStart(8, '0')}`
}

/** By a shell that waits on this host: it outlives holdfast and ends with the host. */
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
