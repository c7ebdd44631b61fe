// The state of a pod as controllers see it, and pods from a template.
import { copyOf } from '#lab/kernel/data.ts'
import type { LabContext } from '#lab/kernel/world.ts'
import { admitPod } from '#lab/kube/admission/admission.ts'
import { asJson } from '#lab/kube/patch/json.ts'
import { limits } from './delays.ts'
import type { Condition, FullPod, KubeObject, Meta, Pod, Template, Toleration } from './objects.ts'
import { ownerReference } from './workloads/ownership.ts'

export const conditionOf = (
  conditions: Condition[] | undefined,
  type: string,
): Condition | undefined => conditions?.find(condition => condition.type === type)

export const isReady = (pod: Pod): boolean =>
  conditionOf(pod.status?.conditions, 'Ready')?.status === 'True'

export const hasEnded = (pod: Pod): boolean =>
  pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'

export const isTerminating = (object: KubeObject): boolean =>
  object.metadata.deletionTimestamp !== undefined

/** Whether a pod counts for its controller: it has neither ended nor is it terminating. */
export const isActive = (pod: Pod): boolean => !hasEnded(pod) && !isTerminating(pod)

/** ms until a ready pod is available; 0: it is; undefined: it is not ready. */
export function untilAvailable(
  pod: Pod,
  minReadySeconds: number | undefined,
  now: number,
): number | undefined {
  if (!isReady(pod)) return undefined
  const since = Date.parse(conditionOf(pod.status?.conditions, 'Ready')?.lastTransitionTime ?? '')
  if (minReadySeconds === undefined || minReadySeconds === 0 || Number.isNaN(since)) return 0
  return Math.max(0, since + minReadySeconds * 1000 - now)
}

export const isAvailable = (pod: Pod, minReadySeconds: number | undefined, now: number): boolean =>
  untilAvailable(pod, minReadySeconds, now) === 0

/** Sets a condition; its lastTransitionTime changes only with its status. */
export function setPodCondition(pod: Pod, wanted: Condition, now: string): void {
  const conditions = pod.status?.conditions ?? []
  const known = conditionOf(conditions, wanted.type)
  const next = {
    ...wanted,
    lastTransitionTime: known?.status === wanted.status ? (known.lastTransitionTime ?? now) : now,
  }
  pod.status = {
    ...pod.status,
    conditions:
      known === undefined
        ? [...conditions, next]
        : conditions.map(condition => (condition === known ? next : condition)),
  }
}

const notReadyKeys = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'] as const

/**
 * Adds the tolerations for a not ready and an unreachable node that admission gives to every pod
 * without its own.
 */
export function withDefaultTolerations(tolerations: Toleration[] | undefined): Toleration[] {
  const given = tolerations ?? []
  const missing = notReadyKeys.filter(
    key =>
      !given.some(
        own =>
          (own.key === undefined || own.key === key) &&
          (own.effect === undefined || own.effect === 'NoExecute'),
      ),
  )
  return [
    ...given,
    ...missing.map(key => ({
      key,
      operator: 'Exists',
      effect: 'NoExecute',
      tolerationSeconds: limits.defaultTolerationSeconds,
    })),
  ]
}

/** A pod from a template, with the defaults that admission sets. */
export function podFrom(
  template: Template,
  owner: KubeObject,
  names: Pick<Meta, 'name'> & { generateName?: string },
  adjust: (pod: FullPod) => void = () => {},
): FullPod {
  const spec = copyOf(template.spec)
  const { labels, annotations } = template.metadata ?? {}
  const pod: FullPod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...names,
      ...(owner.metadata.namespace !== undefined && { namespace: owner.metadata.namespace }),
      ...(labels !== undefined && { labels: { ...labels } }),
      ...(annotations !== undefined &&
        Object.keys(annotations).length > 0 && { annotations: { ...annotations } }),
      ownerReferences: [ownerReference(owner)],
    },
    spec: {
      ...spec,
      restartPolicy: spec.restartPolicy ?? 'Always',
      terminationGracePeriodSeconds:
        spec.terminationGracePeriodSeconds ?? limits.terminationGraceSeconds,
      dnsPolicy: spec.dnsPolicy ?? 'ClusterFirst',
      schedulerName: spec.schedulerName ?? 'default-scheduler',
      serviceAccountName: spec.serviceAccountName ?? 'default',
      enableServiceLinks: spec.enableServiceLinks ?? true,
    },
    status: { phase: 'Pending' },
  }
  adjust(pod)
  pod.spec.tolerations = withDefaultTolerations(pod.spec.tolerations)
  return pod
}

/** Creates a pod, as the API server would on a controller's request. */
export function createPod(context: LabContext, pod: FullPod): FullPod {
  const admitted = copyOf(pod)
  admitPod(context, asJson(admitted))
  return context.store.create(admitted)
}
