// The taints that follow from a node's status: cordoned, not ready, unreachable, under pressure.
import type { Store, StoreEvent } from '#lab/kernel/store.ts'
import { delays } from '#lab/control/delays.ts'
import type { Condition, FullNode } from '#lab/control/objects.ts'
import { conditionOf } from '#lab/control/pods.ts'
import { unschedulableTaint } from '#lab/control/scheduling/filters.ts'
import type { Control, Controller, Queue } from '#lab/control/work-queue.ts'
import { keyOf, workQueue } from '#lab/control/work-queue.ts'
import type { Taint } from '#src/model/kube.ts'

export const notReadyTaint = 'node.kubernetes.io/not-ready'
export const unreachableTaint = 'node.kubernetes.io/unreachable'

/**
 * Condition, status and the taint that follows.
 * @source Kubernetes default, Taints and Tolerations, taint nodes by condition
 */
const byCondition: readonly (readonly [string, string, string])[] = [
  ['Ready', 'False', notReadyTaint],
  ['Ready', 'Unknown', unreachableTaint],
  ['MemoryPressure', 'True', 'node.kubernetes.io/memory-pressure'],
  ['DiskPressure', 'True', 'node.kubernetes.io/disk-pressure'],
  ['NetworkUnavailable', 'True', 'node.kubernetes.io/network-unavailable'],
  ['PIDPressure', 'True', 'node.kubernetes.io/pid-pressure'],
]

const managed = new Set([unschedulableTaint, ...byCondition.map(([, , key]) => key)])

/** Keys of the NoSchedule taints that this controller wants on a node. */
export function wantedTaints(node: {
  spec?: { unschedulable?: boolean }
  status?: { conditions?: Condition[] }
}): string[] {
  const wanted = byCondition
    .filter(([type, status]) => conditionOf(node.status?.conditions, type)?.status === status)
    .map(([, , key]) => key)
  return node.spec?.unschedulable === true ? [...wanted, unschedulableTaint] : wanted
}

/** Adds and removes taints in one write. */
export function changeTaints(
  control: Control,
  node: string,
  add: readonly Taint[],
  drop: (taint: Taint) => boolean,
): void {
  const { store } = control.context
  const changed = (taints: readonly Taint[]) => {
    const kept = taints.filter(taint => !drop(taint))
    return {
      kept,
      missing: add.filter(
        taint => !kept.some(one => one.key === taint.key && one.effect === taint.effect),
      ),
    }
  }
  const present = store.get<FullNode>('Node', undefined, node)?.spec?.taints ?? []
  const { kept: staying, missing: coming } = changed(present)
  // The lifecycle controller calls this every few seconds, nearly always without a change.
  if (staying.length === present.length && coming.length === 0) return
  store.update<FullNode>('Node', undefined, node, draft => {
    const { kept, missing } = changed(draft.spec?.taints ?? [])
    const taints = [...kept, ...missing.map(taint => ({ ...taint, timeAdded: store.timestamp() }))]
    const { taints: _, ...rest } = draft.spec ?? {}
    draft.spec = taints.length > 0 ? { ...rest, taints } : rest
  })
}

class NodeTaintController implements Controller {
  readonly #store: Store
  readonly #adds: Queue
  readonly #removals: Queue

  constructor(control: Control) {
    this.#store = control.context.store
    this.#adds = workQueue(control, delays.taintAdd, name => {
      const node = this.#store.get<FullNode>('Node', undefined, name)
      if (node !== undefined)
        changeTaints(
          control,
          name,
          this.#missing(node).map(key => ({ key, effect: 'NoSchedule' })),
          () => false,
        )
    })
    this.#removals = workQueue(control, delays.taintRemove, name => {
      const node = this.#store.get<FullNode>('Node', undefined, name)
      if (node !== undefined) changeTaints(control, name, [], this.#surplus(node))
    })
  }

  on({ type, object }: StoreEvent): void {
    // The kind implies the type.
    if (object.kind === 'Node' && type !== 'DELETED') this.#enqueue(object as FullNode)
  }

  all(): void {
    for (const node of this.#store.list<FullNode>('Node')) this.#enqueue(node)
  }

  #missing(node: FullNode): string[] {
    return wantedTaints(node).filter(
      key =>
        !(node.spec?.taints ?? []).some(
          taint => taint.key === key && taint.effect === 'NoSchedule',
        ),
    )
  }

  #surplus(node: FullNode): (taint: Taint) => boolean {
    const wanted = wantedTaints(node)
    return (taint: Taint) =>
      taint.effect === 'NoSchedule' && managed.has(taint.key) && !wanted.includes(taint.key)
  }

  #enqueue(node: FullNode): void {
    if (this.#missing(node).length > 0) this.#adds.add(keyOf(node))
    if ((node.spec?.taints ?? []).some(this.#surplus(node))) this.#removals.add(keyOf(node))
  }
}

export const nodeTaints = (control: Control): Controller => new NodeTaintController(control)
