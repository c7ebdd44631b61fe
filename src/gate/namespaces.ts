// The one member that the API fills in and that no judge can guess: where an object without a
// namespace is made.
import { isClusterWide } from './kinds.ts'

type Placed = { readonly kind: string; readonly metadata: { readonly namespace?: string } }

/** The namespace in which an object would be made; undefined for one that lives in none. */
export function namespaceOf({ kind, metadata }: Placed, fallback: string): string | undefined {
  return isClusterWide(kind) ? undefined : (metadata.namespace ?? fallback)
}

/**
 * The object in the namespace in which it would be made. Everything else stays as a person wrote
 * it: judges know the API's
 * defaults themselves, and a change that they propose must not write what nobody wrote.
 */
export function inItsNamespace<T extends Placed>(object: T, fallback: string): T {
  const namespace = namespaceOf(object, fallback)
  if (object.metadata.namespace === namespace) return object
  const { namespace: _, ...metadata } = object.metadata
  return { ...object, metadata: { ...metadata, ...(namespace === undefined ? {} : { namespace }) } }
}
