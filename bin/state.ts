// Where holdfast keeps what must outlive it: journals of what is still to be undone, a folder for each cluster.
import { homedir, hostname, userInfo } from 'node:os'
import { join } from 'node:path'
import { env, pid } from 'node:process'
import { fileJournal, unfinished, type Found } from '../helpers/live/journal.ts'
import type { Journal } from '../helpers/words/index.ts'

/** @source XDG Base Directory Specification: XDG_STATE_HOME, default ~/.local/state */
const stateFolder = (): string => env['HOLDFAST_STATE'] ?? join(env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'), 'holdfast')

const journalFolder = (cluster: string): string => join(stateFolder(), 'journal', cluster)

/** A durable journal for one drill of a live cluster. `now` in ms. */
export const journalFor = (cluster: string, drill: string, now: number): Journal => fileJournal(journalFolder(cluster), {
  run: new Date(now).toISOString().replaceAll(/[:.]/g, '-'), cluster, drill, by: `${userInfo().username}@${hostname()} (pid ${pid})`, startedAt: now,
})

/** What earlier drills of a live cluster have left to be undone. Throws a JournalError for a file that cannot be read as one. */
export const leftOf = (cluster: string): readonly Found[] => unfinished(journalFolder(cluster), cluster)
