// The real world as a reach: this host's commands, files and connections, with real time and real
// chance.
import { homedir, hostname } from 'node:os'
import { randomInt } from 'node:crypto'
import type { Capability, Runtime } from '#src/model/runtime.ts'
import { liveClock } from './clock.ts'
import { connections } from './connections.ts'
import { liveFiles } from './files.ts'
import { liveNet } from './net.ts'
import { seededRandom } from './random.ts'
import { liveShell } from './shell.ts'

export interface LiveOptions {
  /** What the target is, for people. Default: the cluster seen from this host. */
  description?: string
  /** Reasons for what this target does not have. */
  lacks?: Partial<Record<Capability, string>>
  /** Of its chance. Default: a new one each time. */
  seed?: number
  /** The user's home folder. Default: of the user who runs this. */
  home?: string
}

/**
 * The live reach. It opens nothing before it is asked, and keeps nothing open that would keep the
 * process from ending.
 */
export function liveReach(options: LiveOptions = {}): Runtime {
  const home = options.home ?? homedir()
  return {
    target: {
      kind: 'live',
      description: options.description ?? `the live cluster, seen from ${hostname()}`,
    },
    lacks: options.lacks ?? {},
    clock: liveClock(),
    random: seededRandom(options.seed ?? randomInt(2 ** 32)),
    shell: liveShell(),
    net: liveNet(),
    files: liveFiles(home),
    home,
    dispatcher: connections(),
  }
}
