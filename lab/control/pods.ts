// What controllers ask of a pod, and how they make one from a template.
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

/** Counts for its controller: neither ended nor on its way out. */
export const isActive = (pod: Pod): boolean => !hasEnded(pod) && !isTerminating(pod)

/** ms until a ready pod has been ready long enough; 0: it has; undefined: it is not ready. */
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
 * The tolerations that admission gives every pod without its own for an unready or unreachable
 * node.
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

/**
 * A pod of a template, as admission lets it in: with the defaults that controllers and kubelets
 * rely on.
 */
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

/** Text with its keys in order, so that equal templates have equal hashes. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const entries = Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`
}

/** What was made of templates. What the store holds is never changed in place: it stays right. */
const hashes = new WeakMap<Template, string>()
const bareTexts = new WeakMap<Template, string>()

function remembered(
  known: WeakMap<Template, string>,
  template: Template,
  make: () => string,
): string {
  const found = known.get(template)
  if (found !== undefined) return found
  const text = make()
  known.set(template, text)
  return text
}

/**
 * The hash that names a template's ReplicaSet or revision: FNV-1a of 32 bits, its decimal digits in
 * the alphabet of
 * generated names. Stable and of the real form; not the value a real cluster would compute, which
 * hashes Go's print.
 */
export function templateHash(template: Template, collisions = 0): string {
  return collisions === 0
    ? remembered(hashes, template, () => hashOf(canonical(template)))
    : hashOf(canonical(template) + String(collisions))
}

function hashOf(text: string): string {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  const alphabet = 'bcdfghjklmnpqrstvwxz2456789'
  return Array.from(
    String(hash >>> 0),
    digit => alphabet[digit.charCodeAt(0) % alphabet.length],
  ).join('')
}

/** Whether two templates are the same but for the label that names them. */
export function sameTemplate(a: Template, b: Template): boolean {
  const bare = (template: Template): string =>
    remembered(bareTexts, template, () => {
      const { 'pod-template-hash': _, ...labels } = template.metadata?.labels ?? {}
      return canonical({ ...template, metadata: { ...template.metadata, labels } })
    })
  return bare(a) === bare(b)
}
