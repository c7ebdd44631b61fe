// Questions about launchd jobs: their property lists and the scripts that they start.
import type { Question } from '#src/model/question.ts'
import { jobOf, ownJobs, type Plist, readPlist } from './client.ts'

/** A launchd job's plist; null where there is none. */
export const plist = (path: string): Question<Plist | null> => ({
  key: `launchd.plist.${path}`,
  description: `read ${path}`,
  origin: 'plutil',
  needs: ['launchd'],
  ask: asking => readPlist(asking, path),
})
/** A file's text; null where there is none. */
export const fileText = (path: string): Question<string | null> => ({
  key: `file.${path}`,
  description: `read ${path}`,
  origin: 'file',
  needs: ['launchd'],
  ask: async ({ runtime }) => (await runtime.files.read(path)) ?? null,
})

/** The state of a job; null: launchd does not know it. */
export interface JobState {
  runs: boolean
  /** Of its last run; undefined: it never ended. */
  lastExitCode: number | undefined
}

/** Whether launchd has loaded a job, and how its last run ended. `path`: of its property list. */
export const jobState = (label: string, path: string): Question<JobState | null> => ({
  key: `launchd.job.${label}`,
  description: `ask launchd about ${label}`,
  origin: 'launchctl',
  needs: ['launchd'],
  async ask(asking) {
    if (path.startsWith('/Library/')) {
      const job = await jobOf(asking, `system/${label}`)
      if (job === undefined) return null
      return { runs: job.pid !== undefined, lastExitCode: job.lastExitCode }
    }
    const job = (await ownJobs(asking)).find(each => each.label === label)
    return job === undefined
      ? null
      : { runs: job.pid !== undefined, lastExitCode: job.lastExitCode }
  },
})
