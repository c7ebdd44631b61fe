// Claims of volumes: those that exist, those that StatefulSets make, and who shares them.
import type { Answers, KubeObject, Path, VolumeClaim, WorkloadObject } from '#src/model/index.ts'
import { claims, inNamespace, statefulSets } from './questions.ts'
import { claimedVolumes, items, templateOf } from './templates.ts'

export interface Wanted {
  /** Its name, or those that a StatefulSet makes of it. */
  readonly names: readonly string[]
  readonly spec: Partial<VolumeClaim['spec']>
  /** By the legacy annotation, which counts first, or by its spec. Undefined: by neither. */
  readonly storageClass: string | undefined
  readonly object: KubeObject
  /** Where its spec is in the object. */
  readonly path: Path
  /** Whether a StatefulSet makes it. */
  readonly template: boolean
}

/** @source Kubernetes, v1.BetaStorageClassAnnotation, which is read before the spec */
const legacyClass = 'volume.beta.kubernetes.io/storage-class'

/** The class of a claim or of a volume. "" is a class, too: that of volumes that have none. */
export function classOf(object: {
  metadata?: { annotations?: Readonly<Record<string, string>> }
  spec?: { storageClassName?: string }
}): string | undefined {
  const { annotations } = object.metadata ?? {}
  return annotations?.[legacyClass] ?? object.spec?.storageClassName ?? undefined
}

const madeBy = (object: WorkloadObject): readonly Wanted[] =>
  items(object.spec?.volumeClaimTemplates).map(([claim, index]) => ({
    names: Array.from(
      { length: Math.max(1, object.spec.replicas ?? 1) },
      (_, ordinal) => `${claim.metadata?.name}-${object.metadata.name}-${ordinal}`,
    ),
    spec: claim.spec ?? {},
    storageClass: classOf(claim),
    object,
    path: ['spec', 'volumeClaimTemplates', index, 'spec'],
    template: true,
  }))

/** Every claim of a namespace: those that are objects, and those that StatefulSets will make. */
export function wantedClaims(answers: Answers, namespace: string): readonly Wanted[] {
  const made = inNamespace(answers(statefulSets), namespace).flatMap(madeBy)
  const known = new Set(made.flatMap(({ names }) => names))
  const plain = inNamespace(answers(claims), namespace)
    .filter(({ metadata }) => !known.has(metadata.name))
    .map((object): Wanted => ({
      names: [object.metadata.name],
      spec: object.spec ?? {},
      storageClass: classOf(object),
      object,
      path: ['spec'],
      template: false,
    }))
  return [...made, ...plain]
}

/** For people: `claim data`, or `data-db-0 of StatefulSet db`. */
export const claimTitle = ({ object, names, template }: Wanted): string =>
  template ? `${names[0]} of StatefulSet ${object.metadata.name}` : `claim ${names[0]}`

/**
 * Modes in which a volume is written on one node, or by one pod. @source Kubernetes, persistent
 * volumes: access modes
 */
const single = new Set<unknown>(['ReadWriteOnce', 'ReadWriteOncePod'])

const noNames: ReadonlySet<string> = new Set()
const isSingle = (modes: unknown): boolean =>
  Array.isArray(modes) && modes.length > 0 && modes.every(mode => single.has(mode))

/** Names of claims that a workload's pods all share, and that only one of them may write. */
export function sharedSingle(answers: Answers, object: WorkloadObject): readonly string[] {
  const template = templateOf(object)
  const replaced = template === undefined ? noNames : claimedVolumes(template)
  const mounted = items(template?.spec.volumes)
    .filter(([{ name }]) => !replaced.has(name))
    .flatMap(([volume]) => volume.persistentVolumeClaim?.claimName ?? [])
  return inNamespace(answers(claims), object.metadata.namespace ?? '')
    .filter(({ metadata, spec }) => mounted.includes(metadata.name) && isSingle(spec?.accessModes))
    .map(({ metadata }) => metadata.name)
}

/**
 * Whether a rollout starts the next pod before the last one has gone. @source Kubernetes default,
 * maxSurge 25 % rounded up: one more
 */
export const overlaps = ({ spec }: WorkloadObject): boolean =>
  spec.strategy?.type !== 'Recreate' &&
  !['0', '0%'].includes(String(spec.strategy?.rollingUpdate?.maxSurge ?? '25%'))
