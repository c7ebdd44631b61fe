// Claims, as they are asked for: each of a named class, known for its backup, kept when it is
// deleted, and written by one pod.
import {
  placeOf,
  invariant,
  verify,
  type Finding,
  type KubeObject,
  type Path,
  type Policy,
  type Question,
  type Answers,
  type VolumeClaim,
  type WorkloadObject,
} from '#helpers/index.ts'
import {
  claims,
  daemonSets,
  deployments,
  inNamespace,
  statefulSets,
  storageClasses,
  volumes,
} from '#helpers/kubernetes/questions.ts'
import { items, ownNamespaces, templateOf } from '#helpers/kubernetes/templates.ts'

type Rule = keyof Policy['manifests']['claims']
const isAsked = (policy: Policy, rule: Rule): boolean => policy.manifests.claims[rule] === true
const namespacesWhen = (rule: Rule) => (policy: Policy) =>
  isAsked(policy, rule) ? ownNamespaces(policy) : []
const askWhen =
  (rule: Rule, ...questions: readonly Question<unknown>[]) =>
  (policy: Policy) =>
    isAsked(policy, rule) ? questions : []

interface Wanted {
  /** Its name, or those that a StatefulSet makes of it. */
  names: readonly string[]
  spec: Partial<VolumeClaim['spec']>
  object: KubeObject
  path: Path
  template: boolean
}

/** Every claim of a namespace: those that are objects, and those that StatefulSets will make. */
function wanted(answers: Answers, namespace: string): readonly Wanted[] {
  const made = inNamespace(answers(statefulSets), namespace).flatMap(object =>
    items(object.spec?.volumeClaimTemplates).map(([claim, index]): Wanted => ({
      names: Array.from(
        { length: Math.max(1, object.spec.replicas ?? 1) },
        (_, ordinal) => `${claim.metadata?.name}-${object.metadata.name}-${ordinal}`,
      ),
      spec: claim.spec ?? {},
      object,
      path: ['spec', 'volumeClaimTemplates', index, 'spec'],
      template: true,
    })),
  )
  const known = new Set(made.flatMap(({ names }) => names))
  const plain = inNamespace(answers(claims), namespace)
    .filter(({ metadata }) => !known.has(metadata.name))
    .map((object): Wanted => ({
      names: [object.metadata.name],
      spec: object.spec ?? {},
      object,
      path: ['spec'],
      template: false,
    }))
  return [...made, ...plain]
}

const wantedInWords = ({ object, names, template }: Wanted): string =>
  template ? `${names[0]} of StatefulSet ${object.metadata.name}` : `claim ${names[0]}`

export const claimsNameTheirClass = invariant({
  name: 'claims-name-their-class',
  title: 'every claim names its storage class',
  reason:
    'a default is an annotation that a rebuild loses, and without it the claim waits for ever',
  subjects: namespacesWhen('namedClass'),
  observe: askWhen('namedClass', claims, statefulSets),
  judge: ({ namespace }, answers, policy) =>
    wanted(answers, namespace)
      .filter(({ spec }) => spec.storageClassName === undefined)
      .map(claim => {
        const { defaultClass } = policy.manifests.claims
        return {
          code: `class-missing:${claim.names[0]}`,
          seen: `${wantedInWords(claim)} names no class`,
          expected: `storageClassName: ${defaultClass ?? 'the class that it gets now'}`,
          remedy: claim.template
            ? 'write it into the template; of a StatefulSet that is there already it cannot be changed: delete that one with --cascade=orphan first'
            : 'write it into the claim',
          at: placeOf(claim.object, [...claim.path, 'storageClassName']),
          // The template of a StatefulSet that is there is refused when it changes.
          ...(claim.template || defaultClass === undefined ? {} : { change: { to: defaultClass } }),
        }
      }),
})

export const claimsAreRegistered = invariant({
  name: 'claims-are-registered',
  title: 'every claim is one that the policy knows',
  reason:
    'a claim that nobody has listed is one that nobody backs up, and the first to hear of it is whoever needs the backup',
  subjects: namespacesWhen('registered'),
  observe: askWhen('registered', claims, statefulSets),
  judge: ({ namespace }, answers, policy) => {
    const known = new Set(
      policy.storage.claims.filter(claim => claim.namespace === namespace).map(({ name }) => name),
    )
    return wanted(answers, namespace).flatMap(claim =>
      claim.names
        .filter(name => !known.has(name))
        .map(name => ({
          code: `claim-unregistered:${name}`,
          seen: claim.template
            ? `StatefulSet ${claim.object.metadata.name} makes claim ${name}`
            : `claim ${name} is none of the policy's`,
          expected: 'a claim of the policy, with what it holds and where its backup is',
          remedy: `add ${namespace}/${name} to the policy's storage.claims; “loss-accepted” is an answer, too`,
          at: placeOf(
            claim.object,
            claim.template ? claim.path.slice(0, -1) : ['metadata', 'name'],
          ),
        })),
    )
  },
})

export const volumesAreRetained = invariant({
  name: 'volumes-are-retained',
  title: 'no class and no volume deletes the data of a claim that goes',
  reason:
    'with Delete a claim that is deleted, by a person or with its namespace, takes its data along within seconds',
  subjects: policy =>
    isAsked(policy, 'retained') ? [{ name: 'storage classes and volumes' }] : [],
  observe: askWhen('retained', storageClasses, volumes),
  judge(_, answers, policy): readonly Finding[] {
    const classes = answers(storageClasses).filter(
      ({ reclaimPolicy = 'Delete' }) => reclaimPolicy === 'Delete',
    )
    const critical = new Set(
      policy.storage.claims
        .filter(({ backup }) => backup.by !== 'loss-accepted')
        .map(({ namespace, name }) => `${namespace}/${name}`),
    )
    const own = answers(volumes).filter(
      ({ spec }) =>
        spec?.persistentVolumeReclaimPolicy === 'Delete' &&
        critical.has(`${spec.claimRef?.namespace}/${spec.claimRef?.name}`),
    )
    return [
      ...classes.map(object => ({
        code: `reclaim-delete:StorageClass/${object.metadata.name}`,
        seen: `StorageClass ${object.metadata.name} deletes a volume with its claim`,
        expected: 'reclaimPolicy: Retain',
        remedy:
          'write it into the class; one that is there already has to be deleted and made anew, which leaves its volumes alone',
        at: placeOf(object, ['reclaimPolicy']),
        change: { to: 'Retain' },
      })),
      ...own.map(object => ({
        code: `reclaim-delete:PersistentVolume/${object.metadata.name}`,
        seen: `PersistentVolume ${object.metadata.name} goes with its claim ${object.spec.claimRef?.namespace}/${object.spec.claimRef?.name}`,
        expected: 'persistentVolumeReclaimPolicy: Retain',
        remedy: `kubectl patch pv ${object.metadata.name} -p '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}'`,
        at: placeOf(object, ['spec', 'persistentVolumeReclaimPolicy']),
        change: { to: 'Retain' },
      })),
    ]
  },
})

/**
 * Modes in which a volume is written on one node, or by one pod. @source Kubernetes, persistent
 * volumes: access modes
 */
const single = new Set(['ReadWriteOnce', 'ReadWriteOncePod'])

/** Names of claims that a workload's pods all share, and that only one of them may write. */
function sharedSingle(
  answers: Answers,
  object: WorkloadObject,
  namespace: string,
): readonly string[] {
  const mounted = items(templateOf(object)?.spec.volumes).flatMap(
    ([volume]) => volume.persistentVolumeClaim?.claimName ?? [],
  )
  const isSingle = (modes: unknown): boolean =>
    Array.isArray(modes) && modes.length > 0 && modes.every(mode => single.has(mode as string))
  return inNamespace(answers(claims), namespace)
    .filter(({ metadata, spec }) => mounted.includes(metadata.name) && isSingle(spec?.accessModes))
    .map(({ metadata }) => metadata.name)
}

/**
 * A rollout that starts the next pod before the last one has gone. @source Kubernetes default,
 * maxSurge 25 % rounded up: one more
 */
const overlaps = ({ spec }: WorkloadObject): boolean =>
  spec.strategy?.type !== 'Recreate' &&
  !['0', '0%'].includes(String(spec.strategy?.rollingUpdate?.maxSurge ?? '25%'))

export const singleWritersHaveOnePod = invariant({
  name: 'single-writers-have-one-pod',
  title: 'no two pods need one ReadWriteOnce volume at the same time',
  reason:
    'the second pod waits for a volume that the first one holds: Traefik stood so for good, and a rollout stands so until somebody looks',
  subjects: namespacesWhen('oneWriter'),
  observe: askWhen('oneWriter', deployments, statefulSets, daemonSets, claims),
  judge: ({ namespace }, answers) =>
    [deployments, statefulSets, daemonSets]
      .flatMap(question => inNamespace(answers(question), namespace))
      .flatMap((object): readonly Finding[] => {
        const held = sharedSingle(answers, object, namespace)
        if (held.length === 0) return []
        const {
          kind,
          metadata: { name },
        } = object
        const volume = `the ReadWriteOnce claim ${held.join(', ')}`
        if (kind === 'DaemonSet' || (object.spec.replicas ?? 1) > 1) {
          return [
            {
              code: `shared-single-writer:${kind}/${name}`,
              seen: `${kind === 'DaemonSet' ? 'the pods of all nodes' : `${object.spec.replicas} pods`} of ${kind} ${namespace}/${name} share ${volume}`,
              expected: 'one pod, or no such volume',
              remedy: `${kind === 'DaemonSet' ? 'make it a Deployment of one replica' : 'set replicas to 1'}, or move its state to where many may write`,
              at: placeOf(
                object,
                kind === 'DaemonSet'
                  ? ['spec', 'template', 'spec', 'volumes']
                  : ['spec', 'replicas'],
              ),
            },
          ]
        }
        return kind !== 'Deployment' || !overlaps(object)
          ? []
          : [
              {
                code: `rolling-single-writer:${kind}/${name}`,
                seen: `a rollout of ${kind} ${namespace}/${name} starts its next pod while the last one holds ${volume}`,
                expected: 'strategy: Recreate',
                remedy: 'set strategy.type to Recreate, without rollingUpdate',
                at: placeOf(object, ['spec', 'strategy']),
                change: { to: { type: 'Recreate' } },
              },
            ]
      }),
})

verify(
  import.meta,
  claimsNameTheirClass,
  claimsAreRegistered,
  volumesAreRetained,
  singleWritersHaveOnePod,
)
