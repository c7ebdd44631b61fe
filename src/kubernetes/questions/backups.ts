// Backups of claims: files on the host.
import type { Question } from '#src/model/index.ts'

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
