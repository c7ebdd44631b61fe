// The pods and claims that a StatefulSet creates.
import type { Claim, ControllerRevision, FullPod, StatefulSet } from '#lab/control/objects.ts'
import { podFrom } from '#lab/control/pods.ts'
import { copyOf } from '#lab/kernel/data.ts'
import { revisionLabel } from './revisions.ts'

/** The number at the end of a pod's name; NaN if it has none. */
export const ordinalOf = (pod: FullPod): number =>
  Number(/-(\d+)$/.exec(pod.metadata.name)?.[1] ?? NaN)

/** The ordinals that a set should have pods for: from `start` up to, but not including, `end`. */
export function ordinalsOf({ spec }: StatefulSet): { start: number; end: number } {
  const start = spec.ordinals?.start ?? 0
  return { start, end: start + (spec.replicas ?? 1) }
}

/** The pod of an ordinal, from a stored revision or, without one, from the present template. */
export function podOf(
  set: StatefulSet,
  ordinal: number,
  revision: string,
  stored: ControllerRevision | undefined,
): FullPod {
  const podName = `${set.metadata.name}-${ordinal}`
  const names = { name: podName, generateName: `${set.metadata.name}-` }
  return podFrom(stored?.data.spec.template ?? set.spec.template, set, names, made => {
    made.metadata.labels = {
      ...made.metadata.labels,
      [revisionLabel]: revision,
      'statefulset.kubernetes.io/pod-name': podName,
      'apps.kubernetes.io/pod-index': String(ordinal),
    }
    made.spec.hostname = podName
    if (set.spec.serviceName !== undefined) made.spec.subdomain = set.spec.serviceName
    const own = (set.spec.volumeClaimTemplates ?? []).map(template => template.metadata.name)
    made.spec.volumes = [
      ...own.map(volume => ({
        name: volume,
        persistentVolumeClaim: { claimName: `${volume}-${podName}` },
      })),
      ...(made.spec.volumes ?? []).filter(volume => !own.includes(volume.name)),
    ]
  })
}

/** A claim from a template, with the default class if it names none, as admission would set it. */
export const claimOf = (
  set: StatefulSet,
  template: NonNullable<StatefulSet['spec']['volumeClaimTemplates']>[number],
  name: string,
  defaultClass: string | undefined,
): Claim => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: {
    name,
    ...(set.metadata.namespace !== undefined && { namespace: set.metadata.namespace }),
    labels: { ...template.metadata.labels, ...set.spec.selector.matchLabels },
    ...(template.metadata.annotations !== undefined && {
      annotations: { ...template.metadata.annotations },
    }),
    finalizers: ['kubernetes.io/pvc-protection'],
  },
  spec: {
    ...(defaultClass !== undefined && { storageClassName: defaultClass }),
    ...copyOf(template.spec),
  },
  status: { phase: 'Pending' },
})
