// What all other objects that clients create are made of on the wire.

/**
 * Fields by message, in the form that `protobuf.ts` explains. @source Kubernetes v1.35,
 * generated.proto
 */
export const otherMessages: Readonly<Record<string, string>> = {
  AggregationRule: '1 clusterRoleSelectors* LabelSelector',
  AttachedVolume: '1 name, 2 devicePath',
  AzureFilePersistentVolumeSource: '1 secretName, 2 shareName, 3 readOnly b, 4 secretNamespace',
  Binding: '1 metadata ObjectMeta, 2 target ObjectReference',
  CSIPersistentVolumeSource:
    '1 driver, 2 volumeHandle, 3 readOnly b, 4 fsType, 5 volumeAttributes#, 6 controllerPublishSecretRef SecretReference, 7 nodeStageSecretRef SecretReference, 8 nodePublishSecretRef SecretReference, 9 controllerExpandSecretRef SecretReference, 10 nodeExpandSecretRef SecretReference',
  CephFSPersistentVolumeSource:
    '1 monitors*, 2 path, 3 user, 4 secretFile, 5 secretRef SecretReference, 6 readOnly b',
  CinderPersistentVolumeSource: '1 volumeID, 2 fsType, 3 readOnly b, 4 secretRef SecretReference',
  ClientIPConfig: '1 timeoutSeconds i',
  ClusterRole: '1 metadata ObjectMeta, 2 rules* PolicyRule, 3 aggregationRule AggregationRule',
  ClusterRoleBinding: '1 metadata ObjectMeta, 2 subjects* Subject, 3 roleRef RoleRef',
  Condition:
    '1 type, 2 status, 3 observedGeneration i, 4 lastTransitionTime Time, 5 reason, 6 message',
  ConfigMap: '1 metadata ObjectMeta, 4 immutable b, 2 data#, 3 binaryData# y',
  ConfigMapNodeConfigSource: '1 namespace, 2 name, 3 uid, 4 resourceVersion, 5 kubeletConfigKey',
  ContainerImage: '1 names*, 2 sizeBytes i',
  CronJob: '1 metadata ObjectMeta, 2 spec CronJobSpec, 3 status CronJobStatus',
  CronJobSpec:
    '1 schedule, 8 timeZone, 2 startingDeadlineSeconds i, 3 concurrencyPolicy, 4 suspend b, 5 jobTemplate JobTemplateSpec, 6 successfulJobsHistoryLimit i, 7 failedJobsHistoryLimit i',
  CronJobStatus: '1 active* ObjectReference, 4 lastScheduleTime Time, 5 lastSuccessfulTime Time',
  DaemonEndpoint: '1 Port i',
  DaemonSet: '1 metadata ObjectMeta, 2 spec DaemonSetSpec, 3 status DaemonSetStatus',
  DaemonSetCondition: '1 type, 2 status, 3 lastTransitionTime Time, 4 reason, 5 message',
  DaemonSetSpec:
    '1 selector LabelSelector, 2 template PodTemplateSpec, 3 updateStrategy DaemonSetUpdateStrategy, 4 minReadySeconds i, 6 revisionHistoryLimit i',
  DaemonSetStatus:
    '1 currentNumberScheduled i, 2 numberMisscheduled i, 3 desiredNumberScheduled i, 4 numberReady i, 5 observedGeneration i, 6 updatedNumberScheduled i, 7 numberAvailable i, 8 numberUnavailable i, 9 collisionCount i, 10 conditions* DaemonSetCondition',
  DaemonSetUpdateStrategy: '1 type, 2 rollingUpdate RollingUpdateDaemonSet',
  DeleteOptions:
    '1 gracePeriodSeconds i, 2 preconditions Preconditions, 3 orphanDependents b, 4 propagationPolicy, 5 dryRun*, 6 ignoreStoreReadErrorWithClusterBreakingPotential b',
  Deployment: '1 metadata ObjectMeta, 2 spec DeploymentSpec, 3 status DeploymentStatus',
  DeploymentCondition:
    '1 type, 2 status, 6 lastUpdateTime Time, 7 lastTransitionTime Time, 4 reason, 5 message',
  DeploymentSpec:
    '1 replicas i, 2 selector LabelSelector, 3 template PodTemplateSpec, 4 strategy DeploymentStrategy, 5 minReadySeconds i, 6 revisionHistoryLimit i, 7 paused b, 9 progressDeadlineSeconds i',
  DeploymentStatus:
    '1 observedGeneration i, 2 replicas i, 3 updatedReplicas i, 7 readyReplicas i, 4 availableReplicas i, 5 unavailableReplicas i, 9 terminatingReplicas i, 6 conditions* DeploymentCondition, 8 collisionCount i',
  DeploymentStrategy: '1 type, 2 rollingUpdate RollingUpdateDeployment',
  Endpoint:
    '1 addresses*, 2 conditions EndpointConditions, 3 hostname, 4 targetRef ObjectReference, 5 deprecatedTopology#, 6 nodeName, 7 zone, 8 hints EndpointHints',
  EndpointConditions: '1 ready b, 2 serving b, 3 terminating b',
  EndpointHints: '1 forZones* ForZone, 2 forNodes* ForNode',
  EndpointPort: '1 name, 2 protocol, 3 port i, 4 appProtocol',
  EndpointSlice:
    '1 metadata ObjectMeta, 4 addressType, 2 endpoints* Endpoint, 3 ports* EndpointPort',
  'Event@core':
    '1 metadata ObjectMeta, 2 involvedObject ObjectReference, 3 reason, 4 message, 5 source EventSource, 6 firstTimestamp Time, 7 lastTimestamp Time, 8 count i, 9 type, 10 eventTime MicroTime, 11 series EventSeries@core, 12 action, 13 related ObjectReference, 14 reportingComponent, 15 reportingInstance',
  'Event@events':
    '1 metadata ObjectMeta, 2 eventTime MicroTime, 3 series EventSeries@events, 4 reportingController, 5 reportingInstance, 6 action, 7 reason, 8 regarding ObjectReference, 9 related ObjectReference, 10 note, 11 type, 12 deprecatedSource EventSource, 13 deprecatedFirstTimestamp Time, 14 deprecatedLastTimestamp Time, 15 deprecatedCount i',
  'EventSeries@core': '1 count i, 2 lastObservedTime MicroTime',
  'EventSeries@events': '1 count i, 2 lastObservedTime MicroTime',
  EventSource: '1 component, 2 host',
  Eviction: '1 metadata ObjectMeta, 2 deleteOptions DeleteOptions',
  FieldSelectorAttributes: '1 rawSelector, 2 requirements* FieldSelectorRequirement',
  FieldSelectorRequirement: '1 key, 2 operator, 3 values*',
  FlexPersistentVolumeSource:
    '1 driver, 2 fsType, 3 secretRef SecretReference, 4 readOnly b, 5 options#',
  ForNode: '1 name',
  ForZone: '1 name',
  GlusterfsPersistentVolumeSource: '1 endpoints, 2 path, 3 readOnly b, 4 endpointsNamespace',
  HTTPIngressPath: '1 path, 3 pathType, 2 backend IngressBackend',
  HTTPIngressRuleValue: '1 paths* HTTPIngressPath',
  IPBlock: '1 cidr, 2 except*',
  ISCSIPersistentVolumeSource:
    '1 targetPortal, 2 iqn, 3 lun i, 4 iscsiInterface, 5 fsType, 6 readOnly b, 7 portals*, 8 chapAuthDiscovery b, 11 chapAuthSession b, 10 secretRef SecretReference, 12 initiatorName',
  Ingress: '1 metadata ObjectMeta, 2 spec IngressSpec, 3 status IngressStatus',
  IngressBackend: '4 service IngressServiceBackend, 3 resource TypedLocalObjectReference',
  IngressLoadBalancerIngress: '1 ip, 2 hostname, 4 ports* IngressPortStatus',
  IngressLoadBalancerStatus: '1 ingress* IngressLoadBalancerIngress',
  IngressPortStatus: '1 port i, 2 protocol, 3 error',
  IngressRule: '1 host, 2 ingressRuleValue IngressRuleValue',
  IngressRuleValue: '1 http HTTPIngressRuleValue',
  IngressServiceBackend: '1 name, 2 port ServiceBackendPort',
  IngressSpec:
    '4 ingressClassName, 1 defaultBackend IngressBackend, 2 tls* IngressTLS, 3 rules* IngressRule',
  IngressStatus: '1 loadBalancer IngressLoadBalancerStatus',
  IngressTLS: '1 hosts*, 2 secretName',
  Job: '1 metadata ObjectMeta, 2 spec JobSpec, 3 status JobStatus',
  JobCondition:
    '1 type, 2 status, 3 lastProbeTime Time, 4 lastTransitionTime Time, 5 reason, 6 message',
  JobSpec:
    '1 parallelism i, 2 completions i, 3 activeDeadlineSeconds i, 11 podFailurePolicy PodFailurePolicy, 16 successPolicy SuccessPolicy, 7 backoffLimit i, 12 backoffLimitPerIndex i, 13 maxFailedIndexes i, 4 selector LabelSelector, 5 manualSelector b, 6 template PodTemplateSpec, 8 ttlSecondsAfterFinished i, 9 completionMode, 10 suspend b, 14 podReplacementPolicy, 15 managedBy',
  JobStatus:
    '1 conditions* JobCondition, 2 startTime Time, 3 completionTime Time, 4 active i, 5 succeeded i, 6 failed i, 11 terminating i, 7 completedIndexes, 10 failedIndexes, 8 uncountedTerminatedPods UncountedTerminatedPods, 9 ready i',
  JobTemplateSpec: '1 metadata ObjectMeta, 2 spec JobSpec',
  LabelSelectorAttributes: '1 rawSelector, 2 requirements* LabelSelectorRequirement',
  Lease: '1 metadata ObjectMeta, 2 spec LeaseSpec',
  LeaseSpec:
    '1 holderIdentity, 2 leaseDurationSeconds i, 3 acquireTime MicroTime, 4 renewTime MicroTime, 5 leaseTransitions i, 6 strategy, 7 preferredHolder',
  LoadBalancerIngress: '1 ip, 2 hostname, 3 ipMode, 4 ports* PortStatus',
  LoadBalancerStatus: '1 ingress* LoadBalancerIngress',
  LocalVolumeSource: '1 path, 2 fsType',
  ModifyVolumeStatus: '1 targetVolumeAttributesClassName, 2 status',
  Namespace: '1 metadata ObjectMeta, 2 spec NamespaceSpec, 3 status NamespaceStatus',
  NamespaceCondition: '1 type, 2 status, 4 lastTransitionTime Time, 5 reason, 6 message',
  NamespaceSpec: '1 finalizers*',
  NamespaceStatus: '1 phase, 2 conditions* NamespaceCondition',
  NetworkPolicy: '1 metadata ObjectMeta, 2 spec NetworkPolicySpec',
  NetworkPolicyEgressRule: '1 ports* NetworkPolicyPort, 2 to* NetworkPolicyPeer',
  NetworkPolicyIngressRule: '1 ports* NetworkPolicyPort, 2 from* NetworkPolicyPeer',
  NetworkPolicyPeer:
    '1 podSelector LabelSelector, 2 namespaceSelector LabelSelector, 3 ipBlock IPBlock',
  NetworkPolicyPort: '1 protocol, 2 port IntOrString, 3 endPort i',
  NetworkPolicySpec:
    '1 podSelector LabelSelector, 2 ingress* NetworkPolicyIngressRule, 3 egress* NetworkPolicyEgressRule, 4 policyTypes*',
  Node: '1 metadata ObjectMeta, 2 spec NodeSpec, 3 status NodeStatus',
  NodeAddress: '1 type, 2 address',
  NodeCondition:
    '1 type, 2 status, 3 lastHeartbeatTime Time, 4 lastTransitionTime Time, 5 reason, 6 message',
  NodeConfigSource: '2 configMap ConfigMapNodeConfigSource',
  NodeConfigStatus:
    '1 assigned NodeConfigSource, 2 active NodeConfigSource, 3 lastKnownGood NodeConfigSource, 4 error',
  NodeDaemonEndpoints: '1 kubeletEndpoint DaemonEndpoint',
  NodeFeatures: '1 supplementalGroupsPolicy b',
  NodeRuntimeHandler: '1 name, 2 features NodeRuntimeHandlerFeatures',
  NodeRuntimeHandlerFeatures: '1 recursiveReadOnlyMounts b, 2 userNamespaces b',
  NodeSpec:
    '1 podCIDR, 7 podCIDRs*, 3 providerID, 4 unschedulable b, 5 taints* Taint, 6 configSource NodeConfigSource, 2 externalID',
  NodeStatus:
    '1 capacity# Quantity, 2 allocatable# Quantity, 3 phase, 4 conditions* NodeCondition, 5 addresses* NodeAddress, 6 daemonEndpoints NodeDaemonEndpoints, 7 nodeInfo NodeSystemInfo, 8 images* ContainerImage, 9 volumesInUse*, 10 volumesAttached* AttachedVolume, 11 config NodeConfigStatus, 12 runtimeHandlers* NodeRuntimeHandler, 13 features NodeFeatures, 14 declaredFeatures*',
  NodeSwapStatus: '1 capacity i',
  NodeSystemInfo:
    '1 machineID, 2 systemUUID, 3 bootID, 4 kernelVersion, 5 osImage, 6 containerRuntimeVersion, 7 kubeletVersion, 8 kubeProxyVersion, 9 operatingSystem, 10 architecture, 11 swap NodeSwapStatus',
  NonResourceAttributes: '1 path, 2 verb',
  NonResourceRule: '1 verbs*, 2 nonResourceURLs*',
  ObjectReference:
    '1 kind, 2 namespace, 3 name, 4 uid, 5 apiVersion, 6 resourceVersion, 7 fieldPath',
  PersistentVolume:
    '1 metadata ObjectMeta, 2 spec PersistentVolumeSpec, 3 status PersistentVolumeStatus',
  PersistentVolumeClaim:
    '1 metadata ObjectMeta, 2 spec PersistentVolumeClaimSpec, 3 status PersistentVolumeClaimStatus',
  PersistentVolumeClaimCondition:
    '1 type, 2 status, 3 lastProbeTime Time, 4 lastTransitionTime Time, 5 reason, 6 message',
  PersistentVolumeClaimStatus:
    '1 phase, 2 accessModes*, 3 capacity# Quantity, 4 conditions* PersistentVolumeClaimCondition, 5 allocatedResources# Quantity, 7 allocatedResourceStatuses#, 8 currentVolumeAttributesClassName, 9 modifyVolumeStatus ModifyVolumeStatus',
  PersistentVolumeSource:
    '1 gcePersistentDisk GCEPersistentDiskVolumeSource, 2 awsElasticBlockStore AWSElasticBlockStoreVolumeSource, 3 hostPath HostPathVolumeSource, 4 glusterfs GlusterfsPersistentVolumeSource, 5 nfs NFSVolumeSource, 6 rbd RBDPersistentVolumeSource, 7 iscsi ISCSIPersistentVolumeSource, 8 cinder CinderPersistentVolumeSource, 9 cephfs CephFSPersistentVolumeSource, 10 fc FCVolumeSource, 11 flocker FlockerVolumeSource, 12 flexVolume FlexPersistentVolumeSource, 13 azureFile AzureFilePersistentVolumeSource, 14 vsphereVolume VsphereVirtualDiskVolumeSource, 15 quobyte QuobyteVolumeSource, 16 azureDisk AzureDiskVolumeSource, 17 photonPersistentDisk PhotonPersistentDiskVolumeSource, 18 portworxVolume PortworxVolumeSource, 19 scaleIO ScaleIOPersistentVolumeSource, 20 local LocalVolumeSource, 21 storageos StorageOSPersistentVolumeSource, 22 csi CSIPersistentVolumeSource',
  PersistentVolumeSpec:
    '1 capacity# Quantity, 2 persistentVolumeSource PersistentVolumeSource, 3 accessModes*, 4 claimRef ObjectReference, 5 persistentVolumeReclaimPolicy, 6 storageClassName, 7 mountOptions*, 8 volumeMode, 9 nodeAffinity VolumeNodeAffinity, 10 volumeAttributesClassName',
  PersistentVolumeStatus: '1 phase, 2 message, 3 reason, 4 lastPhaseTransitionTime Time',
  PodDisruptionBudget:
    '1 metadata ObjectMeta, 2 spec PodDisruptionBudgetSpec, 3 status PodDisruptionBudgetStatus',
  PodDisruptionBudgetSpec:
    '1 minAvailable IntOrString, 2 selector LabelSelector, 3 maxUnavailable IntOrString, 4 unhealthyPodEvictionPolicy',
  PodDisruptionBudgetStatus:
    '1 observedGeneration i, 2 disruptedPods# Time, 3 disruptionsAllowed i, 4 currentHealthy i, 5 desiredHealthy i, 6 expectedPods i, 7 conditions* Condition',
  PodFailurePolicy: '1 rules* PodFailurePolicyRule',
  PodFailurePolicyOnExitCodesRequirement: '1 containerName, 2 operator, 3 values* i',
  PodFailurePolicyOnPodConditionsPattern: '1 type, 2 status',
  PodFailurePolicyRule:
    '1 action, 2 onExitCodes PodFailurePolicyOnExitCodesRequirement, 3 onPodConditions* PodFailurePolicyOnPodConditionsPattern',
  PodTemplateSpec: '1 metadata ObjectMeta, 2 spec PodSpec',
  PolicyRule: '1 verbs*, 2 apiGroups*, 3 resources*, 4 resourceNames*, 5 nonResourceURLs*',
  PortStatus: '1 port i, 2 protocol, 3 error',
  Preconditions: '1 uid, 2 resourceVersion',
  PriorityClass:
    '1 metadata ObjectMeta, 2 value i, 3 globalDefault b, 4 description, 5 preemptionPolicy',
  RBDPersistentVolumeSource:
    '1 monitors*, 2 image, 3 fsType, 4 pool, 5 user, 6 keyring, 7 secretRef SecretReference, 8 readOnly b',
  ReplicaSet: '1 metadata ObjectMeta, 2 spec ReplicaSetSpec, 3 status ReplicaSetStatus',
  ReplicaSetCondition: '1 type, 2 status, 3 lastTransitionTime Time, 4 reason, 5 message',
  ReplicaSetSpec:
    '1 replicas i, 4 minReadySeconds i, 2 selector LabelSelector, 3 template PodTemplateSpec',
  ReplicaSetStatus:
    '1 replicas i, 2 fullyLabeledReplicas i, 4 readyReplicas i, 5 availableReplicas i, 7 terminatingReplicas i, 3 observedGeneration i, 6 conditions* ReplicaSetCondition',
  ResourceAttributes:
    '1 namespace, 2 verb, 3 group, 4 version, 5 resource, 6 subresource, 7 name, 8 fieldSelector FieldSelectorAttributes, 9 labelSelector LabelSelectorAttributes',
  ResourceRule: '1 verbs*, 2 apiGroups*, 3 resources*, 4 resourceNames*',
  Role: '1 metadata ObjectMeta, 2 rules* PolicyRule',
  RoleBinding: '1 metadata ObjectMeta, 2 subjects* Subject, 3 roleRef RoleRef',
  RoleRef: '1 apiGroup, 2 kind, 3 name',
  RollingUpdateDaemonSet: '1 maxUnavailable IntOrString, 2 maxSurge IntOrString',
  RollingUpdateDeployment: '1 maxUnavailable IntOrString, 2 maxSurge IntOrString',
  RollingUpdateStatefulSetStrategy: '1 partition i, 2 maxUnavailable IntOrString',
  ScaleIOPersistentVolumeSource:
    '1 gateway, 2 system, 3 secretRef SecretReference, 4 sslEnabled b, 5 protectionDomain, 6 storagePool, 7 storageMode, 8 volumeName, 9 fsType, 10 readOnly b',
  Secret: '1 metadata ObjectMeta, 5 immutable b, 2 data# y, 4 stringData#, 3 type',
  SecretReference: '1 name, 2 namespace',
  SelfSubjectAccessReview:
    '1 metadata ObjectMeta, 2 spec SelfSubjectAccessReviewSpec, 3 status SubjectAccessReviewStatus',
  SelfSubjectAccessReviewSpec:
    '1 resourceAttributes ResourceAttributes, 2 nonResourceAttributes NonResourceAttributes',
  SelfSubjectReview: '1 metadata ObjectMeta, 2 status SelfSubjectReviewStatus',
  SelfSubjectReviewStatus: '1 userInfo UserInfo',
  SelfSubjectRulesReview:
    '1 metadata ObjectMeta, 2 spec SelfSubjectRulesReviewSpec, 3 status SubjectRulesReviewStatus',
  SelfSubjectRulesReviewSpec: '1 namespace',
  Service: '1 metadata ObjectMeta, 2 spec ServiceSpec, 3 status ServiceStatus',
  ServiceAccount:
    '1 metadata ObjectMeta, 2 secrets* ObjectReference, 3 imagePullSecrets* LocalObjectReference, 4 automountServiceAccountToken b',
  ServiceBackendPort: '1 name, 2 number i',
  ServicePort:
    '1 name, 2 protocol, 6 appProtocol, 3 port i, 4 targetPort IntOrString, 5 nodePort i',
  ServiceSpec:
    '1 ports* ServicePort, 2 selector#, 3 clusterIP, 18 clusterIPs*, 4 type, 5 externalIPs*, 7 sessionAffinity, 8 loadBalancerIP, 9 loadBalancerSourceRanges*, 10 externalName, 11 externalTrafficPolicy, 12 healthCheckNodePort i, 13 publishNotReadyAddresses b, 14 sessionAffinityConfig SessionAffinityConfig, 19 ipFamilies*, 17 ipFamilyPolicy, 20 allocateLoadBalancerNodePorts b, 21 loadBalancerClass, 22 internalTrafficPolicy, 23 trafficDistribution',
  ServiceStatus: '1 loadBalancer LoadBalancerStatus, 2 conditions* Condition',
  SessionAffinityConfig: '1 clientIP ClientIPConfig',
  StatefulSet: '1 metadata ObjectMeta, 2 spec StatefulSetSpec, 3 status StatefulSetStatus',
  StatefulSetCondition: '1 type, 2 status, 3 lastTransitionTime Time, 4 reason, 5 message',
  StatefulSetOrdinals: '1 start i',
  StatefulSetPersistentVolumeClaimRetentionPolicy: '1 whenDeleted, 2 whenScaled',
  StatefulSetSpec:
    '1 replicas i, 2 selector LabelSelector, 3 template PodTemplateSpec, 4 volumeClaimTemplates* PersistentVolumeClaim, 5 serviceName, 6 podManagementPolicy, 7 updateStrategy StatefulSetUpdateStrategy, 8 revisionHistoryLimit i, 9 minReadySeconds i, 10 persistentVolumeClaimRetentionPolicy StatefulSetPersistentVolumeClaimRetentionPolicy, 11 ordinals StatefulSetOrdinals',
  StatefulSetStatus:
    '1 observedGeneration i, 2 replicas i, 3 readyReplicas i, 4 currentReplicas i, 5 updatedReplicas i, 6 currentRevision, 7 updateRevision, 9 collisionCount i, 10 conditions* StatefulSetCondition, 11 availableReplicas i',
  StatefulSetUpdateStrategy: '1 type, 2 rollingUpdate RollingUpdateStatefulSetStrategy',
  StorageClass:
    '1 metadata ObjectMeta, 2 provisioner, 3 parameters#, 4 reclaimPolicy, 5 mountOptions*, 6 allowVolumeExpansion b, 7 volumeBindingMode, 8 allowedTopologies* TopologySelectorTerm',
  StorageOSPersistentVolumeSource:
    '1 volumeName, 2 volumeNamespace, 3 fsType, 4 readOnly b, 5 secretRef ObjectReference',
  Subject: '1 kind, 2 apiGroup, 3 name, 4 namespace',
  SubjectAccessReview:
    '1 metadata ObjectMeta, 2 spec SubjectAccessReviewSpec, 3 status SubjectAccessReviewStatus',
  SubjectAccessReviewSpec:
    '1 resourceAttributes ResourceAttributes, 2 nonResourceAttributes NonResourceAttributes, 3 user, 4 groups*, 5 extra# ExtraValue@authorization, 6 uid',
  SubjectAccessReviewStatus: '1 allowed b, 4 denied b, 2 reason, 3 evaluationError',
  SubjectRulesReviewStatus:
    '1 resourceRules* ResourceRule, 2 nonResourceRules* NonResourceRule, 3 incomplete b, 4 evaluationError',
  SuccessPolicy: '1 rules* SuccessPolicyRule',
  SuccessPolicyRule: '1 succeededIndexes, 2 succeededCount i',
  Taint: '1 key, 2 value, 3 effect, 4 timeAdded Time',
  TopologySelectorLabelRequirement: '1 key, 2 values*',
  TopologySelectorTerm: '1 matchLabelExpressions* TopologySelectorLabelRequirement',
  UncountedTerminatedPods: '1 succeeded*, 2 failed*',
  UserInfo: '1 username, 2 uid, 3 groups*, 4 extra# ExtraValue@authentication',
  VolumeNodeAffinity: '1 required NodeSelector',
}
