// The simplest kubelet for the tests of this folder: it renews its Lease, and starts and ends pods
// after fixed times.
import type { LabContext } from '#lab/kernel/world.ts'
import type { Lease, Node } from '#src/model/kube.ts'
import { kubeletReady } from './fixture-objects.ts'
import type { FullPod } from './objects.ts'
import { hasEnded, setPodCondition } from './pods.ts'

/** What becomes of a started pod. `running`: it never becomes ready. */
export type Fate = 'ready' | 'running' | 'succeeded' | 'failed' | 'nothing'

/** The world as the kubelets see it. */
interface Surroundings {
  readonly context: LabContext
  readonly api: { readonly serving: boolean }
  /** Nodes whose kubelet runs. */
  readonly kubelets: ReadonlySet<string>
  readonly fate: (pod: FullPod) => Fate
}

/**
 * ms from binding to running, from running to ready, from the deletion to the end, and between
 * renewals of the Lease.
 * @source measured on a v1.35 node
 */
const delays = { start: 1400, ready: 1000, end: 800, renew: 10_000 }

/** Keeps the Lease of a node renewed, and the node ready. */
export function keepRenewing(world: Surroundings, node: string): void {
  const { clock, store } = world.context
  clock.after(delays.renew, () => keepRenewing(world, node))
  if (!world.kubelets.has(node) || !world.api.serving) return
  store.update<Lease>('Lease', 'kube-node-lease', node, draft => {
    draft.spec = { ...draft.spec, renewTime: store.microTimestamp() }
  })
  store.update<Node>('Node', undefined, node, draft => {
    const ready = draft.status?.conditions?.find(condition => condition.type === 'Ready')
    if (ready?.status === 'Unknown')
      Object.assign(ready, {
        status: 'True',
        ...kubeletReady,
        lastTransitionTime: store.timestamp(),
      })
  })
}

/** Starts the pods that are bound to a node, and ends those that are deleted. */
export function runPods(world: Surroundings): void {
  const { clock, store } = world.context
  let address = 1
  store.subscribe(({ type, object, before }) => {
    if (object.kind !== 'Pod' || type === 'DELETED') return
    // The kind implies the type.
    const pod = object as FullPod
    const was = before as FullPod | undefined
    if (pod.spec.nodeName !== undefined && was?.spec.nodeName === undefined)
      clock.after(delays.start, () => startPod(world, pod, () => `10.244.0.${address++}`))
    if (
      pod.metadata.deletionTimestamp !== undefined &&
      was?.metadata.deletionTimestamp === undefined &&
      pod.spec.nodeName !== undefined
    )
      clock.after(delays.end / 2, () => endPod(world, pod))
  })
}

/** Whether the pod still exists and its kubelet runs. */
function isManaged({ context, kubelets }: Surroundings, pod: FullPod): boolean {
  const { namespace, name, uid } = pod.metadata
  return (
    kubelets.has(pod.spec.nodeName ?? '') &&
    context.store.get('Pod', namespace, name)?.metadata.uid === uid
  )
}

function change(world: Surroundings, pod: FullPod, edit: (draft: FullPod) => void): void {
  const { namespace, name } = pod.metadata
  if (isManaged(world, pod)) world.context.store.update<FullPod>('Pod', namespace, name, edit)
}

function startPod(world: Surroundings, pod: FullPod, nextAddress: () => string): void {
  const { clock, store } = world.context
  const fate = world.fate(pod)
  if (fate === 'nothing') return
  change(world, pod, draft => {
    draft.status = {
      ...draft.status,
      phase: 'Running',
      podIP: nextAddress(),
      containerStatuses: draft.spec.containers.map(({ name }) => ({
        name,
        ready: false,
        restartCount: 0,
      })),
    }
    const unready = { type: 'Ready', status: 'False', reason: 'ContainersNotReady' }
    setPodCondition(draft, unready, store.timestamp())
  })
  if (fate === 'running') return
  clock.after(delays.ready, () =>
    change(world, pod, draft => {
      if (hasEnded(draft)) return
      if (fate === 'ready')
        setPodCondition(draft, { type: 'Ready', status: 'True' }, store.timestamp())
      else draft.status = { ...draft.status, phase: fate === 'succeeded' ? 'Succeeded' : 'Failed' }
    }),
  )
}

function endPod(world: Surroundings, pod: FullPod): void {
  const { clock, store } = world.context
  change(world, pod, draft => {
    draft.status = { ...draft.status, phase: 'Failed' }
    const unready = { type: 'Ready', status: 'False', reason: 'PodFailed' }
    setPodCondition(draft, unready, store.timestamp())
  })
  clock.after(delays.end / 2, () => {
    if (isManaged(world, pod)) store.remove('Pod', pod.metadata.namespace, pod.metadata.name)
  })
}
