// What holdfast keeps in a cluster: one namespace of its own, made when it is first needed, and
// what lies in it.
import { ownNamespace } from '#src/kubernetes/cluster-switch.ts'
import { KubeError, resources, type Kube } from '#src/kubernetes/client.ts'
import type { KubeObject } from '#src/model/kube.ts'

export { ownNamespace }

/** Labels and annotations of holdfast's own objects. */
export const milestones = {
  managedBy: { 'app.kubernetes.io/managed-by': 'holdfast' },
  journal: { 'holdfast/kind': 'journal' },
  /** A lease's annotation: who asks its holder to undo and leave. */
  stop: 'holdfast/stop',
  /** A lease's annotation: what its holder is doing, in words. */
  doing: 'holdfast/doing',
} as const

const isReason = (error: unknown, reason: string): boolean =>
  error instanceof KubeError && error.reason === reason

/** Somebody else was first. */
export const existsAlready = (error: unknown): boolean => isReason(error, 'AlreadyExists')
/** It was changed since it was read. */
export const isConflict = (error: unknown): boolean => isReason(error, 'Conflict')
export const isGone = (error: unknown): boolean =>
  error instanceof KubeError && error.status === 404

/**
 * Creates an object in holdfast's namespace, and the namespace before it where it is missing.
 * Rejects with AlreadyExists as the API says it.
 */
export async function createOwn<T extends KubeObject>(
  kube: Kube,
  create: () => Promise<T>,
): Promise<T> {
  try {
    return await create()
  } catch (error) {
    if (!isGone(error)) throw error
  }
  await kube
    .create(resources.namespaces, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: ownNamespace, labels: { ...milestones.managedBy } },
    })
    .catch((error: unknown) => {
      if (!existsAlready(error)) throw error
    })
  return create()
}
