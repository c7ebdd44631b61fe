// Views of everything that makes pods, as people wrote it or as the API has it. What has a wrong
// shape is left out: its schema is judged elsewhere.
import { isJsonObject } from '#src/model/json.ts'
import {
  cronJobs,
  daemonSets,
  deployments,
  inNamespace,
  jobs,
  pods,
  statefulSets,
} from './questions.ts'
import type {
  Container,
  CronJob,
  Job,
  KubeObject,
  LabelSelector,
  Path,
  Pod,
  PodSpec,
  Policy,
  Question,
  Answers,
  WorkloadObject,
} from '#src/model/index.ts'

export interface PodTemplate {
  readonly object: KubeObject
  /** Within its namespace, e.g. `StatefulSet/redis`. */
  readonly id: string
  readonly namespace: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  /** Where the pod's spec is in the object. */
  readonly path: Path
  readonly spec: Partial<PodSpec>
  /** Whether its pods are meant to stay. */
  readonly stays: boolean
}

export interface ContainerPlace {
  readonly container: Container
  /** Of the container in its object. */
  readonly path: Path
  /** What a finding's code ends with, e.g. `StatefulSet/redis/redis`. */
  readonly id: string
  /**
   * app: one of the pod's containers; sidecar: an init container that stays; init: one that ends.
   */
  readonly role: 'app' | 'sidecar' | 'init'
}

/** The objects of a list with their indexes; skips other values, and any value but a list. */
export function items<T extends object>(
  list: readonly T[] | undefined,
): readonly (readonly [item: T, index: number])[] {
  const found: (readonly [item: T, index: number])[] = []
  if (!Array.isArray(list)) return found
  for (let index = 0; index < list.length; index += 1) {
    const item = list[index] as T
    if (isJsonObject(item)) found.push([item, index])
  }
  return found
}

const textsAt = (
  value: unknown,
  key: 'labels' | 'annotations',
): Readonly<Record<string, string>> => {
  const texts = isJsonObject(value) ? value[key] : undefined
  return isJsonObject(texts) ? (texts as Record<string, string>) : {}
}

function template(
  object: KubeObject,
  from: unknown,
  path: Path,
  ends: boolean,
): readonly PodTemplate[] {
  if (!isJsonObject(from) || !isJsonObject(from['spec'])) return []
  const spec = from['spec'] as Partial<PodSpec>
  const stays = !ends && spec.restartPolicy !== 'Never' && spec.restartPolicy !== 'OnFailure'
  const { metadata } = from
  return [
    {
      object,
      id: `${object.kind}/${object.metadata.name}`,
      namespace: object.metadata.namespace ?? '',
      path,
      spec,
      stays,
      labels: textsAt(metadata, 'labels'),
      annotations: textsAt(metadata, 'annotations'),
    },
  ]
}

const controlled = (object: KubeObject): boolean =>
  items(object.metadata.ownerReferences).some(([owner]) => owner.controller === true)

const ofWorkload = (object: WorkloadObject): readonly PodTemplate[] =>
  template(object, object.spec?.template, ['spec', 'template', 'spec'], false)
const ofPod = (pod: Pod): readonly PodTemplate[] =>
  controlled(pod) ? [] : template(pod, pod, ['spec'], false)
const ofJob = (job: Job): readonly PodTemplate[] =>
  controlled(job) ? [] : template(job, job.spec?.template, ['spec', 'template', 'spec'], true)
const ofCronJob = (cron: CronJob): readonly PodTemplate[] =>
  template(
    cron,
    cron.spec?.jobTemplate?.spec?.template,
    ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
    true,
  )

const made = new WeakMap<KubeObject, readonly PodTemplate[]>()

/** What an object makes pods of; made once for each object. */
function once<T extends KubeObject>(
  object: T,
  make: (object: T) => readonly PodTemplate[],
): readonly PodTemplate[] {
  let known = made.get(object)
  if (known === undefined) {
    known = make(object)
    made.set(object, known)
  }
  return known
}

/**
 * Names of the volumes that a StatefulSet replaces by its claims. @source Kubernetes, StatefulSet
 * controller, updateStorage: a claim template takes the place of a volume of its name
 */
export function claimedVolumes({ object }: PodTemplate): ReadonlySet<string> {
  const spec: unknown = object.kind === 'StatefulSet' ? Reflect.get(object, 'spec') : undefined
  const list: unknown = isJsonObject(spec) ? spec['volumeClaimTemplates'] : undefined
  return new Set(
    items(list as readonly { metadata?: { name?: string } }[] | undefined).flatMap(
      ([claim]) => claim.metadata?.name ?? [],
    ),
  )
}

/** The questions that show everything that makes pods. */
export const templateQuestions: readonly Question<unknown>[] = [
  deployments,
  statefulSets,
  daemonSets,
  pods,
  jobs,
  cronJobs,
]

/** Deployments, StatefulSets and DaemonSets of a namespace. */
export const workloadTemplates = (answers: Answers, namespace: string): readonly PodTemplate[] =>
  [deployments, statefulSets, daemonSets].flatMap(question =>
    inNamespace(answers(question), namespace).flatMap(object => once(object, ofWorkload)),
  )

/** Pods of a namespace without a controller. */
export const barePods = (answers: Answers, namespace: string): readonly PodTemplate[] =>
  inNamespace(answers(pods), namespace).flatMap(pod => once(pod, ofPod))

/** Every pod template of a namespace: workloads, Jobs, CronJobs, and pods without a controller. */
export const podTemplates = (answers: Answers, namespace: string): readonly PodTemplate[] => [
  ...workloadTemplates(answers, namespace),
  ...inNamespace(answers(jobs), namespace).flatMap(job => once(job, ofJob)),
  ...inNamespace(answers(cronJobs), namespace).flatMap(cron => once(cron, ofCronJob)),
  ...barePods(answers, namespace),
]

/** The pod template of a workload; undefined where it has none. */
export const templateOf = (object: WorkloadObject): PodTemplate | undefined =>
  once(object, ofWorkload)[0]

/** @source Kubernetes, sidecar containers: an init container with restartPolicy Always */
function roleOf(
  key: 'containers' | 'initContainers',
  container: Container,
): ContainerPlace['role'] {
  if (key === 'containers') return 'app'
  return container.restartPolicy === 'Always' ? 'sidecar' : 'init'
}

const placed = new WeakMap<PodTemplate, readonly ContainerPlace[]>()

/**
 * All containers of a template with their paths, without ephemeral ones: no manifest holds those.
 */
export function containersOf(from: PodTemplate): readonly ContainerPlace[] {
  const known = placed.get(from)
  if (known !== undefined) return known
  const list = (key: 'containers' | 'initContainers'): readonly ContainerPlace[] =>
    items(from.spec[key]).map(([container, index]) => ({
      container,
      path: [...from.path, key, index],
      id: `${from.id}/${container.name}`,
      role: roleOf(key, container),
    }))
  const all = [...list('containers'), ...list('initContainers')]
  placed.set(from, all)
  return all
}

/** Every container of everything in a namespace that makes pods, with its template. */
export const everyContainer = (
  answers: Answers,
  namespace: string,
): readonly (readonly [template: PodTemplate, place: ContainerPlace])[] =>
  podTemplates(answers, namespace).flatMap(template =>
    containersOf(template).map(place => [template, place] as const),
  )

/**
 * Long-running: all containers, and init containers that never end (sidecars). @source Kubernetes,
 * sidecar containers: restartPolicy Always
 */
export const longRunning = (from: PodTemplate): readonly ContainerPlace[] =>
  containersOf(from).filter(({ role }) => role !== 'init')

/**
 * Workloads that the policy does not name, each with a name that no other of them has:
 * `<namespace>/<name>`, with its kind before it where two kinds share the name.
 */
export function unnamedTemplates(
  answers: Answers,
  { workloads, namespaces }: Policy,
): readonly { name: string; template: PodTemplate }[] {
  const taken = new Set(workloads.map(({ namespace, name }) => `${namespace}/${name}`))
  return namespaces
    .flatMap(namespace => workloadTemplates(answers, namespace))
    .filter(template => !workloads.some(workload => isOf(template, workload)))
    .map(template => {
      const plain = `${template.namespace}/${template.object.metadata.name}`
      const name = taken.has(plain) ? titleOf(template) : plain
      taken.add(plain)
      return { name, template }
    })
}

/**
 * Whether its pods run on Windows, by their spec or by their node selector: the security settings
 * of Linux do not apply there. @source Kubernetes, pods: os.name, and label kubernetes.io/os
 */
export const isWindows = ({ spec }: PodTemplate): boolean =>
  spec.os?.name === 'windows' || spec.nodeSelector?.['kubernetes.io/os'] === 'windows'

/** For people: `Deployment shop/front`. */
export const titleOf = ({ object, namespace }: PodTemplate): string =>
  `${object.kind} ${namespace}/${object.metadata.name}`

/** Whether a workload of the policy is the object that a template is of. */
export const isOf = (
  { object, namespace }: PodTemplate,
  workload: Pick<Policy['workloads'][number], 'kind' | 'namespace' | 'name'>,
): boolean =>
  workload.kind === object.kind &&
  workload.namespace === namespace &&
  workload.name === object.metadata.name

/**
 * The container that a pod is there for. @source Kubernetes, well-known annotations:
 * kubectl.kubernetes.io/default-container
 */
export function mainContainer(from: PodTemplate): ContainerPlace | undefined {
  const apps = containersOf(from).filter(({ role }) => role === 'app')
  return (
    apps.find(
      ({ container }) =>
        container.name === from.annotations['kubectl.kubernetes.io/default-container'],
    ) ?? apps[0]
  )
}

/** For people: `container web of Deployment shop/front`. */
export const inWords = (
  { container }: ContainerPlace,
  { object, namespace }: PodTemplate,
): string => `container ${container.name} of ${object.kind} ${namespace}/${object.metadata.name}`

/**
 * A namespace is the platform's, which writes its own objects, when the policy names workloads
 * there and asks none of them for probes.
 */
function isPlatform(policy: Policy, namespace: string): boolean {
  const named = policy.workloads.filter(workload => workload.namespace === namespace)
  return named.length > 0 && named.every(({ probes }) => !probes)
}

/** A subject for each namespace whose objects the policy's owner writes. */
export const ownNamespaces = (policy: Policy): readonly { name: string; namespace: string }[] =>
  policy.namespaces
    .filter(namespace => !isPlatform(policy, namespace))
    .map(namespace => ({ name: `namespace ${namespace}`, namespace }))

type Requirement = NonNullable<LabelSelector['matchExpressions']>[number]

function meets(
  { key, operator, values }: Requirement,
  labels: Readonly<Record<string, string>>,
): boolean {
  const value = labels[key]
  const among = value !== undefined && (values ?? []).includes(value)
  switch (operator) {
    case 'In':
      return among
    case 'NotIn':
      return !among
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    default:
      return false
  }
}

/**
 * Whether labels are what a selector asks for. An empty selector asks for nothing. @source
 * Kubernetes, labels and selectors
 */
export const matches = (
  selector: LabelSelector,
  labels: Readonly<Record<string, string>>,
): boolean =>
  Object.entries(isJsonObject(selector.matchLabels) ? selector.matchLabels : {}).every(
    ([key, value]) => labels[key] === value,
  ) && items(selector.matchExpressions).every(([requirement]) => meets(requirement, labels))
