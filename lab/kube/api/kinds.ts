// Which kinds the API serves, under which paths and names.
import type { Store } from '#lab/kernel/store.ts'
import { asJson, at, listAt, textAt, textsAt } from '#lab/kube/patch/json.ts'

export interface Kind {
  /** `''` is the core group. */
  readonly group: string
  readonly version: string
  readonly plural: string
  /** As in the store. */
  readonly kind: string
  readonly namespaced: boolean
  readonly short: readonly string[]
  readonly verbs: readonly string[]
  readonly categories: readonly string[]
  /** It has `/status`, and the plain path leaves `status` alone. */
  readonly status: boolean
  readonly scale: boolean
  /** Defined by a CustomResourceDefinition: no defaults, no strategic patches. */
  readonly custom: boolean
  /** Another form of the same stored objects. */
  readonly form?: 'events.k8s.io'
}

const standard = [
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
 * Kinds that a server has and the lab does nothing with: they can be asked for, and there are none.
 */
const none = ['get', 'list', 'watch'] as const

interface Extra {
  cluster?: true
  short?: readonly string[]
  all?: true
  status?: true
  scale?: true
  verbs?: readonly string[]
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
    verbs: extra.verbs ?? standard,
    categories: extra.all === true ? ['all'] : [],
    status: extra.status === true,
    scale: extra.scale === true,
    custom: false,
    ...(extra.form === undefined ? {} : { form: extra.form }),
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
  row('v1', 'configmaps', 'ConfigMap', { short: ['cm'] }),
  row('v1', 'endpoints', 'Endpoints', { short: ['ep'] }),
  row('v1', 'events', 'Event', { short: ['ev'] }),
  row('v1', 'limitranges', 'LimitRange', { short: ['limits'], verbs: none }),
  row('v1', 'namespaces', 'Namespace', {
    cluster: true,
    short: ['ns'],
    status: true,
    verbs: standard.filter(verb => verb !== 'deletecollection'),
  }),
  row('v1', 'nodes', 'Node', { cluster: true, short: ['no'], status: true }),
  row('v1', 'persistentvolumeclaims', 'PersistentVolumeClaim', { short: ['pvc'], status: true }),
  row('v1', 'persistentvolumes', 'PersistentVolume', {
    cluster: true,
    short: ['pv'],
    status: true,
  }),
  row('v1', 'pods', 'Pod', { short: ['po'], all: true, status: true }),
  row('v1', 'podtemplates', 'PodTemplate', { verbs: none }),
  row('v1', 'replicationcontrollers', 'ReplicationController', {
    short: ['rc'],
    all: true,
    verbs: none,
  }),
  row('v1', 'resourcequotas', 'ResourceQuota', { short: ['quota'], verbs: none }),
  row('v1', 'secrets', 'Secret'),
  row('v1', 'serviceaccounts', 'ServiceAccount', { short: ['sa'] }),
  row('v1', 'services', 'Service', { short: ['svc'], all: true, status: true }),
  row('apps/v1', 'controllerrevisions', 'ControllerRevision'),
  row('apps/v1', 'daemonsets', 'DaemonSet', { short: ['ds'], all: true, status: true }),
  row('apps/v1', 'deployments', 'Deployment', {
    short: ['deploy'],
    all: true,
    status: true,
    scale: true,
  }),
  row('apps/v1', 'replicasets', 'ReplicaSet', {
    short: ['rs'],
    all: true,
    status: true,
    scale: true,
  }),
  row('apps/v1', 'statefulsets', 'StatefulSet', {
    short: ['sts'],
    all: true,
    status: true,
    scale: true,
  }),
  row('apiregistration.k8s.io/v1', 'apiservices', 'APIService', { cluster: true, verbs: none }),
  row('autoscaling/v2', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler', {
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
  row('node.k8s.io/v1', 'runtimeclasses', 'RuntimeClass', { cluster: true, verbs: none }),
  row('resource.k8s.io/v1', 'deviceclasses', 'DeviceClass', { cluster: true, verbs: none }),
  row('resource.k8s.io/v1', 'resourceclaims', 'ResourceClaim', { verbs: none }),
  row('resource.k8s.io/v1', 'resourceclaimtemplates', 'ResourceClaimTemplate', { verbs: none }),
  row('resource.k8s.io/v1', 'resourceslices', 'ResourceSlice', { cluster: true, verbs: none }),
  row('batch/v1', 'cronjobs', 'CronJob', { short: ['cj'], all: true, status: true }),
  row('batch/v1', 'jobs', 'Job', { all: true, status: true }),
  row('coordination.k8s.io/v1', 'leases', 'Lease'),
  row('discovery.k8s.io/v1', 'endpointslices', 'EndpointSlice'),
  row('events.k8s.io/v1', 'events', 'Event', { short: ['ev'], form: 'events.k8s.io' }),
  row('policy/v1', 'poddisruptionbudgets', 'PodDisruptionBudget', { short: ['pdb'], status: true }),
  row('storage.k8s.io/v1', 'storageclasses', 'StorageClass', { cluster: true, short: ['sc'] }),
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
  row('networking.k8s.io/v1', 'ingresses', 'Ingress', { short: ['ing'], status: true }),
  row('networking.k8s.io/v1', 'ingressclasses', 'IngressClass', { cluster: true, verbs: none }),
  row('networking.k8s.io/v1', 'ipaddresses', 'IPAddress', {
    cluster: true,
    short: ['ip'],
    verbs: none,
  }),
  row('networking.k8s.io/v1', 'servicecidrs', 'ServiceCIDR', { cluster: true, verbs: none }),
  row('networking.k8s.io/v1', 'networkpolicies', 'NetworkPolicy', { short: ['netpol'] }),
  row(rbac, 'clusterrolebindings', 'ClusterRoleBinding', { cluster: true }),
  row(rbac, 'clusterroles', 'ClusterRole', { cluster: true }),
  row(rbac, 'rolebindings', 'RoleBinding'),
  row(rbac, 'roles', 'Role'),
  row(admission, 'mutatingwebhookconfigurations', 'MutatingWebhookConfiguration', {
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
    cluster: true,
  }),
  row('apiextensions.k8s.io/v1', 'customresourcedefinitions', 'CustomResourceDefinition', {
    cluster: true,
    short: ['crd', 'crds'],
    status: true,
  }),
  row('scheduling.k8s.io/v1', 'priorityclasses', 'PriorityClass', { cluster: true, short: ['pc'] }),
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

export const apiVersionOf = (kind: Pick<Kind, 'group' | 'version'>): string =>
  kind.group === '' ? kind.version : `${kind.group}/${kind.version}`

const builtinByPath = new Map(
  builtinKinds.map(kind => [`${apiVersionOf(kind)}/${kind.plural}`, kind]),
)
const builtinByKind = new Map(
  builtinKinds.filter(kind => kind.form === undefined).map(kind => [kind.kind, kind]),
)

/** The row of a stored kind, or undefined for a kind that the API does not have built in. */
export const builtinKind = (kind: string): Kind | undefined => builtinByKind.get(kind)

/** Kinds that the stored CustomResourceDefinitions define. */
export function customKinds(store: Store): Kind[] {
  return store.list('CustomResourceDefinition').flatMap(stored => {
    const definition = asJson(stored)
    const plural = textAt(definition, 'spec', 'names', 'plural')
    const kind = textAt(definition, 'spec', 'names', 'kind')
    const group = textAt(definition, 'spec', 'group')
    if (plural === undefined || kind === undefined || group === undefined) return []
    return listAt(definition, 'spec', 'versions')
      .filter(version => version['served'] === true)
      .map((version): Kind => ({
        group,
        version: textAt(version, 'name') ?? 'v1',
        plural,
        kind,
        namespaced: textAt(definition, 'spec', 'scope') !== 'Cluster',
        short: textsAt(definition, 'spec', 'names', 'shortNames'),
        verbs: standard,
        categories: textsAt(definition, 'spec', 'names', 'categories'),
        status: at(version, 'subresources', 'status') !== undefined,
        scale: false,
        custom: true,
      }))
  })
}

/** The kind served under a group, version and plural name. */
export function kindAt(
  store: Store,
  group: string,
  version: string,
  plural: string,
): Kind | undefined {
  const api = apiVersionOf({ group, version })
  return (
    builtinByPath.get(`${api}/${plural}`) ??
    customKinds(store).find(
      kind => kind.group === group && kind.version === version && kind.plural === plural,
    )
  )
}
