// Messages of volumes, claims and their classes, and of the volumes in a pod.

/**
 * Fields by message. `message-fields.ts` explains the notation. @source Kubernetes v1.35,
 * generated.proto
 */
export const volumeMessages: Readonly<Record<string, string>> = {
  AWSElasticBlockStoreVolumeSource: '1 volumeID, 2 fsType, 3 partition i, 4 readOnly b',
  AzureDiskVolumeSource: '1 diskName, 2 diskURI, 3 cachingMode, 4 fsType, 5 readOnly b, 6 kind',
  AzureFilePersistentVolumeSource: '1 secretName, 2 shareName, 3 readOnly b, 4 secretNamespace',
  AzureFileVolumeSource: '1 secretName, 2 shareName, 3 readOnly b',
  CSIPersistentVolumeSource: `
    1 driver, 2 volumeHandle, 3 readOnly b, 4 fsType, 5 volumeAttributes#,
    6 controllerPublishSecretRef SecretReference, 7 nodeStageSecretRef SecretReference,
    8 nodePublishSecretRef SecretReference, 9 controllerExpandSecretRef SecretReference,
    10 nodeExpandSecretRef SecretReference
  `,
  CSIVolumeSource: `
    1 driver, 2 readOnly b, 3 fsType, 4 volumeAttributes#,
    5 nodePublishSecretRef LocalObjectReference
  `,
  CephFSPersistentVolumeSource:
    '1 monitors*, 2 path, 3 user, 4 secretFile, 5 secretRef SecretReference, 6 readOnly b',
  CephFSVolumeSource:
    '1 monitors*, 2 path, 3 user, 4 secretFile, 5 secretRef LocalObjectReference, 6 readOnly b',
  CinderPersistentVolumeSource: '1 volumeID, 2 fsType, 3 readOnly b, 4 secretRef SecretReference',
  CinderVolumeSource: '1 volumeID, 2 fsType, 3 readOnly b, 4 secretRef LocalObjectReference',
  ClusterTrustBundleProjection:
    '1 name, 2 signerName, 3 labelSelector LabelSelector, 5 optional b, 4 path',
  ConfigMapProjection:
    '1 localObjectReference LocalObjectReference, 2 items* KeyToPath, 4 optional b',
  ConfigMapVolumeSource: `
    1 localObjectReference LocalObjectReference, 2 items* KeyToPath, 3 defaultMode i, 4 optional b
  `,
  DownwardAPIProjection: '1 items* DownwardAPIVolumeFile',
  DownwardAPIVolumeFile:
    '1 path, 2 fieldRef ObjectFieldSelector, 3 resourceFieldRef ResourceFieldSelector, 4 mode i',
  DownwardAPIVolumeSource: '1 items* DownwardAPIVolumeFile, 2 defaultMode i',
  EmptyDirVolumeSource: '1 medium, 2 sizeLimit Quantity',
  EphemeralVolumeSource: '1 volumeClaimTemplate PersistentVolumeClaimTemplate',
  FCVolumeSource: '1 targetWWNs*, 2 lun i, 3 fsType, 4 readOnly b, 5 wwids*',
  FlexPersistentVolumeSource:
    '1 driver, 2 fsType, 3 secretRef SecretReference, 4 readOnly b, 5 options#',
  FlexVolumeSource:
    '1 driver, 2 fsType, 3 secretRef LocalObjectReference, 4 readOnly b, 5 options#',
  FlockerVolumeSource: '1 datasetName, 2 datasetUUID',
  GCEPersistentDiskVolumeSource: '1 pdName, 2 fsType, 3 partition i, 4 readOnly b',
  GitRepoVolumeSource: '1 repository, 2 revision, 3 directory',
  GlusterfsPersistentVolumeSource: '1 endpoints, 2 path, 3 readOnly b, 4 endpointsNamespace',
  GlusterfsVolumeSource: '1 endpoints, 2 path, 3 readOnly b',
  HostPathVolumeSource: '1 path, 2 type',
  ISCSIPersistentVolumeSource: `
    1 targetPortal, 2 iqn, 3 lun i, 4 iscsiInterface, 5 fsType, 6 readOnly b, 7 portals*,
    8 chapAuthDiscovery b, 11 chapAuthSession b, 10 secretRef SecretReference, 12 initiatorName
  `,
  ISCSIVolumeSource: `
    1 targetPortal, 2 iqn, 3 lun i, 4 iscsiInterface, 5 fsType, 6 readOnly b, 7 portals*,
    8 chapAuthDiscovery b, 11 chapAuthSession b, 10 secretRef LocalObjectReference,
    12 initiatorName
  `,
  ImageVolumeSource: '1 reference, 2 pullPolicy',
  KeyToPath: '1 key, 2 path, 3 mode i',
  LocalVolumeSource: '1 path, 2 fsType',
  ModifyVolumeStatus: '1 targetVolumeAttributesClassName, 2 status',
  NFSVolumeSource: '1 server, 2 path, 3 readOnly b',
  PersistentVolume:
    '1 metadata ObjectMeta, 2 spec PersistentVolumeSpec, 3 status PersistentVolumeStatus',
  PersistentVolumeClaim:
    '1 metadata ObjectMeta, 2 spec PersistentVolumeClaimSpec, 3 status PersistentVolumeClaimStatus',
  PersistentVolumeClaimCondition:
    '1 type, 2 status, 3 lastProbeTime Time, 4 lastTransitionTime Time, 5 reason, 6 message',
  PersistentVolumeClaimSpec: `
    1 accessModes*, 4 selector LabelSelector, 2 resources VolumeResourceRequirements, 3 volumeName,
    5 storageClassName, 6 volumeMode, 7 dataSource TypedLocalObjectReference,
    8 dataSourceRef TypedObjectReference, 9 volumeAttributesClassName
  `,
  PersistentVolumeClaimStatus: `
    1 phase, 2 accessModes*, 3 capacity# Quantity, 4 conditions* PersistentVolumeClaimCondition,
    5 allocatedResources# Quantity, 7 allocatedResourceStatuses#,
    8 currentVolumeAttributesClassName, 9 modifyVolumeStatus ModifyVolumeStatus
  `,
  PersistentVolumeClaimTemplate: '1 metadata ObjectMeta, 2 spec PersistentVolumeClaimSpec',
  PersistentVolumeClaimVolumeSource: '1 claimName, 2 readOnly b',
  PersistentVolumeSource: `
    1 gcePersistentDisk GCEPersistentDiskVolumeSource,
    2 awsElasticBlockStore AWSElasticBlockStoreVolumeSource, 3 hostPath HostPathVolumeSource,
    4 glusterfs GlusterfsPersistentVolumeSource, 5 nfs NFSVolumeSource,
    6 rbd RBDPersistentVolumeSource, 7 iscsi ISCSIPersistentVolumeSource,
    8 cinder CinderPersistentVolumeSource, 9 cephfs CephFSPersistentVolumeSource,
    10 fc FCVolumeSource, 11 flocker FlockerVolumeSource, 12 flexVolume FlexPersistentVolumeSource,
    13 azureFile AzureFilePersistentVolumeSource, 14 vsphereVolume VsphereVirtualDiskVolumeSource,
    15 quobyte QuobyteVolumeSource, 16 azureDisk AzureDiskVolumeSource,
    17 photonPersistentDisk PhotonPersistentDiskVolumeSource,
    18 portworxVolume PortworxVolumeSource, 19 scaleIO ScaleIOPersistentVolumeSource,
    20 local LocalVolumeSource, 21 storageos StorageOSPersistentVolumeSource,
    22 csi CSIPersistentVolumeSource
  `,
  PersistentVolumeSpec: `
    1 capacity# Quantity, 2 persistentVolumeSource PersistentVolumeSource, 3 accessModes*,
    4 claimRef ObjectReference, 5 persistentVolumeReclaimPolicy, 6 storageClassName,
    7 mountOptions*, 8 volumeMode, 9 nodeAffinity VolumeNodeAffinity, 10 volumeAttributesClassName
  `,
  PersistentVolumeStatus: '1 phase, 2 message, 3 reason, 4 lastPhaseTransitionTime Time',
  PhotonPersistentDiskVolumeSource: '1 pdID, 2 fsType',
  PodCertificateProjection: `
    1 signerName, 2 keyType, 3 maxExpirationSeconds i, 4 credentialBundlePath, 5 keyPath,
    6 certificateChainPath, 7 userAnnotations#
  `,
  PortworxVolumeSource: '1 volumeID, 2 fsType, 3 readOnly b',
  ProjectedVolumeSource: '1 sources* VolumeProjection, 2 defaultMode i',
  QuobyteVolumeSource: '1 registry, 2 volume, 3 readOnly b, 4 user, 5 group, 6 tenant',
  RBDPersistentVolumeSource: `
    1 monitors*, 2 image, 3 fsType, 4 pool, 5 user, 6 keyring, 7 secretRef SecretReference,
    8 readOnly b
  `,
  RBDVolumeSource: `
    1 monitors*, 2 image, 3 fsType, 4 pool, 5 user, 6 keyring, 7 secretRef LocalObjectReference,
    8 readOnly b
  `,
  ScaleIOPersistentVolumeSource: `
    1 gateway, 2 system, 3 secretRef SecretReference, 4 sslEnabled b, 5 protectionDomain,
    6 storagePool, 7 storageMode, 8 volumeName, 9 fsType, 10 readOnly b
  `,
  ScaleIOVolumeSource: `
    1 gateway, 2 system, 3 secretRef LocalObjectReference, 4 sslEnabled b, 5 protectionDomain,
    6 storagePool, 7 storageMode, 8 volumeName, 9 fsType, 10 readOnly b
  `,
  SecretProjection: '1 localObjectReference LocalObjectReference, 2 items* KeyToPath, 4 optional b',
  SecretVolumeSource: '1 secretName, 2 items* KeyToPath, 3 defaultMode i, 4 optional b',
  ServiceAccountTokenProjection: '1 audience, 2 expirationSeconds i, 3 path',
  StorageClass: `
    1 metadata ObjectMeta, 2 provisioner, 3 parameters#, 4 reclaimPolicy, 5 mountOptions*,
    6 allowVolumeExpansion b, 7 volumeBindingMode, 8 allowedTopologies* TopologySelectorTerm
  `,
  StorageOSPersistentVolumeSource:
    '1 volumeName, 2 volumeNamespace, 3 fsType, 4 readOnly b, 5 secretRef ObjectReference',
  StorageOSVolumeSource:
    '1 volumeName, 2 volumeNamespace, 3 fsType, 4 readOnly b, 5 secretRef LocalObjectReference',
  TopologySelectorLabelRequirement: '1 key, 2 values*',
  TopologySelectorTerm: '1 matchLabelExpressions* TopologySelectorLabelRequirement',
  Volume: '1 name, 2 volumeSource VolumeSource',
  VolumeDevice: '1 name, 2 devicePath',
  VolumeMount: `
    1 name, 2 readOnly b, 7 recursiveReadOnly, 3 mountPath, 4 subPath, 5 mountPropagation,
    6 subPathExpr
  `,
  VolumeMountStatus: '1 name, 2 mountPath, 3 readOnly b, 4 recursiveReadOnly',
  VolumeNodeAffinity: '1 required NodeSelector',
  VolumeProjection: `
    1 secret SecretProjection, 2 downwardAPI DownwardAPIProjection,
    3 configMap ConfigMapProjection, 4 serviceAccountToken ServiceAccountTokenProjection,
    5 clusterTrustBundle ClusterTrustBundleProjection, 6 podCertificate PodCertificateProjection
  `,
  VolumeResourceRequirements: '1 limits# Quantity, 2 requests# Quantity',
  VolumeSource: `
    1 hostPath HostPathVolumeSource, 2 emptyDir EmptyDirVolumeSource,
    3 gcePersistentDisk GCEPersistentDiskVolumeSource,
    4 awsElasticBlockStore AWSElasticBlockStoreVolumeSource, 5 gitRepo GitRepoVolumeSource,
    6 secret SecretVolumeSource, 7 nfs NFSVolumeSource, 8 iscsi ISCSIVolumeSource,
    9 glusterfs GlusterfsVolumeSource, 10 persistentVolumeClaim PersistentVolumeClaimVolumeSource,
    11 rbd RBDVolumeSource, 12 flexVolume FlexVolumeSource, 13 cinder CinderVolumeSource,
    14 cephfs CephFSVolumeSource, 15 flocker FlockerVolumeSource,
    16 downwardAPI DownwardAPIVolumeSource, 17 fc FCVolumeSource,
    18 azureFile AzureFileVolumeSource, 19 configMap ConfigMapVolumeSource,
    20 vsphereVolume VsphereVirtualDiskVolumeSource, 21 quobyte QuobyteVolumeSource,
    22 azureDisk AzureDiskVolumeSource, 23 photonPersistentDisk PhotonPersistentDiskVolumeSource,
    26 projected ProjectedVolumeSource, 24 portworxVolume PortworxVolumeSource,
    25 scaleIO ScaleIOVolumeSource, 27 storageos StorageOSVolumeSource, 28 csi CSIVolumeSource,
    29 ephemeral EphemeralVolumeSource, 30 image ImageVolumeSource
  `,
  VsphereVirtualDiskVolumeSource: '1 volumePath, 2 fsType, 3 storagePolicyName, 4 storagePolicyID',
}
