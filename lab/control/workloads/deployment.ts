// The Deployment controller: ReplicaSets by template, and the way from one to the next.
import type { VirtualClock } from '#lab/kernel/clock.ts'
import type { Store, StoreEvent } from '#lab/kernel/store.ts'
import { copyOf } from '#lab/kernel/data.ts'
import { delays, limits } from '#lab/control/delays.ts'
import { deleteObject } from '#lab/control/objects/deletion.ts'
import type { Sets } from './deployment-scale.ts'
import {
  desiredKey,
  recordScaled,
  scaleAll,
  scaleAnnotations,
  scaleNew,
  scaleOld,
  scaleTo,
  sizeOfNew,
  desiredReplicas,
} from './deployment-scale.ts'
import { isComplete, setDeploymentCondition, statusOf } from './deployment-status.ts'
import type { Deployment, FullPod, ReplicaSet } from '#lab/control/objects.ts'
import { claimed, controllerOf, owned, ownerReference } from './ownership.ts'
import { hasEnded, isTerminating, sameTemplate, templateHash } from '#lab/control/pods.ts'
import { isNamespaceTerminating } from './owned-pods.ts'
import type { Control, Controller, Queue } from '#lab/control/work-queue.ts'
import { keyOf, parts, workQueue } from '#lab/control/work-queue.ts'

const revisionKey = 'deployment.kubernetes.io/revision'

const revisionOf = (object: { metadata: { annotations?: Record<string, string> } }): number =>
  Number(object.metadata.annotations?.[revisionKey] ?? 0)

const created = (set: ReplicaSet): number => Date.parse(set.metadata.creationTimestamp ?? '')

class DeploymentController implements Controller {
  readonly #control: Control
  readonly #store: Store
  readonly #clock: VirtualClock
  readonly #queue: Queue

  constructor(control: Control) {
    this.#control = control
    this.#store = control.context.store
    this.#clock = control.context.clock
    this.#queue = workQueue(control, delays.reconcile, key => this.#reconcile(key))
  }

  on({ type, object }: StoreEvent): void {
    if (object.kind === 'Deployment' && type !== 'DELETED') this.#queue.add(keyOf(object))
    const owner = controllerOf(object)
    if (object.kind === 'ReplicaSet' && owner?.kind === 'Deployment')
      this.#queue.add(`${object.metadata.namespace}/${owner.name}`)
    // Recreate waits for the last old pod.
    if (object.kind === 'Pod' && type === 'DELETED' && owner?.kind === 'ReplicaSet') {
      const set = this.#store.get('ReplicaSet', object.metadata.namespace, owner.name)
      const deployment = set && controllerOf(set)
      if (deployment?.kind === 'Deployment')
        this.#queue.add(`${object.metadata.namespace}/${deployment.name}`)
    }
  }

  all(): void {
    for (const deployment of this.#store.list('Deployment')) this.#queue.add(keyOf(deployment))
  }

  #reconcile(key: string): void {
    const { namespace, name } = parts(key)
    const deployment = this.#store.get<Deployment>('Deployment', namespace, name)
    if (deployment === undefined) return
    const all = claimed<ReplicaSet>(
      this.#control,
      deployment,
      'ReplicaSet',
      deployment.spec.selector,
    ).toSorted((a, b) => created(a) - created(b) || revisionOf(a) - revisionOf(b))
    const sets = this.#split(deployment, all)
    if (isTerminating(deployment)) this.#writeStatus(deployment)
    else if (deployment.spec.paused === true || this.#isScaling(deployment, all)) {
      this.#markPaused(deployment)
      if (sets.current !== undefined) this.#syncRevision(deployment, sets)
      scaleAll(this.#control, deployment, sets)
      this.#writeStatus(deployment)
    } else {
      this.#markPaused(deployment)
      if (deployment.spec.strategy?.type === 'Recreate') this.#recreate(deployment, sets)
      else this.#roll(deployment, sets)
      this.#writeStatus(deployment)
    }
  }

  #split(deployment: Deployment, all: readonly ReplicaSet[]): Sets {
    const current = all.find(set => sameTemplate(set.spec.template, deployment.spec.template))
    return { ...(current !== undefined && { current }), old: all.filter(set => set !== current) }
  }

  /** The wish for replicas differs from the one that the active sets were last scaled for. */
  #isScaling(deployment: Deployment, all: readonly ReplicaSet[]): boolean {
    return all.some(set => {
      const before = set.metadata.annotations?.[desiredKey]
      return (
        (set.spec.replicas ?? 0) > 0 &&
        before !== undefined &&
        Number(before) !== desiredReplicas(deployment)
      )
    })
  }

  #roll(deployment: Deployment, before: Sets): void {
    const sets = this.#withCurrent(deployment, before)
    if (sets.current === undefined) return
    if (scaleNew(this.#control, deployment, sets)) return
    if (scaleOld(this.#control, deployment, sets)) return
    this.#cleanUp(deployment, sets)
  }

  #recreate(deployment: Deployment, sets: Sets): void {
    const shrinking = sets.old.filter(set => (set.spec.replicas ?? 0) > 0)
    for (const set of shrinking) scaleTo(this.#control, deployment, set, 0)
    if (shrinking.length > 0) return
    // Pods on their way out still run: the new ones wait until they are gone.
    const running = sets.old.some(set =>
      owned<FullPod>(this.#control, set, 'Pod').some(pod => !hasEnded(pod)),
    )
    if (running) return
    const complete = this.#withCurrent(deployment, sets)
    if (complete.current === undefined) return
    if (!scaleNew(this.#control, deployment, complete)) this.#cleanUp(deployment, complete)
  }

  /** Creates the missing ReplicaSet of the present template and maintains the revisions. */
  #withCurrent(deployment: Deployment, sets: Sets): Sets {
    const { namespace, name } = deployment.metadata
    if (sets.current !== undefined) {
      this.#syncRevision(deployment, sets)
      return {
        ...sets,
        current:
          this.#store.get<ReplicaSet>('ReplicaSet', namespace, sets.current.metadata.name) ??
          sets.current,
      }
    }
    if (isNamespaceTerminating(this.#control, namespace)) return sets
    const hash = templateHash(deployment.spec.template, deployment.status?.collisionCount ?? 0)
    if (this.#store.get('ReplicaSet', namespace, `${name}-${hash}`) !== undefined) {
      this.#store.update<Deployment>('Deployment', namespace, name, draft => {
        draft.status = { ...draft.status, collisionCount: (draft.status?.collisionCount ?? 0) + 1 }
      })
      return sets
    }
    const labels = { ...deployment.spec.template.metadata?.labels, 'pod-template-hash': hash }
    const { minReadySeconds } = deployment.spec
    const replicas = sizeOfNew(deployment, sets.old, 0)
    const revision = String(Math.max(0, ...sets.old.map(revisionOf)) + 1)
    const current = this.#store.create<ReplicaSet>({
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name: `${name}-${hash}`,
        ...(namespace !== undefined && { namespace }),
        labels,
        annotations: {
          ...this.#passedOn(deployment),
          ...scaleAnnotations(deployment),
          [revisionKey]: revision,
        },
        ownerReferences: [ownerReference(deployment)],
      },
      spec: {
        replicas,
        selector: {
          ...deployment.spec.selector,
          matchLabels: { ...deployment.spec.selector.matchLabels, 'pod-template-hash': hash },
        },
        template: {
          ...copyOf(deployment.spec.template),
          metadata: { ...deployment.spec.template.metadata, labels },
        },
        ...(minReadySeconds !== undefined && { minReadySeconds }),
      },
      status: { replicas: 0 },
    })
    if (replicas > 0) recordScaled(this.#control, deployment, current.metadata.name, 0, replicas)
    this.#store.update<Deployment>('Deployment', namespace, name, draft => {
      draft.metadata.annotations = { ...draft.metadata.annotations, [revisionKey]: revision }
      setDeploymentCondition(
        draft,
        {
          type: 'Progressing',
          status: 'True',
          reason: 'NewReplicaSetCreated',
          message: `Created new replica set "${current.metadata.name}"`,
        },
        this.#store.timestamp(),
      )
    })
    return { ...sets, current }
  }

  /** Annotations of a Deployment that its sets get. */
  #passedOn(deployment: Deployment): Record<string, string> {
    const {
      'kubectl.kubernetes.io/last-applied-configuration': _,
      [revisionKey]: __,
      ...passed
    } = deployment.metadata.annotations ?? {}
    return passed
  }

  #syncRevision(deployment: Deployment, sets: Sets): void {
    const { namespace, name } = deployment.metadata
    const { current } = sets
    if (current === undefined) return
    const revision = String(
      Math.max(revisionOf(current), Math.max(0, ...sets.old.map(revisionOf)) + 1),
    )
    this.#store.update<ReplicaSet>('ReplicaSet', namespace, current.metadata.name, draft => {
      draft.metadata.annotations = {
        ...draft.metadata.annotations,
        ...this.#passedOn(deployment),
        [revisionKey]: revision,
      }
    })
    this.#store.update<Deployment>('Deployment', namespace, name, draft => {
      draft.metadata.annotations = { ...draft.metadata.annotations, [revisionKey]: revision }
      if (draft.status?.conditions?.some(condition => condition.type === 'Progressing') !== true) {
        setDeploymentCondition(
          draft,
          {
            type: 'Progressing',
            status: 'True',
            reason: 'FoundNewReplicaSet',
            message: `Found new replica set "${current.metadata.name}"`,
          },
          this.#store.timestamp(),
        )
      }
    })
  }

  #markPaused(deployment: Deployment): void {
    const { namespace, name } = deployment.metadata
    const reason = deployment.status?.conditions?.find(
      condition => condition.type === 'Progressing',
    )?.reason
    if (reason === 'ProgressDeadlineExceeded') return
    const paused = deployment.spec.paused === true
    if (paused === (reason === 'DeploymentPaused')) return
    this.#store.update<Deployment>('Deployment', namespace, name, draft =>
      setDeploymentCondition(
        draft,
        {
          type: 'Progressing',
          status: 'Unknown',
          reason: paused ? 'DeploymentPaused' : 'DeploymentResumed',
          message: paused ? 'Deployment is paused' : 'Deployment is resumed',
        },
        this.#store.timestamp(),
      ),
    )
  }

  /** Earlier sets beyond the history's length go, once the rollout is complete. */
  #cleanUp(deployment: Deployment, sets: Sets): void {
    if (!isComplete(deployment, deployment.status ?? {})) return
    const idle = sets.old
      .filter(set => (set.spec.replicas ?? 0) === 0 && (set.status?.replicas ?? 0) === 0)
      .toSorted((a, b) => revisionOf(a) - revisionOf(b))
    for (const set of idle.slice(
      0,
      Math.max(0, idle.length - (deployment.spec.revisionHistoryLimit ?? limits.revisionHistory)),
    ))
      deleteObject(this.#control, set)
  }

  #writeStatus(of: Deployment): void {
    const { namespace, name } = of.metadata
    const deployment = this.#store.get<Deployment>('Deployment', namespace, name)
    if (deployment === undefined) return
    const { status, recheckIn } = statusOf(
      deployment,
      this.#split(deployment, owned<ReplicaSet>(this.#control, deployment, 'ReplicaSet')),
      this.#clock.now(),
      this.#store.timestamp(),
      of.metadata.generation ?? 1,
    )
    this.#store.update<Deployment>('Deployment', namespace, name, draft => {
      draft.status = status
    })
    if (recheckIn !== undefined) this.#queue.addAfter(keyOf(deployment), recheckIn)
  }
}

export const deploymentController = (control: Control): Controller =>
  new DeploymentController(control)
