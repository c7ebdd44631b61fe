// A machine's kubelet: starts after the machine, corrects the stale pod statuses in the API, and
// follows the pods bound to its node.
import type { Pod } from '#src/model/kube.ts'
import { forgetRecorded } from '#lab/control/events/events.ts'
import type { StoreEvent } from '#lab/kernel/store.ts'
import type { KubeletState, PodRun } from './state.ts'
import { containersOf, draw, later } from './state.ts'
import { delays } from '#lab/node/delays.ts'
import { endPod, graceOf, removeObject } from './ending.ts'
import { registerNode, taintControlPlane } from './node-registration.ts'
import { keepLease, loopNodeStatus, reportNode } from './node-status.ts'
import { startProbes } from './probes.ts'
import { newRun } from './pod-run.ts'
import { nodeEvent, flushWrites, writeOrQueue, writeStatus } from './status-reporter.ts'
import { syncPod, probeListener } from './sync-pod.ts'

/** Starts the kubelet of a machine that has just started. */
export function bootKubelet(kubelet: KubeletState): void {
  later(kubelet, delays.kubeletStarts, () => begin(kubelet))
}

/** Runs once the API is reachable; checks every second. */
function withApi(kubelet: KubeletState, run: () => void): void {
  if (kubelet.shared.apiUp(kubelet)) run()
  else later(kubelet, delays.syncTick, () => withApi(kubelet, run))
}

function begin(kubelet: KubeletState): void {
  withApi(kubelet, () => {
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: kubelet.machine.node } }
    const { context } = kubelet.shared
    kubelet.phase = 'starting'
    kubelet.lastUnschedulable = false
    forgetRecorded(context, 'kubelet', kubelet.machine.node)
    nodeEvent(kubelet, node, 'Normal', 'Starting', 'Starting kubelet.')
    registerNode(kubelet)
    keepLease(kubelet)
    later(kubelet, delays.taintReturns, () =>
      writeOrQueue(kubelet, () => taintControlPlane(kubelet)),
    )
    later(kubelet, delays.kubeletEnforces, () =>
      nodeEvent(
        kubelet,
        node,
        'Normal',
        'NodeAllocatableEnforced',
        'Updated Node Allocatable limit across pods',
      ),
    )
    later(kubelet, delays.kubeletReports, () =>
      withApi(kubelet, () => {
        reportNode(kubelet, true)
        loopNodeStatus(kubelet)
      }),
    )
    later(kubelet, delays.kubeletCorrects, () => withApi(kubelet, () => firstSync(kubelet)))
  })
}

/** The kubelet's first pass over its pods after a start: every earlier container is dead. */
function firstSync(kubelet: KubeletState): void {
  kubelet.phase = 'up'
  const pods = assignedPods(kubelet)
  const known = new Set(pods.map(pod => pod.metadata.uid))
  for (const uid of kubelet.pods.keys()) if (!known.has(uid)) kubelet.pods.delete(uid)
  for (const pod of pods) {
    const run = kubelet.pods.get(pod.metadata.uid ?? '') ?? newRun(kubelet, pod)
    kubelet.pods.set(run.uid, run)
    run.pod = pod
    admitPod(kubelet, run, true)
  }
}

const assignedPods = (kubelet: KubeletState): Pod[] =>
  kubelet.shared.context.store
    .list<Pod>('Pod')
    .filter(pod => pod.spec.nodeName === kubelet.machine.node)

/** Starts the work on a pod. `anew`: the kubelet itself has just started. */
function admitPod(kubelet: KubeletState, run: PodRun, anew: boolean): void {
  if (run.pod.metadata.deletionTimestamp !== undefined) {
    endPod(kubelet, run, { graceMs: graceOf(run.pod), write: true })
    return
  }
  if (run.done || run.unknown) return
  writeStatus(kubelet, run)
  startProbes(kubelet, run, probeListener(kubelet), anew)
  later(kubelet, anew ? delays.kubeletRevives + kubelet.random.integer(0, 25) : 0, () =>
    syncPod(kubelet, run),
  )
}

/** Handles a change of one of the node's pods in the API. */
export function podChanged(kubelet: KubeletState, event: StoreEvent): void {
  if (kubelet.phase !== 'up' || !kubelet.shared.apiUp(kubelet)) return
  const { uid, deletionTimestamp, name, namespace } = event.object.metadata
  const run = kubelet.pods.get(uid ?? '')
  if (event.type === 'DELETED') {
    if (run !== undefined)
      later(kubelet, draw(kubelet, delays.watch), () => podRemoved(kubelet, run))
    return
  }
  if (run !== undefined && (deletionTimestamp === undefined || run.ending !== undefined)) {
    // The kubelet's own writes come back this way: it only remembers the latest version. The kind
    // implies the type.
    run.pod = event.object as Pod
    if (run.ending !== undefined && graceOf(run.pod) < run.ending.graceMs)
      later(kubelet, draw(kubelet, delays.watch), () =>
        endPod(kubelet, run, { graceMs: graceOf(run.pod), write: true }),
      )
    if (run.removable) later(kubelet, draw(kubelet, delays.watch), () => removeObject(kubelet, run))
    return
  }
  later(kubelet, draw(kubelet, delays.watch), () => {
    const pod = kubelet.shared.context.store.get<Pod>('Pod', namespace, name)
    if (kubelet.phase === 'up' && pod !== undefined && pod.metadata.uid === uid)
      podAdded(kubelet, pod)
  })
}

function podAdded(kubelet: KubeletState, pod: Pod): void {
  const known = kubelet.pods.get(pod.metadata.uid ?? '')
  if (known === undefined) {
    const run = newRun(kubelet, pod)
    kubelet.pods.set(run.uid, run)
    admitPod(kubelet, run, false)
    return
  }
  known.pod = pod
  if (pod.metadata.deletionTimestamp !== undefined)
    endPod(kubelet, known, { graceMs: graceOf(pod), write: true })
}

/**
 * Stops the containers of a pod whose object was deleted.
 * @source Kubernetes default: at least 1 s of grace
 */
function podRemoved(kubelet: KubeletState, run: PodRun): void {
  if (run.removable) kubelet.pods.delete(run.uid)
  if (kubelet.pods.has(run.uid))
    endPod(kubelet, run, {
      graceMs: Math.max(
        1000,
        run.pod.metadata.deletionGracePeriodSeconds === 0 ? 0 : graceOf(run.pod),
      ),
      write: false,
    })
}

/** The API is reachable again: performs the queued writes and handles what changed meanwhile. */
export function resync(kubelet: KubeletState): void {
  flushWrites(kubelet)
  if (kubelet.phase !== 'up') return
  const pods = new Map(assignedPods(kubelet).map(pod => [pod.metadata.uid ?? '', pod]))
  for (const run of kubelet.pods.values()) {
    const pod = pods.get(run.uid)
    if (pod === undefined) {
      podRemoved(kubelet, run)
      continue
    }
    run.pod = pod
    const over =
      run.done ||
      (run.ending?.killing === true &&
        containersOf(run).every(each => each.state.kind !== 'running'))
    if (run.dirty) writeStatus(kubelet, run, over)
    if (run.removable) removeObject(kubelet, run)
  }
  for (const pod of pods.values()) {
    const run = kubelet.pods.get(pod.metadata.uid ?? '')
    if (
      run === undefined ||
      (pod.metadata.deletionTimestamp !== undefined && run.ending === undefined)
    )
      podAdded(kubelet, pod)
    else syncPod(kubelet, run)
  }
}
