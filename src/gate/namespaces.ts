// The namespace of objects that name none: the only default of the API that judges cannot know.
import { withoutUndefined } from '#src/model/json.ts'
import { isClusterWide } from './kinds.ts'

type Placed = { readonly kind: string; readonly metadata: { readonly namespace?: string } }

/** The namespace of an object once applied; undefined for cluster-wide kinds. */
export function namespaceOf({ kind, metadata }: Placed, fallback: string): string | undefined {
  return isClusterWide(kind) ? undefined : (metadata.namespace ?? fallback)
}

/**
 * The object with its namespace written out. All other members stay as written: judges know the
 * defaults of the API, and a proposed change must not add members.
 */
export function inItsNamespace<T extends Placed>(object: T, fallback: string): T {
  const namespace = namespaceOf(object, fallback)
  if (object.metadata.namespace === namespace) return object
  return { ...object, metadata: withoutUndefined({ ...object.metadata, namespace }) }
}
