// Storage: critical claims are known and bound, their data survive, and the disks have room.
import {
  placeOf,
  bytes,
  invariant,
  ms,
  notApplicable,
  percent,
  verify,
  formatDuration,
  type Claim,
  type Policy,
  type Answers,
} from '#helpers/index.ts'
import { backupFiles, disks } from '#helpers/host/questions.ts'
import { acknowledgedWrites } from '#helpers/redis/ledger.ts'
import { claims, volumes } from '#helpers/kubernetes/questions.ts'

const critical = (policy: Policy) =>
  policy.storage.claims.map(claim => ({ name: `${claim.namespace}/${claim.name}`, claim }))

const boundClaim = (answers: Answers, { namespace, name }: Claim) =>
  answers(claims).find(
    candidate => candidate.metadata.namespace === namespace && candidate.metadata.name === name,
  )

export const claimsAreBound = invariant({
  name: 'critical-claims-are-bound',
  title: 'every critical claim exists and is bound',
  reason: 'a claim that was deleted with its volume comes back empty under the same name',
  subjects: critical,
  observe: () => [claims],
  judge({ claim }, answers) {
    const found = boundClaim(answers, claim)
    const expected = `a bound claim that holds ${claim.holds}`
    if (found === undefined)
      return [
        {
          code: 'claim-missing',
          seen: 'there is no such claim',
          expected,
          remedy: 'stop; restore from the backup before anything writes to a new one',
        },
      ]
    if (found.metadata.deletionTimestamp !== undefined)
      return [
        {
          code: 'claim-terminating',
          seen: 'it is being deleted',
          expected,
          remedy: 'keep its pod running (that holds the deletion off), back the data up now',
        },
      ]
    return found.status?.phase === 'Bound'
      ? []
      : [
          {
            code: 'claim-not-bound',
            seen: `it is ${found.status?.phase ?? 'without phase'}`,
            expected,
            remedy: `kubectl describe pvc ${claim.name} -n ${claim.namespace}`,
          },
        ]
  },
})

export const claimsSurvive = invariant({
  name: 'critical-data-survive',
  title: 'every critical claim has a recent, non-empty backup or a volume that is retained',
  reason:
    'with reclaimPolicy Delete a deleted claim is lost data; and backups once ran green for two months and saved nothing',
  subjects: critical,
  observe: policy => [
    claims,
    volumes,
    ...policy.storage.claims.flatMap(({ backup }) =>
      backup.by === 'files' ? [backupFiles(backup.folder)] : [],
    ),
  ],
  judge({ claim }, answers) {
    if (claim.backup.by === 'loss-accepted')
      return notApplicable(`its loss is accepted: ${claim.backup.because}`)
    const volumeName = boundClaim(answers, claim)?.spec.volumeName
    const volume = answers(volumes).find(candidate => candidate.metadata.name === volumeName)
    if (volume?.spec.persistentVolumeReclaimPolicy === 'Retain') return []
    const policyOf = volume?.spec.persistentVolumeReclaimPolicy ?? 'unknown'
    if (claim.backup.by === 'retain') {
      return [
        {
          code: 'not-retained',
          seen: `reclaimPolicy is ${policyOf}`,
          expected: 'Retain',
          remedy: `kubectl patch pv ${volumeName ?? '<volume>'} -p '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}'`,
          ...(volume === undefined
            ? {}
            : {
                at: placeOf(volume, ['spec', 'persistentVolumeReclaimPolicy']),
                change: { to: 'Retain' },
              }),
        },
      ]
    }
    const { folder, prefix, maxAge, minSize } = claim.backup
    const expected = `a backup in ${folder} younger than ${maxAge} and of ${minSize} at least (reclaimPolicy is ${policyOf})`
    const remedy = `run the backup now and look at the file, not at the job's status; ${claim.holds} is at stake`
    const youngest = answers(backupFiles(folder))
      .filter(file => file.name.startsWith(prefix))
      .toSorted((a, b) => b.modifiedAt - a.modifiedAt)[0]
    if (youngest === undefined)
      return [{ code: 'backup-missing', seen: `no file ${prefix}* in ${folder}`, expected, remedy }]
    const age = answers.now - youngest.modifiedAt
    if (age > ms(maxAge))
      return [
        {
          code: 'backup-old',
          seen: `${youngest.name} is ${formatDuration(age)} old`,
          expected,
          remedy,
        },
      ]
    return youngest.bytes >= bytes(minSize)
      ? []
      : [
          {
            code: 'backup-empty',
            seen: `${youngest.name} has ${youngest.bytes} bytes`,
            expected,
            remedy,
          },
        ]
  },
})

export const acknowledgedWritesAreKept = invariant({
  name: 'acknowledged-writes-are-kept',
  title: 'every write that was acknowledged is still there',
  reason:
    'a store that says OK and forgets when its process dies loses what its users believe to be done',
  subjects: policy =>
    policy.drillTargets.writing === undefined
      ? []
      : [{ name: `writes to ${policy.drillTargets.writing.port}` }],
  observe: policy =>
    policy.drillTargets.writing === undefined ? [] : [acknowledgedWrites(policy)],
  judge(_, answers, policy) {
    const writes = answers(acknowledgedWrites(policy))
    if (writes === null)
      return notApplicable('nobody has written to it with a ledger: a drill does')
    const { acknowledged, kept } = writes
    return kept === acknowledged
      ? []
      : [
          {
            code: 'acknowledged-write-lost',
            seen: `${acknowledged - kept} of ${acknowledged} acknowledged writes are gone`,
            expected: 'all of them are there',
            remedy:
              'have it write to its disk before it answers: appendonly yes, appendfsync always, and /data on its claim',
          },
        ]
  },
})

export const disksHaveRoom = invariant({
  name: 'vm-disks-have-room',
  title: 'the disks of the VM are below their limit',
  reason:
    'a full disk evicts pods; and the root disk says nothing about the one that holds images and claims',
  subjects: policy => policy.storage.disks.map(disk => ({ ...disk, name: `disk ${disk.path}` })),
  observe: policy => [disks(policy)],
  judge({ path, limit }, answers, policy) {
    const disk = answers(disks(policy)).find(candidate => candidate.path === path)
    const expected = `below ${limit}`
    if (disk === undefined)
      return [
        {
          code: 'disk-missing',
          seen: `the VM has no file system at ${path}`,
          expected,
          remedy: 'correct the path in the policy',
        },
      ]
    return disk.usedPercent < percent(limit)
      ? []
      : [
          {
            code: 'disk-full',
            seen: `${disk.usedPercent} % used`,
            expected,
            remedy:
              'docker system df in the VM; remove unused images and old snapshots, never a claim',
          },
        ]
  },
})

verify(import.meta, claimsAreBound, claimsSurvive, acknowledgedWritesAreKept, disksHaveRoom)
