// Which kinds people declare in files: their list questions are answered from a set of manifests.

export interface DeclaredKind {
  kind: string
  namespaced: boolean
}

const namespaced = (kind: string): DeclaredKind => ({ kind, namespaced: true })
const clusterWide = (kind: string): DeclaredKind => ({ kind, namespaced: false })

/**
 * By the plural of the API, which is the end of a list question's key. What the cluster itself
 * makes is not here: events,
 * leases, nodes and endpoint slices are not known before a deploy, whatever the files say.
 * @source Kubernetes API reference, v1.35
 */
export const declared: Readonly<Record<string, DeclaredKind>> = {
  pods: namespaced('Pod'),
  services: namespaced('Service'),
  deployments: namespaced('Deployment'),
  statefulsets: namespaced('StatefulSet'),
  daemonsets: namespaced('DaemonSet'),
  replicasets: namespaced('ReplicaSet'),
  replicationcontrollers: namespaced('ReplicationController'),
  jobs: namespaced('Job'),
  cronjobs: namespaced('CronJob'),
  configmaps: namespaced('ConfigMap'),
  secrets: namespaced('Secret'),
  serviceaccounts: namespaced('ServiceAccount'),
  roles: namespaced('Role'),
  rolebindings: namespaced('RoleBinding'),
  clusterroles: clusterWide('ClusterRole'),
  clusterrolebindings: clusterWide('ClusterRoleBinding'),
  persistentvolumeclaims: namespaced('PersistentVolumeClaim'),
  persistentvolumes: clusterWide('PersistentVolume'),
  storageclasses: clusterWide('StorageClass'),
  priorityclasses: clusterWide('PriorityClass'),
  runtimeclasses: clusterWide('RuntimeClass'),
  ingressclasses: clusterWide('IngressClass'),
  namespaces: clusterWide('Namespace'),
  poddisruptionbudgets: namespaced('PodDisruptionBudget'),
  horizontalpodautoscalers: namespaced('HorizontalPodAutoscaler'),
  ingresses: namespaced('Ingress'),
  networkpolicies: namespaced('NetworkPolicy'),
  limitranges: namespaced('LimitRange'),
  resourcequotas: namespaced('ResourceQuota'),
  mutatingwebhookconfigurations: clusterWide('MutatingWebhookConfiguration'),
  validatingwebhookconfigurations: clusterWide('ValidatingWebhookConfiguration'),
  customresourcedefinitions: clusterWide('CustomResourceDefinition'),
}

const clusterKinds: ReadonlySet<string> = new Set([
  ...Object.values(declared)
    .filter(entry => !entry.namespaced)
    .map(({ kind }) => kind),
  'Node',
  'APIService',
  'CSIDriver',
  'ComponentStatus',
  'FlowSchema',
  'PriorityLevelConfiguration',
  'VolumeAttachment',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'CertificateSigningRequest',
  'DeviceClass',
  'ClusterIssuer',
  'ClusterPolicy',
  'ClusterReport',
  'MutatingAdmissionPolicy',
  'MutatingAdmissionPolicyBinding',
  'ClusterTrustBundle',
  'CSINode',
  'VolumeAttributesClass',
  'IPAddress',
  'ServiceCIDR',
  'ResourceClass',
  'ResourceSlice',
  'DeviceTaintRule',
  'ResourcePoolStatusRequest',
  'StorageVersion',
  'StorageVersionMigration',
  'TokenReview',
  'SelfSubjectReview',
  'SelfSubjectAccessReview',
  'SelfSubjectRulesReview',
  'SubjectAccessReview',
])

/**
 * Whether a kind lives outside of namespaces. A custom kind whose scope is not known counts as
 * living in one.
 */
export const isClusterWide = (kind: string): boolean => clusterKinds.has(kind)
