// The Kubernetes kinds that holdfast asks for: where they live in the API and what their objects
// look like.
import type {
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

/** A kind of object in the API. The type of its objects travels with it. */
export interface Resource<T extends KubeObject = KubeObject> {
  /** Empty for the core group. */
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly kind: string
  readonly namespaced: boolean
  /** Never there: carries the type only. */
  readonly object?: T
}

export interface ConfigMap extends KubeObject {
  data?: Record<string, string>
}

export interface Secret extends KubeObject {
  type?: string
  data?: Record<string, string>
}

const core = <T extends KubeObject>(
  plural: string,
  kind: string,
  namespaced = true,
): Resource<T> => ({ group: '', version: 'v1', plural, kind, namespaced })
const inGroup = <T extends KubeObject>(
  group: string,
  plural: string,
  kind: string,
  namespaced = true,
): Resource<T> => ({ group, version: 'v1', plural, kind, namespaced })

export const resources = {
  pods: core<Pod>('pods', 'Pod'),
  nodes: core<Node>('nodes', 'Node', false),
  services: core<Service>('services', 'Service'),
  events: core<Event>('events', 'Event'),
  namespaces: core<Namespace>('namespaces', 'Namespace', false),
  configmaps: core<ConfigMap>('configmaps', 'ConfigMap'),
  secrets: core<Secret>('secrets', 'Secret'),
  serviceaccounts: core('serviceaccounts', 'ServiceAccount'),
  persistentvolumeclaims: core<VolumeClaim>('persistentvolumeclaims', 'PersistentVolumeClaim'),
  persistentvolumes: core<Volume>('persistentvolumes', 'PersistentVolume', false),
  deployments: inGroup<WorkloadObject>('apps', 'deployments', 'Deployment'),
  replicasets: inGroup<WorkloadObject>('apps', 'replicasets', 'ReplicaSet'),
  statefulsets: inGroup<WorkloadObject>('apps', 'statefulsets', 'StatefulSet'),
  daemonsets: inGroup<WorkloadObject>('apps', 'daemonsets', 'DaemonSet'),
  jobs: inGroup<Job>('batch', 'jobs', 'Job'),
  cronjobs: inGroup<CronJob>('batch', 'cronjobs', 'CronJob'),
  poddisruptionbudgets: inGroup<PodDisruptionBudget>(
    'policy',
    'poddisruptionbudgets',
    'PodDisruptionBudget',
  ),
  leases: inGroup<Lease>('coordination.k8s.io', 'leases', 'Lease'),
  endpointslices: inGroup<EndpointSlice>('discovery.k8s.io', 'endpointslices', 'EndpointSlice'),
  storageclasses: inGroup<StorageClass>('storage.k8s.io', 'storageclasses', 'StorageClass', false),
  mutatingwebhookconfigurations: inGroup<WebhookConfiguration>(
    'admissionregistration.k8s.io',
    'mutatingwebhookconfigurations',
    'MutatingWebhookConfiguration',
    false,
  ),
  validatingwebhookconfigurations: inGroup<WebhookConfiguration>(
    'admissionregistration.k8s.io',
    'validatingwebhookconfigurations',
    'ValidatingWebhookConfiguration',
    false,
  ),
} as const

/** As `apiVersion` has it, e.g. `apps/v1`. */
export const apiVersionOf = (resource: Resource): string =>
  resource.group === '' ? resource.version : `${resource.group}/${resource.version}`

/** Path of a collection, or of an object and its subresource. Every part is encoded. */
export function pathOf(
  resource: Resource,
  at: { namespace?: string | undefined; name?: string; subresource?: string } = {},
): string {
  const root =
    resource.group === ''
      ? `/api/${resource.version}`
      : `/apis/${resource.group}/${resource.version}`
  const namespace =
    resource.namespaced && at.namespace !== undefined ? ['namespaces', at.namespace] : []
  return [
    root,
    ...[...namespace, resource.plural, at.name, at.subresource]
      .filter(part => part !== undefined)
      .map(encodeURIComponent),
  ].join('/')
}
