// The Kubernetes kinds that holdfast asks for: their paths in the API and the types of their
// objects.
import type {
  Autoscaler,
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
  Service,
  StorageClass,
  Volume,
  VolumeClaim,
  WebhookConfiguration,
  WorkloadObject,
} from '#src/model/kube.ts'
import { apiVersionOf, kindOf, type Kind } from '#src/model/kinds.ts'

export { apiVersionOf }

/** A kind of the API, with the type of its objects. */
export interface Resource<T extends KubeObject = KubeObject> extends Pick<
  Kind,
  'group' | 'version' | 'plural' | 'kind' | 'namespaced'
> {
  /** Never set. It only carries the type. */
  readonly object?: T
}

export interface ConfigMap extends KubeObject {
  data?: Record<string, string>
}

export interface Secret extends KubeObject {
  type?: string
  data?: Record<string, string>
}

/** A kind of the table, with the type of its objects. */
const of = <T extends KubeObject = KubeObject>(plural: string): Resource<T> => kindOf(plural)

/** The kinds by their plural names. A new kind is one line: its plural name and its type. */
export const resources = {
  pods: of<Pod>('pods'),
  nodes: of<Node>('nodes'),
  services: of<Service>('services'),
  events: of<Event>('events'),
  namespaces: of<Namespace>('namespaces'),
  configmaps: of<ConfigMap>('configmaps'),
  secrets: of<Secret>('secrets'),
  serviceaccounts: of('serviceaccounts'),
  persistentvolumeclaims: of<VolumeClaim>('persistentvolumeclaims'),
  persistentvolumes: of<Volume>('persistentvolumes'),
  deployments: of<WorkloadObject>('deployments'),
  replicasets: of<WorkloadObject>('replicasets'),
  statefulsets: of<WorkloadObject>('statefulsets'),
  daemonsets: of<WorkloadObject>('daemonsets'),
  jobs: of<Job>('jobs'),
  cronjobs: of<CronJob>('cronjobs'),
  poddisruptionbudgets: of<PodDisruptionBudget>('poddisruptionbudgets'),
  horizontalpodautoscalers: of<Autoscaler>('horizontalpodautoscalers'),
  leases: of<Lease>('leases'),
  endpointslices: of<EndpointSlice>('endpointslices'),
  storageclasses: of<StorageClass>('storageclasses'),
  mutatingwebhookconfigurations: of<WebhookConfiguration>('mutatingwebhookconfigurations'),
  validatingwebhookconfigurations: of<WebhookConfiguration>('validatingwebhookconfigurations'),
} as const

/** The path of a collection, or of an object and its subresource. Every part is encoded. */
export function pathOf(
  resource: Resource,
  at: { namespace?: string | undefined; name?: string; subresource?: string } = {},
): string {
  const root = `/${resource.group === '' ? 'api' : 'apis'}/${apiVersionOf(resource)}`
  const namespace =
    resource.namespaced && at.namespace !== undefined ? ['namespaces', at.namespace] : []
  return [
    root,
    ...[...namespace, resource.plural, at.name, at.subresource]
      .filter(part => part !== undefined)
      .map(encodeURIComponent),
  ].join('/')
}
