// Changing an object in the store by the object itself instead of by its kind and name.
import type { KubeObject } from '#lab/control/objects.ts'
import type { Control } from '#lab/control/work-queue.ts'

/** Changes the stored version of an object. Returns the new version, or undefined if it is gone. */
export const updateObject = <T extends KubeObject>(
  { context }: Control,
  object: T,
  change: (draft: T) => void,
): T | undefined =>
  context.store.update<T>(object.kind, object.metadata.namespace, object.metadata.name, change)
