// Claims in manifests: each names its class, is listed with its backup, keeps its data when it is
// deleted, and has one writing pod.
import {
  fact,
  invariant,
  verify,
  type Answers,
  type Policy,
  type StorageClass,
  type Volume,
  type WorkloadObject,
} from '#helpers/index.ts'
import {
  claimTitle,
  classOf,
  overlaps,
  sharedSingle,
  wantedClaims,
  type Wanted,
} from '#helpers/kubernetes/claims.ts'
import {
  claims,
  daemonSets,
  deployments,
  inNamespace,
  statefulSets,
  storageClasses,
  volumes,
} from '#helpers/kubernetes/questions.ts'
import { ownNamespaces } from '#helpers/kubernetes/templates.ts'

/** `""`, which no reader sees without its quotes, or the name as it is. */
const named = (name: string | undefined) => (name === '' ? '""' : name)

/** The API refuses a change of the template of a StatefulSet that exists: no certain change. */
const classMissing = fact('class-missing', (claim: Wanted, defaultClass: string | undefined) => ({
  which: claim.names[0],
  seen: `${claimTitle(claim)} names no class`,
  expected: `storageClassName: ${named(defaultClass) ?? 'the class that it gets now'}`,
  remedy: claim.template
    ? 'add it to the template; an existing StatefulSet refuses the change: ' +
      'delete it with --cascade=orphan first'
    : 'add it to the claim',
  at: [claim.object, [...claim.path, 'storageClassName']],
  set: claim.template ? undefined : defaultClass,
}))

/**
 * The class that a claim without one is meant to have: the default, or, where it names its volume
 * or selects one, that of the volume. Undefined: the files do not show it.
 */
function wantedClass({ spec }: Wanted, answers: Answers, { manifests }: Policy) {
  const { volumeName = '', selector } = spec
  if (volumeName === '') return selector === undefined ? manifests.claims.defaultClass : undefined
  const volume = answers(volumes).find(({ metadata }) => metadata.name === volumeName)
  return volume && (classOf(volume) ?? '')
}

export const claimsNameTheirClass = invariant({
  name: 'claims-name-their-class',
  about: 'manifests',
  title: 'every claim names its storage class',
  reason:
    'a default is an annotation that a rebuild loses, and without it the claim waits for ever',
  when: policy => policy.manifests.claims.namedClass,
  subjects: ownNamespaces,
  observe: () => [claims, statefulSets, volumes],
  facts: [classMissing],
  judge({ namespace }, answers, policy) {
    // A claim may have the class of a volume that it names.
    answers(volumes)
    return wantedClaims(answers, namespace)
      .filter(({ storageClass }) => storageClass === undefined)
      .map(claim => classMissing(claim, wantedClass(claim, answers, policy)))
  },
})

const unregistered = fact('claim-unregistered', (claim: Wanted, name: string) => {
  const { object, path, template } = claim
  return {
    which: name,
    seen: template
      ? `StatefulSet ${object.metadata.name} creates claim ${name}`
      : `the policy does not list claim ${name}`,
    expected: 'the policy lists it, with its contents and its backup',
    remedy:
      `add ${object.metadata.namespace}/${name} to the policy's storage.claims; ` +
      '“loss-accepted” is a valid backup, too',
    at: [object, template ? path.slice(0, -1) : ['metadata', 'name']],
  }
})

export const claimsAreRegistered = invariant({
  name: 'claims-are-registered',
  about: 'manifests',
  title: 'every claim is listed in the policy',
  reason: 'a claim that is on no list has no backup, and you learn it when you need the backup',
  when: policy => policy.manifests.claims.registered,
  subjects: ownNamespaces,
  observe: () => [claims, statefulSets],
  facts: [unregistered],
  judge({ namespace }, answers, { storage }) {
    const own = storage.claims.filter(claim => claim.namespace === namespace)
    const known = new Set(own.map(({ name }) => name))
    return wantedClaims(answers, namespace).map(claim =>
      claim.names.filter(name => !known.has(name)).map(name => unregistered(claim, name)),
    )
  },
})

const classDeletes = fact('reclaim-delete', (object: StorageClass) => ({
  which: `StorageClass/${object.metadata.name}`,
  seen: `StorageClass ${object.metadata.name} deletes a volume with its claim`,
  expected: 'reclaimPolicy: Retain',
  remedy:
    'set it in the class; an existing class must be deleted and created again, ' +
    'which does not touch its volumes',
  at: [object, ['reclaimPolicy']],
  set: 'Retain',
}))

const volumeDeletes = fact('reclaim-delete', (object: Volume) => {
  const { claimRef } = object.spec
  const { name } = object.metadata
  return {
    which: `PersistentVolume/${name}`,
    seen: `PersistentVolume ${name} goes with its claim ${claimRef?.namespace}/${claimRef?.name}`,
    expected: 'persistentVolumeReclaimPolicy: Retain',
    remedy: `kubectl patch pv ${name} -p '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}'`,
    at: [object, ['spec', 'persistentVolumeReclaimPolicy']],
    set: 'Retain',
  }
})

/** Claims of the policy whose loss it does not accept, as `<namespace>/<name>`. */
const criticalClaims = ({ storage }: Policy): ReadonlySet<string> =>
  new Set(
    storage.claims
      .filter(({ backup }) => backup.by !== 'loss-accepted')
      .map(({ namespace, name }) => `${namespace}/${name}`),
  )

export const volumesAreRetained = invariant({
  name: 'volumes-are-retained',
  about: 'manifests',
  title: 'no storage class and no volume deletes data with its claim',
  reason:
    'with Delete, the deletion of a claim or of its namespace destroys the data within seconds',
  when: policy => policy.manifests.claims.retained,
  subjects: () => [{ name: 'storage classes and volumes' }],
  observe: () => [storageClasses, volumes],
  facts: [classDeletes, volumeDeletes],
  judge(_, answers, policy) {
    const critical = criticalClaims(policy)
    return [
      answers(storageClasses)
        .filter(({ reclaimPolicy = 'Delete' }) => reclaimPolicy === 'Delete')
        .map(object => classDeletes(object)),
      answers(volumes)
        .filter(({ spec }) => spec?.persistentVolumeReclaimPolicy === 'Delete')
        .filter(({ spec: { claimRef } }) =>
          critical.has(`${claimRef?.namespace}/${claimRef?.name}`),
        )
        .map(object => volumeDeletes(object)),
    ]
  },
})

interface Sharing {
  readonly object: WorkloadObject
  /** Names of its single-writer claims. */
  readonly held: readonly string[]
}

const idOf = ({ object: { kind, metadata } }: Sharing): string => `${kind}/${metadata.name}`
const ownerOf = ({ object: { kind, metadata } }: Sharing): string =>
  `${kind} ${metadata.namespace}/${metadata.name}`
const volumeOf = ({ held }: Sharing): string => `the ReadWriteOnce claim ${held.join(', ')}`

const shared = fact('shared-single-writer', (sharing: Sharing) => {
  const { object } = sharing
  const onAll = object.kind === 'DaemonSet'
  const who = onAll ? 'the pods of all nodes' : `${object.spec.replicas} pods`
  const cure = onAll ? 'make it a Deployment of one replica' : 'set replicas to 1'
  return {
    which: idOf(sharing),
    seen: `${who} of ${ownerOf(sharing)} share ${volumeOf(sharing)}`,
    expected: 'one pod, or no such volume',
    remedy: `${cure}, or move its state to storage that several pods may write`,
    at: [object, onAll ? ['spec', 'template', 'spec', 'volumes'] : ['spec', 'replicas']],
  }
})

const rolling = fact('rolling-single-writer', (sharing: Sharing) => ({
  which: idOf(sharing),
  seen:
    `a rollout of ${ownerOf(sharing)} starts its next pod ` +
    `while the last one uses ${volumeOf(sharing)}`,
  expected: 'strategy: Recreate',
  remedy: 'set strategy.type to Recreate, without rollingUpdate',
  at: [sharing.object, ['spec', 'strategy']],
  set: { type: 'Recreate' },
}))

export const singleWritersHaveOnePod = invariant({
  name: 'single-writers-have-one-pod',
  about: 'manifests',
  title: 'no two pods need one ReadWriteOnce volume at the same time',
  reason: 'the second pod waits for the volume of the first one, and so does the rollout',
  when: policy => policy.manifests.claims.oneWriter,
  subjects: ownNamespaces,
  observe: () => [deployments, statefulSets, daemonSets, claims],
  facts: [shared, rolling],
  judge: ({ namespace }, answers) =>
    [deployments, statefulSets, daemonSets]
      .flatMap(question => inNamespace(answers(question), namespace))
      .map(object => ({ object, held: sharedSingle(answers, object) }))
      .filter(({ held }) => held.length > 0)
      .map(sharing => {
        const { kind, spec } = sharing.object
        if (kind === 'DaemonSet' || (spec.replicas ?? 1) > 1) return shared(sharing)
        return kind === 'Deployment' && overlaps(sharing.object) && rolling(sharing)
      }),
})

verify(
  import.meta,
  claimsNameTheirClass,
  claimsAreRegistered,
  volumesAreRetained,
  singleWritersHaveOnePod,
)
