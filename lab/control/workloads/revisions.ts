// ControllerRevisions: the present and earlier templates of a StatefulSet or DaemonSet, named after
// the template's hash.
import { copyOf } from '#lab/kernel/data.ts'
import type { ControllerRevision, KubeObject, Template } from '#lab/control/objects.ts'
import { owned, ownerReference } from './ownership.ts'
import { templateHash } from '#lab/control/templates.ts'
import type { Control } from '#lab/control/work-queue.ts'

/** Label of a pod with its revision: the hash (DaemonSet) or the name (StatefulSet). */
export const revisionLabel = 'controller-revision-hash'

/**
 * The revision of the present template. Creates it if there is none; gives it the highest number if
 * the template was used before.
 */
export function syncRevision(
  control: Control,
  owner: KubeObject,
  template: Template,
): ControllerRevision {
  const { store } = control.context
  const { namespace, name } = owner.metadata
  const hash = templateHash(template)
  const known = owned<ControllerRevision>(control, owner, 'ControllerRevision')
  const newest = Math.max(0, ...known.map(revision => revision.revision))
  const same = known.find(
    revision =>
      revision.metadata.labels?.[revisionLabel] === hash ||
      revision.metadata.name === `${name}-${hash}`,
  )
  if (same === undefined) {
    return store.create<ControllerRevision>({
      apiVersion: 'apps/v1',
      kind: 'ControllerRevision',
      metadata: {
        name: `${name}-${hash}`,
        ...(namespace !== undefined && { namespace }),
        labels: { ...template.metadata?.labels, [revisionLabel]: hash },
        ownerReferences: [ownerReference(owner)],
      },
      data: { spec: { template: copyOf(template) } },
      revision: newest + 1,
    })
  }
  if (same.revision === newest) return same
  return (
    store.update<ControllerRevision>('ControllerRevision', namespace, same.metadata.name, draft => {
      draft.revision = newest + 1
    }) ?? same
  )
}
