// The live runtime: this host's commands, files and connections, in real time.
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
  /** Describes the target to a person. Default: the cluster as seen from this host. */
  description?: string
  /** Capabilities that the target lacks, with the reasons. */
  lacks?: Partial<Record<Capability, string>>
  /** The seed of its random numbers. Default: a new one for each run. */
  seed?: number
  /** The home folder. Default: that of the user of this process. */
  home?: string
}

/** The live runtime. It opens connections only when asked, and never keeps the process alive. */
export function liveRuntime(options: LiveOptions = {}): Runtime {
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
