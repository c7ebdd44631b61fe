// The namespace of objects that name none: the one default of the API that judges cannot know.
import { isClusterWide } from './kinds.ts'

type Placed = { readonly kind: string; readonly metadata: { readonly namespace?: string } }

/** The namespace of an object once applied; undefined for cluster-wide kinds. */
export function namespaceOf({ kind, metadata }: Placed, fallback: string): string | undefined {
  return isClusterWide(kind) ? undefined : (metadata.namespace ?? fallback)
}

/**
 * The object with its namespace written out. Everything else stays as written: judges know the
 * API's defaults, and a proposed change must not add members.
 */
export function inItsNamespace<T extends Placed>(object: T, fallback: string): T {
  const namespace = namespaceOf(object, fallback)
  if (object.metadata.namespace === namespace) return object
  const { namespace: _, ...metadata } = object.metadata
  return { ...object, metadata: { ...metadata, ...(namespace === undefined ? {} : { namespace }) } }
}
