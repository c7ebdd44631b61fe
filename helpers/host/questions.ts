// Questions to the host: the processes that forward ports, and the backups.
import { portForwards, type HostProcess } from './processes.ts'
import type { Question } from '#src/model/index.ts'

export { backupFiles } from '#src/kubernetes/questions/backups.ts'

export interface Forward extends HostProcess {
  /** The port on this host that it listens on; undefined: its command line does not name one. */
  local: number | undefined
  /** Whether the port sends anything back: an accepted connection alone proves nothing. */
  answers: boolean
}

/** How long a forward may take to answer, ms. */
const forwardPatience = 2_000

/** Processes that are a `kubectl port-forward`, and whether they still forward. */
export const forwards: Question<readonly Forward[]> = {
  key: 'processes.port-forwards',
  description: 'list kubectl port-forward processes',
  origin: 'ps',
  needs: ['processes'],
  ask: async asking =>
    Promise.all(
      (await portForwards(asking)).map(async process => {
        const local = Number(/(?:^|\s)(\d+):\d+(?:\s|$)/.exec(process.args)?.[1] ?? Number.NaN)
        if (Number.isNaN(local)) return { ...process, local: undefined, answers: true }
        const { kind } = await asking.runtime.net.http(`http://127.0.0.1:${local}/`, {
          deadline: forwardPatience,
          signal: asking.signal,
        })
        // Only silence means that it is dead: a live process also closes or resets a connection.
        return { ...process, local, answers: kind !== 'silent' }
      }),
    ),
}
