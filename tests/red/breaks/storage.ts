// Breaks of storage: deleted claims, useless backups, full disks.
import { resources, type Kube } from '#src/kubernetes/client.ts'
import type { Policy } from '#src/model/index.ts'
import type { World } from '#tests/red/world.ts'
import type { Break } from './break.ts'

const claim = 'joelclaw/bluesky-pds-data'
const backups = '/Volumes/three-body/backups'
/** The newest dump, from the night before the world begins. */
const newest = 'dump-2026-11-20.rdb'

/** Deletes a claim for good, as a rebuild does: first the workload that uses it. */
async function loseClaim({ kube, runtime }: World): Promise<Kube> {
  const api = await kube()
  await api.patch(resources.deployments, 'bluesky-pds', 'joelclaw', 'merge', {
    spec: { replicas: 0 },
  })
  await runtime.clock.sleep(60_000)
  await api.remove(resources.persistentvolumeclaims, 'bluesky-pds-data', 'joelclaw')
  return api
}

const withBackup = (
  policy: Policy,
  backup: Policy['storage']['claims'][number]['backup'],
): Policy => ({
  ...policy,
  storage: {
    ...policy.storage,
    claims: policy.storage.claims.map(each =>
      each.name === 'data-redis-0' ? { ...each, backup } : each,
    ),
  },
})

/** Without its pod, the PDS lacks a replica, and the node refuses its port. */
const withoutPds = {
  'workloads-have-their-replicas · joelclaw/bluesky-pds': 'violated',
  'ports-answer-their-application · pds (9627)': 'violated',
} as const

export const storage: readonly Break[] = [
  {
    name: 'a critical claim is being deleted while its pod runs',
    findings: {
      [`critical-claims-are-bound · ${claim}`]: [
        {
          code: 'claim-terminating',
          seen: 'it is being deleted',
          expected:
            'a bound claim that holds the AT Protocol repositories and the identity of the PDS',
          remedy: 'keep its pod running, which delays the deletion, and back up the data now',
        },
      ],
    },
    harm: async ({ kube }) =>
      (await kube()).remove(resources.persistentvolumeclaims, 'bluesky-pds-data', 'joelclaw'),
    wait: '30 s',
    healedBy: [],
  },
  {
    name: 'a critical claim is gone',
    findings: {
      [`critical-claims-are-bound · ${claim}`]: [
        {
          code: 'claim-missing',
          seen: 'there is no such claim',
          expected:
            'a bound claim that holds the AT Protocol repositories and the identity of the PDS',
          remedy: 'stop; restore from the backup before anything writes to a new one',
        },
      ],
    },
    also: withoutPds,
    harm: loseClaim,
    wait: '30 s',
    healedBy: [],
  },
  {
    name: 'a critical claim came back empty, and waits for its first pod',
    findings: {
      [`critical-claims-are-bound · ${claim}`]: [
        {
          code: 'claim-not-bound',
          seen: 'it is Pending',
          expected:
            'a bound claim that holds the AT Protocol repositories and the identity of the PDS',
          remedy: 'kubectl describe pvc bluesky-pds-data -n joelclaw',
        },
      ],
    },
    also: withoutPds,
    async harm(world) {
      const api = await loseClaim(world)
      await world.runtime.clock.sleep(30_000)
      await api.create(resources.persistentvolumeclaims, {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'bluesky-pds-data', namespace: 'joelclaw' },
        spec: {
          storageClassName: 'local-path',
          accessModes: ['ReadWriteOnce'],
          resources: { requests: { storage: '10Gi' } },
        },
      })
    },
    wait: '30 s',
    healedBy: [],
  },
  {
    name: 'there is no backup of redis',
    findings: {
      'critical-data-survive · joelclaw/data-redis-0': [
        {
          code: 'backup-missing',
          seen: 'no file dump-* in /Volumes/three-body/backups/redis',
          expected:
            'a backup in /Volumes/three-body/backups/redis younger than 26 h and of 1 KiB at ' +
            'least (reclaimPolicy is Delete)',
          remedy:
            'run the backup now and check the file, not the status of the job; at stake: ' +
            'the state of the event bus',
        },
      ],
    },
    async harm({ runtime }) {
      for (const { name } of await runtime.files.list(`${backups}/redis`))
        await runtime.files.remove(`${backups}/redis/${name}`)
    },
    healedBy: [],
  },
  {
    name: 'the newest backup of redis is of the night before',
    findings: {
      'critical-data-survive · joelclaw/data-redis-0': [
        {
          code: 'backup-old',
          seen: 'dump-2026-11-19.rdb is 30 h 42 min old',
          expected:
            'a backup in /Volumes/three-body/backups/redis younger than 26 h and of 1 KiB at ' +
            'least (reclaimPolicy is Delete)',
          remedy:
            'run the backup now and check the file, not the status of the job; at stake: ' +
            'the state of the event bus',
        },
      ],
    },
    harm: ({ runtime }) => runtime.files.remove(`${backups}/redis/${newest}`),
    healedBy: [],
  },
  {
    name: 'the newest backup of redis is empty',
    findings: {
      'critical-data-survive · joelclaw/data-redis-0': [
        {
          code: 'backup-empty',
          seen: 'dump-2026-11-20.rdb has 0 bytes',
          expected:
            'a backup in /Volumes/three-body/backups/redis younger than 26 h and of 1 KiB at ' +
            'least (reclaimPolicy is Delete)',
          remedy:
            'run the backup now and check the file, not the status of the job; at stake: ' +
            'the state of the event bus',
        },
      ],
    },
    harm: ({ lab }) => lab.host.faultControls.emptyBackup(`${backups}/redis`, newest),
    healedBy: [],
  },
  {
    name: 'a volume that must be retained is not',
    findings: {
      'critical-data-survive · joelclaw/data-redis-0': [
        {
          code: 'not-retained',
          seen: 'reclaimPolicy is Delete',
          expected: 'Retain',
          remedy:
            'kubectl patch pv pvc-<uid> -p ' +
            '\'{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}\'',
        },
      ],
    },
    policy: policy => withBackup(policy, { by: 'retain' }),
    healedBy: [],
  },
  {
    name: 'the root disk of the VM is full',
    findings: {
      'vm-disks-have-room · disk /': [
        {
          code: 'disk-full',
          seen: '93 % used',
          expected: 'below 80 %',
          remedy:
            'docker system df in the VM; remove unused images and old snapshots, never a claim',
        },
      ],
    },
    harm: ({ lab }) => void lab.host.faultControls.fillDisk('/', 0.93),
    healedBy: [],
  },
  {
    name: 'the disk of images and claims is full while the root disk has room',
    findings: {
      'vm-disks-have-room · disk /var/lib/docker': [
        {
          code: 'disk-full',
          seen: '80 % used',
          expected: 'below 80 %',
          remedy:
            'docker system df in the VM; remove unused images and old snapshots, never a claim',
        },
      ],
    },
    harm: ({ lab }) => void lab.host.faultControls.fillDisk('/var/lib/docker', 0.8),
    healedBy: [],
  },
  {
    name: 'the policy names a disk that the VM does not have',
    findings: {
      'vm-disks-have-room · disk /mnt/data': [
        {
          code: 'disk-missing',
          seen: 'the VM has no file system at /mnt/data',
          expected: 'below 80 %',
          remedy: 'correct the path in the policy',
        },
      ],
    },
    policy: policy => ({
      ...policy,
      storage: {
        ...policy.storage,
        disks: [...policy.storage.disks, { path: '/mnt/data', limit: '80 %' }],
      },
    }),
    healedBy: [],
  },
]
