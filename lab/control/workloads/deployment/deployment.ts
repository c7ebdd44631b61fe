// The Deployment controller: one ReplicaSet per template, and the rollout from one to the next.
import type { Store, StoreEvent } from '#lab/kernel/store.ts'
import { delays, limits } from '#lab/control/delays.ts'
import type { Deployment, FullPod, ReplicaSet } from '#lab/control/objects.ts'
import { deleteObject } from '#lab/control/objects/deletion.ts'
import { updateObject } from '#lab/control/objects/update.ts'
import { hasEnded, isTerminating } from '#lab/control/pods.ts'
import type { Control, Controller, Queue } from '#lab/control/work-queue.ts'
import { keyOf, parts, workQueue } from '#lab/control/work-queue.ts'
import { conditionIn, isComplete, setProgressing } from './progress.ts'
import type { Sets } from './scale.ts'
import { desiredKey, desiredReplicas, scaleNew, scaleOld, scaleTo } from './scale.ts'
import { revisionOf, setsOf, syncRevision, withCurrent } from './sets.ts'
import { statusOf } from './status.ts'
import { claimed, controllerOf, owned } from '#lab/control/workloads/ownership.ts'
import { scaleAll } from './scale-all.ts'

const created = (set: ReplicaSet): number => Date.parse(set.metadata.creationTimestamp ?? '')

class DeploymentController implements Controller {
  readonly #control: Control
  readonly #store: Store
  readonly #queue: Queue

  constructor(control: Control) {
    this.#control = control
    this.#store = control.context.store
    this.#queue = workQueue(control, delays.reconcile, key => this.#reconcile(key))
  }

  on({ type, object }: StoreEvent): void {
    if (object.kind === 'Deployment' && type !== 'DELETED') this.#queue.add(keyOf(object))
    const owner = controllerOf(object)
    if (object.kind === 'ReplicaSet' && owner?.kind === 'Deployment')
      this.#queue.add(`${object.metadata.namespace}/${owner.name}`)
    // Strategy Recreate waits for the last old pod.
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
    const { selector } = deployment.spec
    const all = claimed<ReplicaSet>(this.#control, deployment, 'ReplicaSet', selector).toSorted(
      (a, b) => created(a) - created(b) || revisionOf(a) - revisionOf(b),
    )
    const sets = setsOf(deployment, all)
    if (!isTerminating(deployment)) {
      this.#reportPause(deployment)
      if (deployment.spec.paused === true || isRescaled(deployment, all)) {
        if (sets.current !== undefined) syncRevision(this.#control, deployment, sets)
        scaleAll(this.#control, deployment, sets)
      } else if (deployment.spec.strategy?.type === 'Recreate') this.#recreate(deployment, sets)
      else this.#roll(deployment, sets)
    }
    this.#writeStatus(deployment)
  }

  #roll(deployment: Deployment, before: Sets): void {
    const sets = withCurrent(this.#control, deployment, before)
    if (sets.current === undefined) return
    if (scaleNew(this.#control, deployment, sets)) return
    if (scaleOld(this.#control, deployment, sets)) return
    this.#cleanUp(deployment, sets)
  }

  #recreate(deployment: Deployment, before: Sets): void {
    const shrinking = before.old.filter(set => (set.spec.replicas ?? 0) > 0)
    for (const set of shrinking) scaleTo(this.#control, deployment, set, 0)
    if (shrinking.length > 0) return
    // Terminating pods still run: the new ones wait until they are gone.
    const running = before.old.some(set =>
      owned<FullPod>(this.#control, set, 'Pod').some(pod => !hasEnded(pod)),
    )
    if (running) return
    const sets = withCurrent(this.#control, deployment, before)
    if (sets.current === undefined) return
    if (!scaleNew(this.#control, deployment, sets)) this.#cleanUp(deployment, sets)
  }

  #reportPause(deployment: Deployment): void {
    const reason = conditionIn(deployment.status, 'Progressing')?.reason
    if (reason === 'ProgressDeadlineExceeded') return
    const paused = deployment.spec.paused === true
    if (paused === (reason === 'DeploymentPaused')) return
    const now = this.#store.timestamp()
    updateObject(this.#control, deployment, draft =>
      paused
        ? setProgressing(draft, 'Unknown', 'DeploymentPaused', 'Deployment is paused', now)
        : setProgressing(draft, 'Unknown', 'DeploymentResumed', 'Deployment is resumed', now),
    )
  }

  /** Once the rollout is complete, deletes the earlier sets that the history has no room for. */
  #cleanUp(deployment: Deployment, sets: Sets): void {
    if (!isComplete(deployment, deployment.status ?? {})) return
    const idle = sets.old
      .filter(set => (set.spec.replicas ?? 0) === 0 && (set.status?.replicas ?? 0) === 0)
      .toSorted((a, b) => revisionOf(a) - revisionOf(b))
    const kept = deployment.spec.revisionHistoryLimit ?? limits.revisionHistory
    for (const set of idle.slice(0, Math.max(0, idle.length - kept)))
      deleteObject(this.#control, set)
  }

  #writeStatus(of: Deployment): void {
    const { namespace, name } = of.metadata
    const deployment = this.#store.get<Deployment>('Deployment', namespace, name)
    if (deployment === undefined) return
    const { status, recheckIn } = statusOf(
      deployment,
      setsOf(deployment, owned<ReplicaSet>(this.#control, deployment, 'ReplicaSet')),
      this.#control.context.clock.now(),
      this.#store.timestamp(),
      of.metadata.generation ?? 1,
    )
    updateObject(this.#control, deployment, draft => {
      draft.status = status
    })
    if (recheckIn !== undefined) this.#queue.addAfter(keyOf(deployment), recheckIn)
  }
}

export const deploymentController = (control: Control): Controller =>
  new DeploymentController(control)

/** Whether the desired replicas differ from those that the active sets were last scaled for. */
const isRescaled = (deployment: Deployment, all: readonly ReplicaSet[]): boolean =>
  all.some(set => {
    const before = set.metadata.annotations?.[desiredKey]
    return (
      (set.spec.replicas ?? 0) > 0 &&
      before !== undefined &&
      Number(before) !== desiredReplicas(deployment)
    )
  })
