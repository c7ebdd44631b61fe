// Objects as the API server sends them: in lists, in events and alone.
import type { KubeObject, Node } from '#src/model/kube.ts'
import { apiVersionOf, type Resource } from './kinds.ts'

/** A member of any value. Undefined if the value has none of that name. */
export const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined

export const isObject = (value: unknown): value is KubeObject =>
  typeof member(member(value, 'metadata'), 'name') === 'string'

/** Adds the type, which objects of a list lack, and drops managedFields, which nobody reads. */
export function completed<T extends KubeObject>(resource: Resource<T>, item: KubeObject): T {
  const { managedFields: _, ...metadata }: KubeObject['metadata'] & { managedFields?: unknown } =
    item.metadata
  // The API serves objects of this type under the path of the resource.
  return { ...item, apiVersion: apiVersionOf(resource), kind: resource.kind, metadata } as T
}

/** The status of a node's condition, or `Unknown`. */
export const conditionOf = (node: Node, type: string): string =>
  node.status?.conditions?.find(condition => condition.type === type)?.status ?? 'Unknown'
