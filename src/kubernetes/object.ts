// Objects as the API server sends them, in lists, in events and alone, and what is made of them.
import type { KubeObject, Node } from '#src/model/kube.ts'
import { apiVersionOf, type Resource } from './kinds.ts'

/** A member of whatever it is; undefined where it has none. */
export const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined

export const isObject = (value: unknown): value is KubeObject =>
  typeof member(member(value, 'metadata'), 'name') === 'string'

/** An object of a list says neither what it is nor, to us, who last touched which field. */
export function completed<T extends KubeObject>(resource: Resource<T>, item: KubeObject): T {
  const { managedFields: _, ...metadata }: KubeObject['metadata'] & { managedFields?: unknown } =
    item.metadata
  // What the API serves under this path has the type of this resource.
  return { ...item, apiVersion: apiVersionOf(resource), kind: resource.kind, metadata } as T
}

/** The status of a node's condition, or `Unknown`. */
export const conditionOf = (node: Node, type: string): string =>
  node.status?.conditions?.find(condition => condition.type === type)?.status ?? 'Unknown'
