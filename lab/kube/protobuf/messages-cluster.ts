// Messages of nodes, namespaces, events, leases and configuration.

/**
 * Fields by message. `message-fields.ts` explains the notation. @source Kubernetes v1.35,
 * generated.proto
 */
export const clusterMessages: Readonly<Record<string, string>> = {
  AttachedVolume: '1 name, 2 devicePath',
  ConfigMap: '1 metadata ObjectMeta, 4 immutable b, 2 data#, 3 binaryData# y',
  ConfigMapNodeConfigSource: '1 namespace, 2 name, 3 uid, 4 resourceVersion, 5 kubeletConfigKey',
  ContainerImage: '1 names*, 2 sizeBytes i',
  DaemonEndpoint: '1 Port i',
  'Event@core': `
    1 metadata ObjectMeta, 2 involvedObject ObjectReference, 3 reason, 4 message,
    5 source EventSource, 6 firstTimestamp Time, 7 lastTimestamp Time, 8 count i, 9 type,
    10 eventTime MicroTime, 11 series EventSeries@core, 12 action, 13 related ObjectReference,
    14 reportingComponent, 15 reportingInstance
  `,
  'Event@events': `
    1 metadata ObjectMeta, 2 eventTime MicroTime, 3 series EventSeries@events,
    4 reportingController, 5 reportingInstance, 6 action, 7 reason, 8 regarding ObjectReference,
    9 related ObjectReference, 10 note, 11 type, 12 deprecatedSource EventSource,
    13 deprecatedFirstTimestamp Time, 14 deprecatedLastTimestamp Time, 15 deprecatedCount i
  `,
  'EventSeries@core': '1 count i, 2 lastObservedTime MicroTime',
  'EventSeries@events': '1 count i, 2 lastObservedTime MicroTime',
  EventSource: '1 component, 2 host',
  Lease: '1 metadata ObjectMeta, 2 spec LeaseSpec',
  LeaseSpec: `
    1 holderIdentity, 2 leaseDurationSeconds i, 3 acquireTime MicroTime, 4 renewTime MicroTime,
    5 leaseTransitions i, 6 strategy, 7 preferredHolder
  `,
  Namespace: '1 metadata ObjectMeta, 2 spec NamespaceSpec, 3 status NamespaceStatus',
  NamespaceCondition: '1 type, 2 status, 4 lastTransitionTime Time, 5 reason, 6 message',
  NamespaceSpec: '1 finalizers*',
  NamespaceStatus: '1 phase, 2 conditions* NamespaceCondition',
  Node: '1 metadata ObjectMeta, 2 spec NodeSpec, 3 status NodeStatus',
  NodeAddress: '1 type, 2 address',
  NodeCondition:
    '1 type, 2 status, 3 lastHeartbeatTime Time, 4 lastTransitionTime Time, 5 reason, 6 message',
  NodeConfigSource: '2 configMap ConfigMapNodeConfigSource',
  NodeConfigStatus: `
    1 assigned NodeConfigSource, 2 active NodeConfigSource, 3 lastKnownGood NodeConfigSource,
    4 error
  `,
  NodeDaemonEndpoints: '1 kubeletEndpoint DaemonEndpoint',
  NodeFeatures: '1 supplementalGroupsPolicy b',
  NodeRuntimeHandler: '1 name, 2 features NodeRuntimeHandlerFeatures',
  NodeRuntimeHandlerFeatures: '1 recursiveReadOnlyMounts b, 2 userNamespaces b',
  NodeSpec: `
    1 podCIDR, 7 podCIDRs*, 3 providerID, 4 unschedulable b, 5 taints* Taint,
    6 configSource NodeConfigSource, 2 externalID
  `,
  NodeStatus: `
    1 capacity# Quantity, 2 allocatable# Quantity, 3 phase, 4 conditions* NodeCondition,
    5 addresses* NodeAddress, 6 daemonEndpoints NodeDaemonEndpoints, 7 nodeInfo NodeSystemInfo,
    8 images* ContainerImage, 9 volumesInUse*, 10 volumesAttached* AttachedVolume,
    11 config NodeConfigStatus, 12 runtimeHandlers* NodeRuntimeHandler, 13 features NodeFeatures,
    14 declaredFeatures*
  `,
  NodeSwapStatus: '1 capacity i',
  NodeSystemInfo: `
    1 machineID, 2 systemUUID, 3 bootID, 4 kernelVersion, 5 osImage, 6 containerRuntimeVersion,
    7 kubeletVersion, 8 kubeProxyVersion, 9 operatingSystem, 10 architecture,
    11 swap NodeSwapStatus
  `,
  Secret: '1 metadata ObjectMeta, 5 immutable b, 2 data# y, 4 stringData#, 3 type',
  Taint: '1 key, 2 value, 3 effect, 4 timeAdded Time',
}
