// API versions that Kubernetes has stopped or will stop serving: since when, and their
// replacements.

/** What happened to kinds of one API version. */
export interface Migration {
  /** `policy/v1beta1` */
  apiVersion: string
  kinds: readonly string[]
  /** First Kubernetes version that deprecates it; undefined: none does. */
  deprecated?: string
  /** First Kubernetes version that no longer serves it; undefined: none is planned. */
  removed?: string
  /**
   * The apiVersion to use, with the kind if that changes, too; undefined: there is no replacement.
   */
  replacement?: { apiVersion: string; kind?: string }
  /** The replacement has the same members with the same meaning: nothing else changes. */
  same?: true
  /** What else the author must know. */
  remark?: string
}

/**
 * @source Kubernetes Deprecated API Migration Guide, sections v1.16 to v1.32; for what it does not
 * list, the lifecycle of each kind in the source of Kubernetes 1.36 (k8s.io/api,
 * zz_generated.prerelease-lifecycle.go)
 */
export const migrations: readonly Migration[] = [
  {
    apiVersion: 'extensions/v1beta1',
    kinds: ['DaemonSet', 'Deployment', 'ReplicaSet'],
    deprecated: '1.8',
    removed: '1.16',
    replacement: { apiVersion: 'apps/v1' },
    remark: 'spec.selector is required there, and defaults of updates differ',
  },
  {
    apiVersion: 'extensions/v1beta1',
    kinds: ['NetworkPolicy'],
    deprecated: '1.9',
    removed: '1.16',
    replacement: { apiVersion: 'networking.k8s.io/v1' },
    same: true,
  },
  {
    apiVersion: 'extensions/v1beta1',
    kinds: ['PodSecurityPolicy'],
    deprecated: '1.11',
    removed: '1.16',
    remark:
      'Pod Security Admission does its work: labels pod-security.kubernetes.io/… on the Namespace',
  },
  {
    apiVersion: 'extensions/v1beta1',
    kinds: ['Ingress'],
    deprecated: '1.14',
    removed: '1.22',
    replacement: { apiVersion: 'networking.k8s.io/v1' },
    remark: 'backend became service.name and service.port, and each path needs a pathType',
  },
  {
    apiVersion: 'apps/v1beta1',
    kinds: ['ControllerRevision', 'Deployment', 'StatefulSet'],
    deprecated: '1.8',
    removed: '1.16',
    replacement: { apiVersion: 'apps/v1' },
    remark: 'spec.selector is required there, and defaults of updates differ',
  },
  {
    apiVersion: 'apps/v1beta2',
    kinds: ['ControllerRevision', 'DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet'],
    deprecated: '1.9',
    removed: '1.16',
    replacement: { apiVersion: 'apps/v1' },
    same: true,
  },
  {
    apiVersion: 'auditregistration.k8s.io/v1alpha1',
    kinds: ['AuditSink'],
    deprecated: '1.19',
    removed: '1.19',
    remark: 'auditing is configured by flags of the API server',
  },
  {
    apiVersion: 'settings.k8s.io/v1alpha1',
    kinds: ['PodPreset'],
    deprecated: '1.20',
    removed: '1.20',
    remark: 'a mutating admission webhook or policy does its work',
  },
  {
    apiVersion: 'admissionregistration.k8s.io/v1beta1',
    kinds: ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'],
    deprecated: '1.16',
    removed: '1.22',
    replacement: { apiVersion: 'admissionregistration.k8s.io/v1' },
    remark:
      'sideEffects and admissionReviewVersions are required there, and defaults of ' +
      'failurePolicy, matchPolicy and timeoutSeconds differ',
  },
  {
    apiVersion: 'apiextensions.k8s.io/v1beta1',
    kinds: ['CustomResourceDefinition'],
    deprecated: '1.16',
    removed: '1.22',
    replacement: { apiVersion: 'apiextensions.k8s.io/v1' },
    remark: 'each version has a schema of its own there, which has to be structural',
  },
  {
    apiVersion: 'apiregistration.k8s.io/v1beta1',
    kinds: ['APIService'],
    deprecated: '1.19',
    removed: '1.22',
    replacement: { apiVersion: 'apiregistration.k8s.io/v1' },
    same: true,
  },
  {
    apiVersion: 'authentication.k8s.io/v1beta1',
    kinds: ['TokenReview'],
    deprecated: '1.19',
    removed: '1.22',
    replacement: { apiVersion: 'authentication.k8s.io/v1' },
    same: true,
  },
  {
    apiVersion: 'authorization.k8s.io/v1beta1',
    kinds: [
      'LocalSubjectAccessReview',
      'SelfSubjectAccessReview',
      'SelfSubjectRulesReview',
      'SubjectAccessReview',
    ],
    deprecated: '1.19',
    removed: '1.22',
    replacement: { apiVersion: 'authorization.k8s.io/v1' },
    remark: 'spec.group is called spec.groups there',
  },
  {
    apiVersion: 'certificates.k8s.io/v1beta1',
    kinds: ['CertificateSigningRequest'],
    deprecated: '1.19',
    removed: '1.22',
    replacement: { apiVersion: 'certificates.k8s.io/v1' },
    remark: 'spec.signerName and spec.usages are required there',
  },
  {
    apiVersion: 'coordination.k8s.io/v1beta1',
    kinds: ['Lease'],
    deprecated: '1.19',
    removed: '1.22',
    replacement: { apiVersion: 'coordination.k8s.io/v1' },
    same: true,
  },
  {
    apiVersion: 'networking.k8s.io/v1beta1',
    kinds: ['Ingress'],
    deprecated: '1.19',
    removed: '1.22',
    replacement: { apiVersion: 'networking.k8s.io/v1' },
    remark: 'backend became service.name and service.port, and each path needs a pathType',
  },
  {
    apiVersion: 'networking.k8s.io/v1beta1',
    kinds: ['IngressClass'],
    deprecated: '1.19',
    removed: '1.22',
    replacement: { apiVersion: 'networking.k8s.io/v1' },
    same: true,
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1alpha1',
    kinds: ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'],
    deprecated: '1.17',
    removed: '1.22',
    replacement: { apiVersion: 'rbac.authorization.k8s.io/v1' },
    remark: 'subjects name their apiGroup there instead of an apiVersion',
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1beta1',
    kinds: ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'],
    deprecated: '1.17',
    removed: '1.22',
    replacement: { apiVersion: 'rbac.authorization.k8s.io/v1' },
    same: true,
  },
  {
    apiVersion: 'scheduling.k8s.io/v1alpha1',
    kinds: ['PriorityClass'],
    deprecated: '1.14',
    removed: '1.22',
    replacement: { apiVersion: 'scheduling.k8s.io/v1' },
    same: true,
  },
  {
    apiVersion: 'scheduling.k8s.io/v1beta1',
    kinds: ['PriorityClass'],
    deprecated: '1.14',
    removed: '1.22',
    replacement: { apiVersion: 'scheduling.k8s.io/v1' },
    same: true,
  },
  {
    apiVersion: 'storage.k8s.io/v1beta1',
    kinds: ['CSINode'],
    deprecated: '1.17',
    removed: '1.22',
    replacement: { apiVersion: 'storage.k8s.io/v1' },
    same: true,
  },
  {
    apiVersion: 'storage.k8s.io/v1beta1',
    kinds: ['CSIDriver', 'StorageClass', 'VolumeAttachment'],
    deprecated: '1.19',
    removed: '1.22',
    replacement: { apiVersion: 'storage.k8s.io/v1' },
    same: true,
  },
  {
    apiVersion: 'storage.k8s.io/v1alpha1',
    kinds: ['VolumeAttachment'],
    deprecated: '1.21',
    removed: '1.24',
    replacement: { apiVersion: 'storage.k8s.io/v1' },
    same: true,
  },
  {
    apiVersion: 'storage.k8s.io/v1alpha1',
    kinds: ['CSIStorageCapacity'],
    deprecated: '1.21',
    removed: '1.24',
    replacement: { apiVersion: 'storage.k8s.io/v1' },
    same: true,
  },
  {
    apiVersion: 'autoscaling/v2beta1',
    kinds: ['HorizontalPodAutoscaler'],
    deprecated: '1.22',
    removed: '1.25',
    replacement: { apiVersion: 'autoscaling/v2' },
    remark:
      'targetAverageUtilization became target.averageUtilization with target.type Utilization',
  },
  {
    apiVersion: 'batch/v1beta1',
    kinds: ['CronJob'],
    deprecated: '1.21',
    removed: '1.25',
    replacement: { apiVersion: 'batch/v1' },
    same: true,
  },
  {
    apiVersion: 'discovery.k8s.io/v1beta1',
    kinds: ['EndpointSlice'],
    deprecated: '1.21',
    removed: '1.25',
    replacement: { apiVersion: 'discovery.k8s.io/v1' },
    remark: 'topology became nodeName and zone of each endpoint',
  },
  {
    apiVersion: 'events.k8s.io/v1beta1',
    kinds: ['Event'],
    deprecated: '1.22',
    removed: '1.25',
    replacement: { apiVersion: 'events.k8s.io/v1' },
    remark: 'several members have other names there, and some are required',
  },
  {
    apiVersion: 'node.k8s.io/v1beta1',
    kinds: ['RuntimeClass'],
    deprecated: '1.22',
    removed: '1.25',
    replacement: { apiVersion: 'node.k8s.io/v1' },
    same: true,
  },
  {
    apiVersion: 'policy/v1beta1',
    kinds: ['PodDisruptionBudget'],
    deprecated: '1.21',
    removed: '1.25',
    replacement: { apiVersion: 'policy/v1' },
    same: true,
    remark: 'an empty selector selects every pod of the namespace there; it selected none before',
  },
  {
    apiVersion: 'policy/v1beta1',
    kinds: ['PodSecurityPolicy'],
    deprecated: '1.21',
    removed: '1.25',
    remark:
      'Pod Security Admission does its work: labels pod-security.kubernetes.io/… on the Namespace',
  },
  {
    apiVersion: 'autoscaling/v2beta2',
    kinds: ['HorizontalPodAutoscaler'],
    deprecated: '1.23',
    removed: '1.26',
    replacement: { apiVersion: 'autoscaling/v2' },
    same: true,
  },
  {
    apiVersion: 'flowcontrol.apiserver.k8s.io/v1beta1',
    kinds: ['FlowSchema', 'PriorityLevelConfiguration'],
    deprecated: '1.23',
    removed: '1.26',
    replacement: { apiVersion: 'flowcontrol.apiserver.k8s.io/v1' },
    remark: 'assuredConcurrencyShares is called nominalConcurrencyShares there',
  },
  {
    apiVersion: 'storage.k8s.io/v1beta1',
    kinds: ['CSIStorageCapacity'],
    deprecated: '1.24',
    removed: '1.27',
    replacement: { apiVersion: 'storage.k8s.io/v1' },
    same: true,
  },
  {
    apiVersion: 'flowcontrol.apiserver.k8s.io/v1beta2',
    kinds: ['FlowSchema', 'PriorityLevelConfiguration'],
    deprecated: '1.26',
    removed: '1.29',
    replacement: { apiVersion: 'flowcontrol.apiserver.k8s.io/v1' },
    remark: 'assuredConcurrencyShares is called nominalConcurrencyShares there',
  },
  {
    apiVersion: 'flowcontrol.apiserver.k8s.io/v1beta3',
    kinds: ['FlowSchema', 'PriorityLevelConfiguration'],
    deprecated: '1.29',
    removed: '1.32',
    replacement: { apiVersion: 'flowcontrol.apiserver.k8s.io/v1' },
    remark: 'nominalConcurrencyShares 0 means none there; it meant 30 before',
  },
  {
    apiVersion: 'admissionregistration.k8s.io/v1alpha1',
    kinds: ['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'],
    deprecated: '1.29',
    removed: '1.32',
    replacement: { apiVersion: 'admissionregistration.k8s.io/v1' },
  },
  {
    apiVersion: 'admissionregistration.k8s.io/v1beta1',
    kinds: ['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'],
    deprecated: '1.31',
    removed: '1.34',
    replacement: { apiVersion: 'admissionregistration.k8s.io/v1' },
    same: true,
  },
  {
    apiVersion: 'authentication.k8s.io/v1alpha1',
    kinds: ['SelfSubjectReview'],
    deprecated: '1.29',
    removed: '1.32',
    replacement: { apiVersion: 'authentication.k8s.io/v1' },
    same: true,
  },
  {
    apiVersion: 'authentication.k8s.io/v1beta1',
    kinds: ['SelfSubjectReview'],
    deprecated: '1.30',
    removed: '1.33',
    replacement: { apiVersion: 'authentication.k8s.io/v1' },
    same: true,
  },
  {
    apiVersion: 'networking.k8s.io/v1alpha1',
    kinds: ['IPAddress', 'ServiceCIDR'],
    removed: '1.31',
    replacement: { apiVersion: 'networking.k8s.io/v1' },
  },
  {
    apiVersion: 'networking.k8s.io/v1beta1',
    kinds: ['IPAddress', 'ServiceCIDR'],
    deprecated: '1.34',
    removed: '1.37',
    replacement: { apiVersion: 'networking.k8s.io/v1' },
    same: true,
  },
  {
    apiVersion: 'storage.k8s.io/v1alpha1',
    kinds: ['VolumeAttributesClass'],
    deprecated: '1.32',
    removed: '1.35',
    replacement: { apiVersion: 'storage.k8s.io/v1' },
    same: true,
  },
  {
    apiVersion: 'storage.k8s.io/v1beta1',
    kinds: ['VolumeAttributesClass'],
    deprecated: '1.34',
    removed: '1.37',
    replacement: { apiVersion: 'storage.k8s.io/v1' },
    same: true,
  },
  {
    apiVersion: 'resource.k8s.io/v1beta1',
    kinds: ['DeviceClass', 'ResourceClaim', 'ResourceClaimTemplate', 'ResourceSlice'],
    deprecated: '1.35',
    removed: '1.38',
    replacement: { apiVersion: 'resource.k8s.io/v1' },
    remark:
      'a device request has exactly or firstAvailable there, and devices lost a level (basic)',
  },
  {
    apiVersion: 'resource.k8s.io/v1beta2',
    kinds: ['DeviceClass', 'ResourceClaim', 'ResourceClaimTemplate', 'ResourceSlice'],
    deprecated: '1.36',
    removed: '1.39',
    replacement: { apiVersion: 'resource.k8s.io/v1' },
    same: true,
  },
  {
    apiVersion: 'resource.k8s.io/v1alpha3',
    kinds: ['DeviceClass', 'ResourceClaim', 'ResourceClaimTemplate', 'ResourceSlice'],
    removed: '1.34',
    replacement: { apiVersion: 'resource.k8s.io/v1' },
  },
  {
    apiVersion: 'resource.k8s.io/v1alpha2',
    kinds: [
      'PodSchedulingContext',
      'ResourceClaim',
      'ResourceClaimParameters',
      'ResourceClaimTemplate',
      'ResourceClass',
      'ResourceClassParameters',
      'ResourceSlice',
    ],
    removed: '1.31',
    remark: 'what claims devices is resource.k8s.io/v1 now, with other members',
  },
  { apiVersion: 'resource.k8s.io/v1alpha3', kinds: ['PodSchedulingContext'], removed: '1.32' },
  {
    apiVersion: 'coordination.k8s.io/v1alpha1',
    kinds: ['LeaseCandidate'],
    removed: '1.32',
    replacement: { apiVersion: 'coordination.k8s.io/v1beta1' },
  },
  {
    apiVersion: 'resource.k8s.io/v1alpha3',
    kinds: ['DeviceTaintRule'],
    deprecated: '1.36',
    removed: '1.39',
    replacement: { apiVersion: 'resource.k8s.io/v1beta2' },
  },
  {
    apiVersion: 'admissionregistration.k8s.io/v1alpha1',
    kinds: ['MutatingAdmissionPolicy', 'MutatingAdmissionPolicyBinding'],
    deprecated: '1.35',
    removed: '1.38',
    replacement: { apiVersion: 'admissionregistration.k8s.io/v1' },
  },
  {
    apiVersion: 'admissionregistration.k8s.io/v1beta1',
    kinds: ['MutatingAdmissionPolicy', 'MutatingAdmissionPolicyBinding'],
    deprecated: '1.37',
    removed: '1.40',
    replacement: { apiVersion: 'admissionregistration.k8s.io/v1' },
  },
  {
    apiVersion: 'certificates.k8s.io/v1alpha1',
    kinds: ['ClusterTrustBundle'],
    deprecated: '1.34',
    removed: '1.37',
    replacement: { apiVersion: 'certificates.k8s.io/v1beta1' },
  },
  {
    apiVersion: 'certificates.k8s.io/v1alpha1',
    kinds: ['PodCertificateRequest'],
    removed: '1.35',
    replacement: { apiVersion: 'certificates.k8s.io/v1beta1' },
  },
  {
    apiVersion: 'certificates.k8s.io/v1beta1',
    kinds: ['ClusterTrustBundle'],
    deprecated: '1.37',
    removed: '1.40',
  },
  {
    apiVersion: 'coordination.k8s.io/v1alpha2',
    kinds: ['LeaseCandidate'],
    deprecated: '1.35',
    removed: '1.38',
    replacement: { apiVersion: 'coordination.k8s.io/v1beta1' },
  },
  {
    apiVersion: 'storagemigration.k8s.io/v1alpha1',
    kinds: ['StorageVersionMigration'],
    removed: '1.35',
    replacement: { apiVersion: 'storagemigration.k8s.io/v1beta1' },
  },
  {
    apiVersion: 'scheduling.k8s.io/v1alpha1',
    kinds: ['Workload'],
    removed: '1.36',
    replacement: { apiVersion: 'scheduling.k8s.io/v1alpha2' },
  },
  {
    apiVersion: 'v1',
    kinds: ['Endpoints'],
    deprecated: '1.33',
    replacement: { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' },
    remark: 'Services with a selector need neither',
  },
  { apiVersion: 'v1', kinds: ['ComponentStatus'], deprecated: '1.19', remark: 'it is only read' },
]

const byKind = new Map(
  migrations.flatMap(migration =>
    migration.kinds.map(kind => [`${migration.apiVersion} ${kind}`, migration] as const),
  ),
)

/** What happened to a kind of an API version; undefined: nothing. */
export const migrationOf = (apiVersion: string, kind: string): Migration | undefined =>
  byKind.get(`${apiVersion} ${kind}`)
