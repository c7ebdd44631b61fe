// ControllerRevisions: the templates that a StatefulSet or DaemonSet has had, by the hash in their
// name.
import { copyOf } from '#lab/kernel/data.ts'
import type { ControllerRevision, KubeObject, Template } from '#lab/control/objects.ts'
import { owned, ownerReference } from './ownership.ts'
import { templateHash } from '#lab/control/pods.ts'
import type { Control } from '#lab/control/work-queue.ts'

/**
 * The revision of the present template; made where there is none, made the newest where it was an
 * earlier one.
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
      revision.metadata.labels?.['controller-revision-hash'] === hash ||
      revision.metadata.name === `${name}-${hash}`,
  )
  if (same === undefined) {
    return store.create<ControllerRevision>({
      apiVersion: 'apps/v1',
      kind: 'ControllerRevision',
      metadata: {
        name: `${name}-${hash}`,
        ...(namespace !== undefined && { namespace }),
        labels: { ...template.metadata?.labels, 'controller-revision-hash': hash },
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
