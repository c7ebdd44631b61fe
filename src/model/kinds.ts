// The kinds of the Kubernetes API in one table, for the client, the gate, the roles and the lab.
import { withoutUndefined } from './json.ts'

export interface Kind {
  /** Empty for the core group. */
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly kind: string
  readonly namespaced: boolean
  readonly short: readonly string[]
  readonly verbs: readonly string[]
  readonly categories: readonly string[]
  /** It has a subresource `/status`, and the main path ignores `status`. */
  readonly status: boolean
  readonly scale: boolean
  /** Defined by a CustomResourceDefinition: no defaults, no strategic patches. */
  readonly custom: boolean
  /** People write it in files, so a set of manifests can answer for its list. */
  readonly declared: boolean
  /** Another form of the same stored objects. */
  readonly form?: 'events.k8s.io'
}

/** The verbs of a stored kind. */
export const standardVerbs = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
] as const
const review = ['create'] as const
/**
 * The verbs of kinds that every server has and the lab does not simulate: they can be read, and
 * there are none.
 */
const none = ['get', 'list', 'watch'] as const

interface Extra {
  cluster?: true
  short?: readonly string[]
  all?: true
  status?: true
  scale?: true
  verbs?: readonly string[]
  declared?: true
  form?: 'events.k8s.io'
}

function row(api: string, plural: string, kind: string, extra: Extra = {}): Kind {
  const slash = api.indexOf('/')
  return {
    group: slash === -1 ? '' : api.slice(0, slash),
    version: api.slice(slash + 1),
    plural,
    kind,
    namespaced: extra.cluster !== true,
    short: extra.short ?? [],
    verbs: extra.verbs ?? standardVerbs,
    categories: extra.all === true ? ['all'] : [],
    status: extra.status === true,
    scale: extra.scale === true,
    custom: false,
    declared: extra.declared === true,
    ...withoutUndefined({ form: extra.form }),
  }
}

const admission = 'admissionregistration.k8s.io/v1'
const rbac = 'rbac.authorization.k8s.io/v1'

/** @source Kubernetes v1.35, API reference; short names as `kubectl api-resources` shows them */
export const builtinKinds: readonly Kind[] = [
  row('v1', 'bindings', 'Binding', { verbs: review }),
  row('v1', 'componentstatuses', 'ComponentStatus', {
    cluster: true,
    short: ['cs'],
    verbs: ['get', 'list'],
  }),
  row('v1', 'configmaps', 'ConfigMap', { declared: true, short: ['cm'] }),
  row('v1', 'endpoints', 'Endpoints', { short: ['ep'] }),
  row('v1', 'events', 'Event', { short: ['ev'] }),
  row('v1', 'limitranges', 'LimitRange', { declared: true, short: ['limits'], verbs: none }),
  row('v1', 'namespaces', 'Namespace', {
    declared: true,
    cluster: true,
    short: ['ns'],
    status: true,
    verbs: standardVerbs.filter(verb => verb !== 'deletecollection'),
  }),
  row('v1', 'nodes', 'Node', { cluster: true, short: ['no'], status: true }),
  row('v1', 'persistentvolumeclaims', 'PersistentVolumeClaim', {
    declared: true,
    short: ['pvc'],
    status: true,
  }),
  row('v1', 'persistentvolumes', 'PersistentVolume', {
    declared: true,
    cluster: true,
    short: ['pv'],
    status: true,
  }),
  row('v1', 'pods', 'Pod', { declared: true, short: ['po'], all: true, status: true }),
  row('v1', 'podtemplates', 'PodTemplate', { verbs: none }),
  row('v1', 'replicationcontrollers', 'ReplicationController', {
    declared: true,
    short: ['rc'],
    all: true,
    verbs: none,
  }),
  row('v1', 'resourcequotas', 'ResourceQuota', { declared: true, short: ['quota'], verbs: none }),
  row('v1', 'secrets', 'Secret', { declared: true }),
  row('v1', 'serviceaccounts', 'ServiceAccount', { declared: true, short: ['sa'] }),
  row('v1', 'services', 'Service', { declared: true, short: ['svc'], all: true, status: true }),
  row('apps/v1', 'controllerrevisions', 'ControllerRevision'),
  row('apps/v1', 'daemonsets', 'DaemonSet', {
    declared: true,
    short: ['ds'],
    all: true,
    status: true,
  }),
  row('apps/v1', 'deployments', 'Deployment', {
    declared: true,
    short: ['deploy'],
    all: true,
    status: true,
    scale: true,
  }),
  row('apps/v1', 'replicasets', 'ReplicaSet', {
    declared: true,
    short: ['rs'],
    all: true,
    status: true,
    scale: true,
  }),
  row('apps/v1', 'statefulsets', 'StatefulSet', {
    declared: true,
    short: ['sts'],
    all: true,
    status: true,
    scale: true,
  }),
  row('apiregistration.k8s.io/v1', 'apiservices', 'APIService', { cluster: true, verbs: none }),
  row('autoscaling/v2', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler', {
    declared: true,
    short: ['hpa'],
    all: true,
    verbs: none,
  }),
  row('autoscaling/v1', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler', {
    short: ['hpa'],
    all: true,
    verbs: none,
  }),
  row('certificates.k8s.io/v1', 'certificatesigningrequests', 'CertificateSigningRequest', {
    cluster: true,
    short: ['csr'],
    verbs: none,
  }),
  row('flowcontrol.apiserver.k8s.io/v1', 'flowschemas', 'FlowSchema', {
    cluster: true,
    verbs: none,
  }),
  row(
    'flowcontrol.apiserver.k8s.io/v1',
    'prioritylevelconfigurations',
    'PriorityLevelConfiguration',
    { cluster: true, verbs: none },
  ),
  row('node.k8s.io/v1', 'runtimeclasses', 'RuntimeClass', {
    declared: true,
    cluster: true,
    verbs: none,
  }),
  row('resource.k8s.io/v1', 'deviceclasses', 'DeviceClass', { cluster: true, verbs: none }),
  row('resource.k8s.io/v1', 'resourceclaims', 'ResourceClaim', { verbs: none }),
  row('resource.k8s.io/v1', 'resourceclaimtemplates', 'ResourceClaimTemplate', { verbs: none }),
  row('resource.k8s.io/v1', 'resourceslices', 'ResourceSlice', { cluster: true, verbs: none }),
  row('batch/v1', 'cronjobs', 'CronJob', {
    declared: true,
    short: ['cj'],
    all: true,
    status: true,
  }),
  row('batch/v1', 'jobs', 'Job', { declared: true, all: true, status: true }),
  row('coordination.k8s.io/v1', 'leases', 'Lease'),
  row('discovery.k8s.io/v1', 'endpointslices', 'EndpointSlice'),
  row('events.k8s.io/v1', 'events', 'Event', { short: ['ev'], form: 'events.k8s.io' }),
  row('policy/v1', 'poddisruptionbudgets', 'PodDisruptionBudget', {
    declared: true,
    short: ['pdb'],
    status: true,
  }),
  row('storage.k8s.io/v1', 'storageclasses', 'StorageClass', {
    declared: true,
    cluster: true,
    short: ['sc'],
  }),
  row('storage.k8s.io/v1', 'csidrivers', 'CSIDriver', { cluster: true, verbs: none }),
  row('storage.k8s.io/v1', 'csinodes', 'CSINode', { cluster: true, verbs: none }),
  row('storage.k8s.io/v1', 'csistoragecapacities', 'CSIStorageCapacity', { verbs: none }),
  row('storage.k8s.io/v1', 'volumeattributesclasses', 'VolumeAttributesClass', {
    cluster: true,
    short: ['vac'],
    verbs: none,
  }),
  row('storage.k8s.io/v1', 'volumeattachments', 'VolumeAttachment', {
    cluster: true,
    status: true,
  }),
  row('networking.k8s.io/v1', 'ingresses', 'Ingress', {
    declared: true,
    short: ['ing'],
    status: true,
  }),
  row('networking.k8s.io/v1', 'ingressclasses', 'IngressClass', {
    declared: true,
    cluster: true,
    verbs: none,
  }),
  row('networking.k8s.io/v1', 'ipaddresses', 'IPAddress', {
    cluster: true,
    short: ['ip'],
    verbs: none,
  }),
  row('networking.k8s.io/v1', 'servicecidrs', 'ServiceCIDR', { cluster: true, verbs: none }),
  row('networking.k8s.io/v1', 'networkpolicies', 'NetworkPolicy', {
    declared: true,
    short: ['netpol'],
  }),
  row(rbac, 'clusterrolebindings', 'ClusterRoleBinding', { declared: true, cluster: true }),
  row(rbac, 'clusterroles', 'ClusterRole', { declared: true, cluster: true }),
  row(rbac, 'rolebindings', 'RoleBinding', { declared: true }),
  row(rbac, 'roles', 'Role', { declared: true }),
  row(admission, 'mutatingwebhookconfigurations', 'MutatingWebhookConfiguration', {
    declared: true,
    cluster: true,
  }),
  row(admission, 'validatingadmissionpolicies', 'ValidatingAdmissionPolicy', {
    cluster: true,
    verbs: none,
  }),
  row(admission, 'validatingadmissionpolicybindings', 'ValidatingAdmissionPolicyBinding', {
    cluster: true,
    verbs: none,
  }),
  row(admission, 'validatingwebhookconfigurations', 'ValidatingWebhookConfiguration', {
    declared: true,
    cluster: true,
  }),
  row('apiextensions.k8s.io/v1', 'customresourcedefinitions', 'CustomResourceDefinition', {
    declared: true,
    cluster: true,
    short: ['crd', 'crds'],
    status: true,
  }),
  row('scheduling.k8s.io/v1', 'priorityclasses', 'PriorityClass', {
    declared: true,
    cluster: true,
    short: ['pc'],
  }),
  row('authentication.k8s.io/v1', 'selfsubjectreviews', 'SelfSubjectReview', {
    cluster: true,
    verbs: review,
  }),
  row('authentication.k8s.io/v1', 'tokenreviews', 'TokenReview', { cluster: true, verbs: review }),
  row('authorization.k8s.io/v1', 'localsubjectaccessreviews', 'LocalSubjectAccessReview', {
    verbs: review,
  }),
  row('authorization.k8s.io/v1', 'selfsubjectaccessreviews', 'SelfSubjectAccessReview', {
    cluster: true,
    verbs: review,
  }),
  row('authorization.k8s.io/v1', 'selfsubjectrulesreviews', 'SelfSubjectRulesReview', {
    cluster: true,
    verbs: review,
  }),
  row('authorization.k8s.io/v1', 'subjectaccessreviews', 'SubjectAccessReview', {
    cluster: true,
    verbs: review,
  }),
]

/** The value of `apiVersion`, e.g. `apps/v1`. */
export const apiVersionOf = (kind: Pick<Kind, 'group' | 'version'>): string =>
  kind.group === '' ? kind.version : `${kind.group}/${kind.version}`

const byPlural = new Map(
  builtinKinds.filter(kind => kind.form === undefined).map(kind => [kind.plural, kind]),
)

/** The kind of a plural name, e.g. `pods`. Throws for a name that is not in the table. */
export function kindOf(plural: string): Kind {
  const found = byPlural.get(plural)
  if (found === undefined) throw new Error(`src/model/kinds.ts has no kind “${plural}”`)
  return found
}
