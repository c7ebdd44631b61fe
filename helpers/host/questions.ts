// Questions to the host and its VM: Docker, Colima, ssh, kernel, disks, launchd jobs, processes,
// backups.
import { portForwards, type HostProcess } from './processes.ts'
import type { Question } from '#src/model/index.ts'

export interface Forward extends HostProcess {
  /** The port on this host that it holds; undefined where its words do not say. */
  local: number | undefined
  /** Whether anything comes back from that port: a connection alone proves nothing. */
  answers: boolean
}

/** How long a forward may take to answer, ms. */
const forwardPatience = 2_000

/** Processes that are a `kubectl port-forward`, and whether they still forward. */
export const forwards: Question<readonly Forward[]> = {
  key: 'processes.port-forwards',
  description: 'look for kubectl port-forward processes',
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
        // Any end of the connection but silence comes from somebody alive.
        return { ...process, local, answers: kind !== 'silent' }
      }),
    ),
}

/** Files of a backup folder. */
export const backupFiles = (
  folder: string,
): Question<readonly { name: string; bytes: number; modifiedAt: number }[]> => ({
  key: `backups.${folder}`,
  description: `list the backups in ${folder}`,
  origin: 'file',
  needs: ['backups'],
  ask: ({ runtime }) => runtime.files.list(folder),
})
