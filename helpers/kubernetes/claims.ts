// Claims of volumes: those that exist, those that StatefulSets make, and who shares them.
import type { Answers, KubeObject, Path, VolumeClaim, WorkloadObject } from '#src/model/index.ts'
import { claims, inNamespace, statefulSets } from './questions.ts'
import { items, templateOf } from './templates.ts'

export interface Wanted {
  /** Its name, or those that a StatefulSet makes of it. */
  readonly names: readonly string[]
  readonly spec: Partial<VolumeClaim['spec']>
  readonly object: KubeObject
  /** Where its spec is in the object. */
  readonly path: Path
  /** Whether a StatefulSet makes it. */
  readonly template: boolean
}

const madeBy = (object: WorkloadObject): readonly Wanted[] =>
  items(object.spec?.volumeClaimTemplates).map(([claim, index]) => ({
    names: Array.from(
      { length: Math.max(1, object.spec.replicas ?? 1) },
      (_, ordinal) => `${claim.metadata?.name}-${object.metadata.name}-${ordinal}`,
    ),
    spec: claim.spec ?? {},
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

const isSingle = (modes: unknown): boolean =>
  Array.isArray(modes) && modes.length > 0 && modes.every(mode => single.has(mode))

/** Names of claims that a workload's pods all share, and that only one of them may write. */
export function sharedSingle(answers: Answers, object: WorkloadObject): readonly string[] {
  const mounted = items(templateOf(object)?.spec.volumes).flatMap(
    ([volume]) => volume.persistentVolumeClaim?.claimName ?? [],
  )
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
