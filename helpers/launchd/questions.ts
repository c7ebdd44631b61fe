// Questions about launchd jobs: their property lists and the scripts that they start.
import type { Question } from '#src/model/question.ts'
import { type Plist, readPlist } from './client.ts'

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
