// Whether the data of a claim would survive the loss of its volume.
import { backupFiles } from '#src/kubernetes/questions/backups.ts'
import {
  bytes,
  ms,
  type Answers,
  type BackupGap,
  type Policy,
  type Question,
  type Volume,
} from '#src/model/index.ts'

type Backup = Policy['storage']['claims'][number]['backup']
type FileBackup = Extract<Backup, { by: 'files' }>

/** The questions about every backup that the policy declares as files. */
export const backupQuestions = (policy: Policy): readonly Question<unknown>[] =>
  policy.storage.claims.flatMap(({ backup }) =>
    backup.by === 'files' ? [backupFiles(backup.folder)] : [],
  )

const backupOf = (claim: string, policy: Policy): Backup | undefined =>
  policy.storage.claims.find(({ namespace, name }) => `${namespace}/${name}` === claim)?.backup

function fileGap(backup: FileBackup, answers: Answers): BackupGap | undefined {
  const { prefix, folder, maxAge, minSize } = backup
  const youngest = answers(backupFiles(folder))
    .filter(file => file.name.startsWith(prefix))
    .toSorted((a, b) => b.modifiedAt - a.modifiedAt)[0]
  if (youngest === undefined) return { kind: 'no-backup-found', prefix, folder }
  const file = youngest.name
  const age = answers.now - youngest.modifiedAt
  if (age > ms(maxAge)) return { kind: 'backup-too-old', file, age, maxAge }
  if (youngest.bytes >= bytes(minSize)) return undefined
  return { kind: 'backup-too-small', file, bytes: youngest.bytes, minSize }
}

/**
 * Why the data of a claim, `<namespace>/<name>`, would be lost with its volume; undefined: they
 * would survive, or the policy accepts their loss.
 */
export function backupGap(
  claim: string,
  volume: Volume | undefined,
  answers: Answers,
  policy: Policy,
): BackupGap | undefined {
  if (volume === undefined) return { kind: 'volume-unknown' }
  if (volume.spec.persistentVolumeReclaimPolicy !== 'Delete') return undefined
  const backup = backupOf(claim, policy)
  if (backup?.by === 'loss-accepted') return undefined
  return backup?.by === 'files' ? fileGap(backup, answers) : { kind: 'no-backup-declared' }
}
