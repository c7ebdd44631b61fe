// Questions to the Kubernetes API: each kind listed once a run, however many invariants look at it.
import { followKind } from '#src/kubernetes/follow.ts'
import { openKube, resources, type Resource } from '#src/kubernetes/client.ts'
import { permission } from '#src/kubernetes/permission.ts'
import type {
  Autoscaler,
  QuestionContext,
  CronJob,
  EndpointSlice,
  Event,
  Job,
  KubeObject,
  Lease,
  Namespace,
  Node,
  Pod,
  PodDisruptionBudget,
  Question,
  SecretName,
  Service,
  StorageClass,
  Volume,
  VolumeClaim,
  WebhookConfiguration,
  WorkloadObject,
} from '#src/model/index.ts'
import { entriesOf } from './secrets.ts'

/** The API of the policy's cluster, by its kubeconfig and the best of its contexts. */
export const kube = (asking: Pick<QuestionContext, 'runtime' | 'policy' | 'deadline' | 'signal'>) =>
  openKube(asking, asking.policy.identity)

/** The key of a list of one namespace; without one, of all. */
const inKey = (plural: string, namespace?: string): string =>
  `kubernetes.${plural}${namespace === undefined ? '' : `.in.${namespace}`}`

function listOf<T extends KubeObject, K extends KubeObject>(
  resource: Resource<T>,
  keep: (object: T) => K,
): Question<K[]> {
  return {
    key: inKey(resource.plural),
    description: `list ${resource.plural}`,
    origin: 'kubernetes',
    needs: ['kubernetes'],
    permissions: [permission('list', resource)],
    async ask(asking) {
      return (await (await kube(asking)).list(resource)).map(keep)
    },
    follow: following =>
      followKind(
        call => kube({ ...call, policy: following.policy }),
        { resource, keep },
        following,
      ),
  }
}

const whole = <T extends KubeObject>(resource: Resource<T>): Question<T[]> =>
  listOf(resource, object => object)

/** Its name and labels: what it holds is nobody's business, and has no place in evidence. */
export const nameOnly = ({
  apiVersion,
  kind,
  metadata: { name, namespace, labels },
}: KubeObject): KubeObject => ({
  apiVersion,
  kind,
  metadata: {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(labels === undefined ? {} : { labels }),
  },
})

export const pods: Question<Pod[]> = whole(resources.pods)
export const nodes: Question<Node[]> = whole(resources.nodes)
export const services: Question<Service[]> = whole(resources.services)
export const deployments: Question<WorkloadObject[]> = whole(resources.deployments)
export const statefulSets: Question<WorkloadObject[]> = whole(resources.statefulsets)
export const daemonSets: Question<WorkloadObject[]> = whole(resources.daemonsets)
export const events: Question<Event[]> = whole(resources.events)
export const leases: Question<Lease[]> = whole(resources.leases)
export const claims: Question<VolumeClaim[]> = whole(resources.persistentvolumeclaims)
export const volumes: Question<Volume[]> = whole(resources.persistentvolumes)
export const slices: Question<EndpointSlice[]> = whole(resources.endpointslices)
export const namespaces: Question<Namespace[]> = whole(resources.namespaces)
export const webhooks: Question<WebhookConfiguration[]> = whole(
  resources.mutatingwebhookconfigurations,
)
export const storageClasses: Question<StorageClass[]> = whole(resources.storageclasses)
export const jobs: Question<Job[]> = whole(resources.jobs)
export const cronJobs: Question<CronJob[]> = whole(resources.cronjobs)
export const budgets: Question<PodDisruptionBudget[]> = whole(resources.poddisruptionbudgets)
export const autoscalers: Question<Autoscaler[]> = whole(resources.horizontalpodautoscalers)
export const configMaps: Question<KubeObject[]> = listOf(resources.configmaps, nameOnly)
export const serviceAccounts: Question<KubeObject[]> = listOf(resources.serviceaccounts, nameOnly)
/**
 * Names of Secrets of one namespace and of their entries. Their values are dropped before anybody
 * sees them: a snapshot is kept
 * as evidence. Other namespaces' are not asked for: who may list them may read them.
 */
export const secretsIn = (namespace: string): Question<SecretName[]> => ({
  key: inKey(resources.secrets.plural, namespace),
  description: `list secrets in ${namespace}`,
  origin: 'kubernetes',
  needs: ['kubernetes'],
  permissions: [permission('list', resources.secrets, { namespace })],
  async ask(asking) {
    return (await (await kube(asking)).list(resources.secrets, { namespace })).map(object => ({
      ...nameOnly(object),
      ...(object.type === undefined ? {} : { type: object.type }),
      entries: Object.fromEntries(
        Object.keys(entriesOf(object)).map(key => [key, 'kept' as const]),
      ),
    }))
  },
})

const indexes = new WeakMap<readonly KubeObject[], ReadonlyMap<string, readonly KubeObject[]>>()

/**
 * The objects of a list that are in a namespace. Each list is sorted out once, however many judges
 * ask.
 */
export function inNamespace<T extends KubeObject>(
  list: readonly T[],
  namespace: string,
): readonly T[] {
  let index = indexes.get(list)
  if (index === undefined) {
    index = Map.groupBy(list, object => object.metadata.namespace ?? '')
    indexes.set(list, index)
  }
  // Made of this very list.
  return (index.get(namespace) ?? []) as readonly T[]
}

const byName = new WeakMap<readonly KubeObject[], ReadonlyMap<string, KubeObject>>()

/**
 * The object of a list with a namespace and a name, the first where there are several. Each list is
 * sorted out once.
 */
export function named<T extends KubeObject>(
  list: readonly T[],
  namespace: string,
  name: string,
): T | undefined {
  const own = inNamespace(list, namespace)
  let index = byName.get(own)
  if (index === undefined) {
    index = new Map(own.toReversed().map(object => [object.metadata.name, object]))
    byName.set(own, index)
  }
  // Made of this very list.
  return index.get(name) as T | undefined
}

/** Whether the API server says of itself that it is ready: `/readyz`. */
export const apiReady: Question<{ server: string; context: string; status: number; body: string }> =
  {
    key: 'kubernetes.readyz',
    description: 'ask the API server whether it is ready',
    origin: 'kubernetes',
    needs: ['kubernetes'],
    async ask(asking) {
      const api = await kube(asking)
      const { status, body } = await api.raw('/readyz')
      return { server: api.server, context: api.context, status, body: body.slice(0, 200) }
    },
  }
