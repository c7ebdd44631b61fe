// Questions to the host: its processes that forward ports, and its backups.
import { portForwards, type HostProcess } from './processes.ts'
import type { Question } from '#src/model/index.ts'

export { backupFiles } from '#src/kubernetes/questions/backups.ts'

export interface Forward extends HostProcess {
  /** The port on this host that it listens on; undefined where its words do not name it. */
  local: number | undefined
  /** Whether anything comes back from that port: a connection alone proves nothing. */
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
        // Any end of the connection but silence comes from a live process.
        return { ...process, local, answers: kind !== 'silent' }
      }),
    ),
}
