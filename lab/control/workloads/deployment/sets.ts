// The ReplicaSets of a Deployment: which is the current one, how it is created, and the revisions.
import { copyOf } from '#lab/kernel/data.ts'
import type { Deployment, ReplicaSet } from '#lab/control/objects.ts'
import { updateObject } from '#lab/control/objects/update.ts'
import { sameTemplate, templateHash } from '#lab/control/templates.ts'
import type { Control } from '#lab/control/work-queue.ts'
import { recordScaled, scaleAnnotations, sizeOfNew, type Sets } from './scale.ts'
import { setProgressing } from './progress.ts'
import { isNamespaceTerminating } from '#lab/control/workloads/owned-pods.ts'
import { ownerReference } from '#lab/control/workloads/ownership.ts'

const revisionKey = 'deployment.kubernetes.io/revision'

/** The revision in an object's annotations; 0 if it has none. */
export const revisionOf = (object: {
  metadata: { annotations?: Record<string, string> }
}): number => Number(object.metadata.annotations?.[revisionKey] ?? 0)

const nextRevision = (old: readonly ReplicaSet[]): number => Math.max(0, ...old.map(revisionOf)) + 1

/** Separates the set of the present template from the earlier ones. */
export function setsOf(deployment: Deployment, all: readonly ReplicaSet[]): Sets {
  const current = all.find(set => sameTemplate(set.spec.template, deployment.spec.template))
  return { ...(current !== undefined && { current }), old: all.filter(set => set !== current) }
}

/**
 * Updates the revision of the current set, or creates the set if there is none. The result still
 * lacks a current set if the namespace is being deleted or the name is taken.
 */
export function withCurrent(control: Control, deployment: Deployment, sets: Sets): Sets {
  const { store } = control.context
  const { namespace, name } = deployment.metadata
  if (sets.current !== undefined) {
    syncRevision(control, deployment, sets)
    const current = store.get<ReplicaSet>('ReplicaSet', namespace, sets.current.metadata.name)
    return { ...sets, current: current ?? sets.current }
  }
  if (isNamespaceTerminating(control, namespace)) return sets
  const hash = templateHash(deployment.spec.template, deployment.status?.collisionCount ?? 0)
  if (store.get('ReplicaSet', namespace, `${name}-${hash}`) !== undefined) {
    updateObject(control, deployment, draft => {
      draft.status = { ...draft.status, collisionCount: (draft.status?.collisionCount ?? 0) + 1 }
    })
    return sets
  }
  return { ...sets, current: createSet(control, deployment, sets.old, hash) }
}

function createSet(
  control: Control,
  deployment: Deployment,
  old: readonly ReplicaSet[],
  hash: string,
): ReplicaSet {
  const { store } = control.context
  const replicas = sizeOfNew(deployment, old, 0)
  const revision = String(nextRevision(old))
  const set = store.create(newSet(deployment, hash, replicas, revision))
  if (replicas > 0) recordScaled(control, deployment, set.metadata.name, 0, replicas)
  updateObject(control, deployment, draft => {
    draft.metadata.annotations = { ...draft.metadata.annotations, [revisionKey]: revision }
    const message = `Created new replica set "${set.metadata.name}"`
    setProgressing(draft, 'True', 'NewReplicaSetCreated', message, store.timestamp())
  })
  return set
}

function newSet(
  deployment: Deployment,
  hash: string,
  replicas: number,
  revision: string,
): ReplicaSet {
  const { namespace, name } = deployment.metadata
  const { selector, template, minReadySeconds } = deployment.spec
  const labels = { ...template.metadata?.labels, 'pod-template-hash': hash }
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${name}-${hash}`,
      ...(namespace !== undefined && { namespace }),
      labels,
      annotations: {
        ...inheritedAnnotations(deployment),
        ...scaleAnnotations(deployment),
        [revisionKey]: revision,
      },
      ownerReferences: [ownerReference(deployment)],
    },
    spec: {
      replicas,
      selector: {
        ...selector,
        matchLabels: { ...selector.matchLabels, 'pod-template-hash': hash },
      },
      template: { ...copyOf(template), metadata: { ...template.metadata, labels } },
      ...(minReadySeconds !== undefined && { minReadySeconds }),
    },
    status: { replicas: 0 },
  }
}

/** The annotations of a Deployment that its sets inherit. */
function inheritedAnnotations(deployment: Deployment): Record<string, string> {
  const {
    'kubectl.kubernetes.io/last-applied-configuration': _,
    [revisionKey]: __,
    ...inherited
  } = deployment.metadata.annotations ?? {}
  return inherited
}

/** Gives the current set the highest revision, and writes it to the Deployment too. */
export function syncRevision(
  control: Control,
  deployment: Deployment,
  { current, old }: Sets,
): void {
  if (current === undefined) return
  const revision = String(Math.max(revisionOf(current), nextRevision(old)))
  updateObject(control, current, draft => {
    draft.metadata.annotations = {
      ...draft.metadata.annotations,
      ...inheritedAnnotations(deployment),
      [revisionKey]: revision,
    }
  })
  updateObject(control, deployment, draft => {
    draft.metadata.annotations = { ...draft.metadata.annotations, [revisionKey]: revision }
    if (draft.status?.conditions?.some(condition => condition.type === 'Progressing') === true)
      return
    const message = `Found new replica set "${current.metadata.name}"`
    const now = control.context.store.timestamp()
    setProgressing(draft, 'True', 'FoundNewReplicaSet', message, now)
  })
}
