// Messages of a pod and its containers, without their volumes.

/**
 * Fields by message. `message-fields.ts` explains the notation. @source Kubernetes v1.35,
 * generated.proto
 */
export const podMessages: Readonly<Record<string, string>> = {
  Affinity:
    '1 nodeAffinity NodeAffinity, 2 podAffinity PodAffinity, 3 podAntiAffinity PodAntiAffinity',
  AppArmorProfile: '1 type, 2 localhostProfile',
  Binding: '1 metadata ObjectMeta, 2 target ObjectReference',
  Capabilities: '1 add*, 2 drop*',
  ConfigMapEnvSource: '1 localObjectReference LocalObjectReference, 2 optional b',
  ConfigMapKeySelector: '1 localObjectReference LocalObjectReference, 2 key, 3 optional b',
  Container: `
    1 name, 2 image, 3 command*, 4 args*, 5 workingDir, 6 ports* ContainerPort,
    19 envFrom* EnvFromSource, 7 env* EnvVar, 8 resources ResourceRequirements,
    23 resizePolicy* ContainerResizePolicy, 24 restartPolicy,
    25 restartPolicyRules* ContainerRestartRule, 9 volumeMounts* VolumeMount,
    21 volumeDevices* VolumeDevice, 10 livenessProbe Probe, 11 readinessProbe Probe,
    22 startupProbe Probe, 12 lifecycle Lifecycle, 13 terminationMessagePath,
    20 terminationMessagePolicy, 14 imagePullPolicy, 15 securityContext SecurityContext,
    16 stdin b, 17 stdinOnce b, 18 tty b
  `,
  ContainerExtendedResourceRequest: '1 containerName, 2 resourceName, 3 requestName',
  ContainerPort: '1 name, 2 hostPort i, 3 containerPort i, 4 protocol, 5 hostIP',
  ContainerResizePolicy: '1 resourceName, 2 restartPolicy',
  ContainerRestartRule: '1 action, 2 exitCodes ContainerRestartRuleOnExitCodes',
  ContainerRestartRuleOnExitCodes: '1 operator, 2 values* i',
  ContainerState: `
    1 waiting ContainerStateWaiting, 2 running ContainerStateRunning,
    3 terminated ContainerStateTerminated
  `,
  ContainerStateRunning: '1 startedAt Time',
  ContainerStateTerminated: `
    1 exitCode i, 2 signal i, 3 reason, 4 message, 5 startedAt Time, 6 finishedAt Time,
    7 containerID
  `,
  ContainerStateWaiting: '1 reason, 2 message',
  ContainerStatus: `
    1 name, 2 state ContainerState, 3 lastState ContainerState, 4 ready b, 5 restartCount i,
    6 image, 7 imageID, 8 containerID, 9 started b, 10 allocatedResources# Quantity,
    11 resources ResourceRequirements, 12 volumeMounts* VolumeMountStatus, 13 user ContainerUser,
    14 allocatedResourcesStatus* ResourceStatus, 15 stopSignal
  `,
  ContainerUser: '1 linux LinuxContainerUser',
  EnvFromSource: '1 prefix, 2 configMapRef ConfigMapEnvSource, 3 secretRef SecretEnvSource',
  EnvVar: '1 name, 2 value, 3 valueFrom EnvVarSource',
  EnvVarSource: `
    1 fieldRef ObjectFieldSelector, 2 resourceFieldRef ResourceFieldSelector,
    3 configMapKeyRef ConfigMapKeySelector, 4 secretKeyRef SecretKeySelector,
    5 fileKeyRef FileKeySelector
  `,
  EphemeralContainer: '1 ephemeralContainerCommon EphemeralContainerCommon, 2 targetContainerName',
  EphemeralContainerCommon: `
    1 name, 2 image, 3 command*, 4 args*, 5 workingDir, 6 ports* ContainerPort,
    19 envFrom* EnvFromSource, 7 env* EnvVar, 8 resources ResourceRequirements,
    23 resizePolicy* ContainerResizePolicy, 24 restartPolicy,
    25 restartPolicyRules* ContainerRestartRule, 9 volumeMounts* VolumeMount,
    21 volumeDevices* VolumeDevice, 10 livenessProbe Probe, 11 readinessProbe Probe,
    22 startupProbe Probe, 12 lifecycle Lifecycle, 13 terminationMessagePath,
    20 terminationMessagePolicy, 14 imagePullPolicy, 15 securityContext SecurityContext,
    16 stdin b, 17 stdinOnce b, 18 tty b
  `,
  ExecAction: '1 command*',
  FileKeySelector: '1 volumeName, 2 path, 3 key, 4 optional b',
  GRPCAction: '1 port i, 2 service',
  HTTPGetAction: '1 path, 2 port IntOrString, 3 host, 4 scheme, 5 httpHeaders* HTTPHeader',
  HTTPHeader: '1 name, 2 value',
  HostAlias: '1 ip, 2 hostnames*',
  HostIP: '1 ip',
  Lifecycle: '1 postStart LifecycleHandler, 2 preStop LifecycleHandler, 3 stopSignal',
  LifecycleHandler:
    '1 exec ExecAction, 2 httpGet HTTPGetAction, 3 tcpSocket TCPSocketAction, 4 sleep SleepAction',
  LinuxContainerUser: '1 uid i, 2 gid i, 3 supplementalGroups* i',
  NodeAffinity: `
    1 requiredDuringSchedulingIgnoredDuringExecution NodeSelector,
    2 preferredDuringSchedulingIgnoredDuringExecution* PreferredSchedulingTerm
  `,
  NodeSelector: '1 nodeSelectorTerms* NodeSelectorTerm',
  NodeSelectorRequirement: '1 key, 2 operator, 3 values*',
  NodeSelectorTerm:
    '1 matchExpressions* NodeSelectorRequirement, 2 matchFields* NodeSelectorRequirement',
  ObjectFieldSelector: '1 apiVersion, 2 fieldPath',
  Pod: '1 metadata ObjectMeta, 2 spec PodSpec, 3 status PodStatus',
  PodAffinity: `
    1 requiredDuringSchedulingIgnoredDuringExecution* PodAffinityTerm,
    2 preferredDuringSchedulingIgnoredDuringExecution* WeightedPodAffinityTerm
  `,
  PodAffinityTerm: `
    1 labelSelector LabelSelector, 2 namespaces*, 3 topologyKey, 4 namespaceSelector LabelSelector,
    5 matchLabelKeys*, 6 mismatchLabelKeys*
  `,
  PodAntiAffinity: `
    1 requiredDuringSchedulingIgnoredDuringExecution* PodAffinityTerm,
    2 preferredDuringSchedulingIgnoredDuringExecution* WeightedPodAffinityTerm
  `,
  PodCondition: `
    1 type, 7 observedGeneration i, 2 status, 3 lastProbeTime Time, 4 lastTransitionTime Time,
    5 reason, 6 message
  `,
  PodDNSConfig: '1 nameservers*, 2 searches*, 3 options* PodDNSConfigOption',
  PodDNSConfigOption: '1 name, 2 value',
  PodExtendedResourceClaimStatus:
    '1 requestMappings* ContainerExtendedResourceRequest, 2 resourceClaimName',
  PodIP: '1 ip',
  PodOS: '1 name',
  PodReadinessGate: '1 conditionType',
  PodResourceClaim: '1 name, 3 resourceClaimName, 4 resourceClaimTemplateName',
  PodResourceClaimStatus: '1 name, 2 resourceClaimName',
  PodSchedulingGate: '1 name',
  PodSecurityContext: `
    1 seLinuxOptions SELinuxOptions, 8 windowsOptions WindowsSecurityContextOptions, 2 runAsUser i,
    6 runAsGroup i, 3 runAsNonRoot b, 4 supplementalGroups* i, 12 supplementalGroupsPolicy,
    5 fsGroup i, 7 sysctls* Sysctl, 9 fsGroupChangePolicy, 10 seccompProfile SeccompProfile,
    11 appArmorProfile AppArmorProfile, 13 seLinuxChangePolicy
  `,
  PodSpec: `
    1 volumes* Volume, 20 initContainers* Container, 2 containers* Container,
    34 ephemeralContainers* EphemeralContainer, 3 restartPolicy, 4 terminationGracePeriodSeconds i,
    5 activeDeadlineSeconds i, 6 dnsPolicy, 7 nodeSelector#, 8 serviceAccountName,
    9 serviceAccount, 21 automountServiceAccountToken b, 10 nodeName, 11 hostNetwork b,
    12 hostPID b, 13 hostIPC b, 27 shareProcessNamespace b, 14 securityContext PodSecurityContext,
    15 imagePullSecrets* LocalObjectReference, 16 hostname, 17 subdomain, 18 affinity Affinity,
    19 schedulerName, 22 tolerations* Toleration, 23 hostAliases* HostAlias, 24 priorityClassName,
    25 priority i, 26 dnsConfig PodDNSConfig, 28 readinessGates* PodReadinessGate,
    29 runtimeClassName, 30 enableServiceLinks b, 31 preemptionPolicy, 32 overhead# Quantity,
    33 topologySpreadConstraints* TopologySpreadConstraint, 35 setHostnameAsFQDN b, 36 os PodOS,
    37 hostUsers b, 38 schedulingGates* PodSchedulingGate, 39 resourceClaims* PodResourceClaim,
    40 resources ResourceRequirements, 41 hostnameOverride, 42 workloadRef WorkloadReference
  `,
  PodStatus: `
    17 observedGeneration i, 1 phase, 2 conditions* PodCondition, 3 message, 4 reason,
    11 nominatedNodeName, 5 hostIP, 16 hostIPs* HostIP, 6 podIP, 12 podIPs* PodIP,
    7 startTime Time, 10 initContainerStatuses* ContainerStatus,
    8 containerStatuses* ContainerStatus, 9 qosClass,
    13 ephemeralContainerStatuses* ContainerStatus, 14 resize,
    15 resourceClaimStatuses* PodResourceClaimStatus,
    18 extendedResourceClaimStatus PodExtendedResourceClaimStatus, 19 allocatedResources# Quantity,
    20 resources ResourceRequirements
  `,
  PreferredSchedulingTerm: '1 weight i, 2 preference NodeSelectorTerm',
  Probe: `
    1 handler ProbeHandler, 2 initialDelaySeconds i, 3 timeoutSeconds i, 4 periodSeconds i,
    5 successThreshold i, 6 failureThreshold i, 7 terminationGracePeriodSeconds i
  `,
  ProbeHandler:
    '1 exec ExecAction, 2 httpGet HTTPGetAction, 3 tcpSocket TCPSocketAction, 4 grpc GRPCAction',
  ResourceClaim: '1 name, 2 request',
  ResourceFieldSelector: '1 containerName, 2 resource, 3 divisor Quantity',
  ResourceHealth: '1 resourceID, 2 health',
  ResourceRequirements: '1 limits# Quantity, 2 requests# Quantity, 3 claims* ResourceClaim',
  ResourceStatus: '1 name, 2 resources* ResourceHealth',
  SELinuxOptions: '1 user, 2 role, 3 type, 4 level',
  SeccompProfile: '1 type, 2 localhostProfile',
  SecretEnvSource: '1 localObjectReference LocalObjectReference, 2 optional b',
  SecretKeySelector: '1 localObjectReference LocalObjectReference, 2 key, 3 optional b',
  SecurityContext: `
    1 capabilities Capabilities, 2 privileged b, 3 seLinuxOptions SELinuxOptions,
    10 windowsOptions WindowsSecurityContextOptions, 4 runAsUser i, 8 runAsGroup i,
    5 runAsNonRoot b, 6 readOnlyRootFilesystem b, 7 allowPrivilegeEscalation b, 9 procMount,
    11 seccompProfile SeccompProfile, 12 appArmorProfile AppArmorProfile
  `,
  SleepAction: '1 seconds i',
  Sysctl: '1 name, 2 value',
  TCPSocketAction: '1 port IntOrString, 2 host',
  Toleration: '1 key, 2 operator, 3 value, 4 effect, 5 tolerationSeconds i',
  TopologySpreadConstraint: `
    1 maxSkew i, 2 topologyKey, 3 whenUnsatisfiable, 4 labelSelector LabelSelector, 5 minDomains i,
    6 nodeAffinityPolicy, 7 nodeTaintsPolicy, 8 matchLabelKeys*
  `,
  WeightedPodAffinityTerm: '1 weight i, 2 podAffinityTerm PodAffinityTerm',
  WindowsSecurityContextOptions:
    '1 gmsaCredentialSpecName, 2 gmsaCredentialSpec, 3 runAsUserName, 4 hostProcess b',
  WorkloadReference: '1 name, 2 podGroup, 3 podGroupReplicaKey',
}
