// Messages that objects of many kinds contain: metadata, selectors and references.

/**
 * Fields by message. `message-fields.ts` explains the notation. @source Kubernetes v1.35,
 * generated.proto
 */
export const commonMessages: Readonly<Record<string, string>> = {
  Condition:
    '1 type, 2 status, 3 observedGeneration i, 4 lastTransitionTime Time, 5 reason, 6 message',
  DeleteOptions: `
    1 gracePeriodSeconds i, 2 preconditions Preconditions, 3 orphanDependents b,
    4 propagationPolicy, 5 dryRun*, 6 ignoreStoreReadErrorWithClusterBreakingPotential b
  `,
  LabelSelector: '1 matchLabels#, 2 matchExpressions* LabelSelectorRequirement',
  LabelSelectorRequirement: '1 key, 2 operator, 3 values*',
  LocalObjectReference: '1 name',
  ObjectMeta: `
    1 name, 2 generateName, 3 namespace, 4 selfLink, 5 uid, 6 resourceVersion, 7 generation i,
    8 creationTimestamp Time, 9 deletionTimestamp Time, 10 deletionGracePeriodSeconds i,
    11 labels#, 12 annotations#, 13 ownerReferences* OwnerReference, 14 finalizers*
  `,
  ObjectReference:
    '1 kind, 2 namespace, 3 name, 4 uid, 5 apiVersion, 6 resourceVersion, 7 fieldPath',
  OwnerReference: '5 apiVersion, 1 kind, 3 name, 4 uid, 6 controller b, 7 blockOwnerDeletion b',
  Preconditions: '1 uid, 2 resourceVersion',
  SecretReference: '1 name, 2 namespace',
  TypedLocalObjectReference: '1 apiGroup, 2 kind, 3 name',
  TypedObjectReference: '1 apiGroup, 2 kind, 3 name, 4 namespace',
}
