// Storage: critical claims are known and bound, their data survive, and the disks have room.
import {
  bytes,
  fact,
  formatDuration,
  invariant,
  ms,
  notApplicable,
  percent,
  verify,
  type Answers,
  type Claim,
  type Policy,
  type Volume,
} from '#helpers/index.ts'
import { backupFiles } from '#helpers/host/questions.ts'
import { disks } from '#helpers/colima/questions.ts'
import { acknowledgedWrites } from '#helpers/redis/ledger.ts'
import { claims, volumes } from '#helpers/kubernetes/questions.ts'

const critical = (policy: Policy) =>
  policy.storage.claims.map(claim => ({ name: `${claim.namespace}/${claim.name}`, claim }))

const boundClaim = (answers: Answers, { namespace, name }: Claim) =>
  answers(claims).find(({ metadata }) => metadata.namespace === namespace && metadata.name === name)

const wanted = ({ holds }: Claim): string => `a bound claim that holds ${holds}`

const claimMissing = fact('claim-missing', (claim: Claim) => ({
  seen: 'there is no such claim',
  expected: wanted(claim),
  remedy: 'stop; restore from the backup before anything writes to a new one',
}))

const claimTerminating = fact('claim-terminating', (claim: Claim) => ({
  seen: 'it is being deleted',
  expected: wanted(claim),
  remedy: 'keep its pod running, which delays the deletion, and back up the data now',
}))

const claimNotBound = fact('claim-not-bound', (claim: Claim, phase: string | undefined) => ({
  seen: `it is ${phase ?? 'without phase'}`,
  expected: wanted(claim),
  remedy: `kubectl describe pvc ${claim.name} -n ${claim.namespace}`,
}))

export const claimsAreBound = invariant({
  name: 'critical-claims-are-bound',
  title: 'every critical claim exists and is bound',
  reason: 'a claim that was deleted with its volume comes back empty under the same name',
  subjects: critical,
  observe: () => [claims],
  facts: [claimMissing, claimTerminating, claimNotBound],
  judge({ claim }, answers) {
    const found = boundClaim(answers, claim)
    if (found === undefined) return claimMissing(claim)
    if (found.metadata.deletionTimestamp !== undefined) return claimTerminating(claim)
    return found.status?.phase !== 'Bound' && claimNotBound(claim, found.status?.phase)
  },
})

type FileBackup = Extract<Claim['backup'], { by: 'files' }>
interface BackupOf {
  readonly backup: FileBackup
  readonly holds: string
  /** The reclaim policy of the claim's volume. */
  readonly reclaim: string
}

const backupWanted = ({ backup: { folder, maxAge, minSize }, holds, reclaim }: BackupOf) => ({
  expected:
    `a backup in ${folder} younger than ${maxAge} and of ${minSize} at least ` +
    `(reclaimPolicy is ${reclaim})`,
  remedy: `run the backup now and check the file, not the status of the job; at stake: ${holds}`,
})

const retain = '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}'

const notRetained = fact('not-retained', (volume: Volume | undefined, name?: string) => ({
  seen: `reclaimPolicy is ${volume?.spec.persistentVolumeReclaimPolicy ?? 'unknown'}`,
  expected: 'Retain',
  remedy: `kubectl patch pv ${name ?? '<volume>'} -p '${retain}'`,
  at: volume && [volume, ['spec', 'persistentVolumeReclaimPolicy']],
  set: volume && 'Retain',
}))

const backupMissing = fact('backup-missing', (of: BackupOf) => ({
  seen: `no file ${of.backup.prefix}* in ${of.backup.folder}`,
  ...backupWanted(of),
}))

const backupOld = fact('backup-old', (of: BackupOf, name: string, age: number) => ({
  seen: `${name} is ${formatDuration(age)} old`,
  ...backupWanted(of),
}))

const backupEmpty = fact('backup-empty', (of: BackupOf, name: string, size: number) => ({
  seen: `${name} has ${size} bytes`,
  ...backupWanted(of),
}))

/** The youngest backup file of a claim, judged by its age and its size. */
function youngestBackup(answers: Answers, of: BackupOf) {
  const { folder, prefix, maxAge, minSize } = of.backup
  const [youngest] = answers(backupFiles(folder))
    .filter(file => file.name.startsWith(prefix))
    .toSorted((a, b) => b.modifiedAt - a.modifiedAt)
  if (youngest === undefined) return backupMissing(of)
  const age = answers.now - youngest.modifiedAt
  if (age > ms(maxAge)) return backupOld(of, youngest.name, age)
  return youngest.bytes < bytes(minSize) && backupEmpty(of, youngest.name, youngest.bytes)
}

export const claimsSurvive = invariant({
  name: 'critical-data-survive',
  title: 'every critical claim has a recent, non-empty backup or a volume that is retained',
  reason:
    'with reclaimPolicy Delete a deleted claim is lost data, ' +
    'and a backup job can end green without a file',
  subjects: critical,
  observe: ({ storage }) => [
    claims,
    volumes,
    ...storage.claims.flatMap(({ backup }) =>
      backup.by === 'files' ? [backupFiles(backup.folder)] : [],
    ),
  ],
  facts: [notRetained, backupMissing, backupOld, backupEmpty],
  judge({ claim }, answers) {
    const { backup, holds } = claim
    if (backup.by === 'loss-accepted')
      return notApplicable(`its loss is accepted: ${backup.because}`)
    const name = boundClaim(answers, claim)?.spec.volumeName
    const volume = answers(volumes).find(({ metadata }) => metadata.name === name)
    const reclaim = volume?.spec.persistentVolumeReclaimPolicy ?? 'unknown'
    if (reclaim === 'Retain') return undefined
    if (backup.by === 'retain') return notRetained(volume, name)
    return youngestBackup(answers, { backup, holds, reclaim })
  },
})

const writeLost = fact('acknowledged-write-lost', (acknowledged: number, kept: number) => ({
  seen: `${acknowledged - kept} of ${acknowledged} acknowledged writes are gone`,
  expected: 'all of them are there',
  remedy:
    'have it write to its disk before it answers: ' +
    'appendonly yes, appendfsync always, and /data on its claim',
}))

export const acknowledgedWritesAreKept = invariant({
  name: 'acknowledged-writes-are-kept',
  title: 'every acknowledged write is still there',
  reason: 'users rely on acknowledged writes: a store must not lose them when its process dies',
  when: policy => policy.drillTargets.writing !== undefined,
  subjects: policy => [{ name: `writes to ${policy.drillTargets.writing?.port}` }],
  observe: policy => [acknowledgedWrites(policy)],
  facts: [writeLost],
  judge(_, answers, policy) {
    const writes = answers(acknowledgedWrites(policy))
    if (writes === null) return notApplicable('only a drill writes to it with a ledger')
    const { acknowledged, kept } = writes
    return kept !== acknowledged && writeLost(acknowledged, kept)
  },
})

const diskMissing = fact('disk-missing', (path: string, limit: string) => ({
  seen: `the VM has no file system at ${path}`,
  expected: `below ${limit}`,
  remedy: 'correct the path in the policy',
}))

const diskFull = fact('disk-full', (used: number, limit: string) => ({
  seen: `${used} % used`,
  expected: `below ${limit}`,
  remedy: 'docker system df in the VM; remove unused images and old snapshots, never a claim',
}))

export const disksHaveRoom = invariant({
  name: 'vm-disks-have-room',
  title: 'the disks of the VM are below their limit',
  reason: 'a full disk evicts pods, and the root disk is not the one with images and claims',
  subjects: policy => policy.storage.disks.map(disk => ({ ...disk, name: `disk ${disk.path}` })),
  observe: policy => [disks(policy)],
  facts: [diskMissing, diskFull],
  judge({ path, limit }, answers, policy) {
    const disk = answers(disks(policy)).find(candidate => candidate.path === path)
    if (disk === undefined) return diskMissing(path, limit)
    return disk.usedPercent >= percent(limit) && diskFull(disk.usedPercent, limit)
  },
})

verify(import.meta, claimsAreBound, claimsSurvive, acknowledgedWritesAreKept, disksHaveRoom)
