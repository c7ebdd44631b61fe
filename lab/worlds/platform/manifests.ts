// Builders of the objects that a node has before the first deployment.
import type { KubeObject } from '#src/model/kube.ts'

/** An object of a manifest, with the fields of its kind. */
export type Platform = KubeObject & Readonly<Record<string, unknown>>

export const account = (name: string, namespace: string): Platform => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name, namespace },
})
export const rbac = 'rbac.authorization.k8s.io'
export const clusterRole = (
  name: string,
  rules: readonly (readonly [
    group: string,
    resources: readonly string[],
    verbs: readonly string[],
  ])[],
): Platform => ({
  apiVersion: `${rbac}/v1`,
  kind: 'ClusterRole',
  metadata: { name },
  rules: rules.map(([group, resources, verbs]) => ({ apiGroups: [group], resources, verbs })),
})
export const bound = (name: string, role: string, namespace: string): Platform => ({
  apiVersion: `${rbac}/v1`,
  kind: 'ClusterRoleBinding',
  metadata: { name },
  roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: role },
  subjects: [{ kind: 'ServiceAccount', name, namespace }],
})
export const configMap = (
  name: string,
  namespace: string,
  data: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>> = {},
): Platform => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace, ...(Object.keys(labels).length === 0 ? {} : { labels }) },
  data,
})
export const field = (name: string, fieldPath: string) => ({
  name,
  valueFrom: { fieldRef: { fieldPath } },
})

/** @source Kubernetes v1.35, system priority classes */
export const priority = (name: string, value: number, description: string): Platform => ({
  apiVersion: 'scheduling.k8s.io/v1',
  kind: 'PriorityClass',
  metadata: { name },
  value,
  description,
  preemptionPolicy: 'PreemptLowerPriority',
})

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, entry]) => [key, inOrder(entry)]),
  )
}

/** The object with the annotation that `kubectl apply` adds. */
export function applied(object: Platform): Platform {
  const annotations = { ...object.metadata.annotations }
  const plain = inOrder({ ...object, metadata: { ...object.metadata, annotations } })
  const note = `${JSON.stringify(plain)}\n`
  return {
    ...object,
    metadata: {
      ...object.metadata,
      annotations: { ...annotations, 'kubectl.kubernetes.io/last-applied-configuration': note },
    },
  }
}
