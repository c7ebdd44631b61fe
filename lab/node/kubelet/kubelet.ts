// A machine's kubelet: comes up after a start, corrects what the API says of its pods, and follows
// what is bound to its node.
import type { Pod } from '#src/model/kube.ts'
import { forgetRecorded } from '#lab/control/events.ts'
import type { StoreEvent } from '#lab/kernel/store.ts'
import type { Box, PodRun } from '#lab/node/containers/box.ts'
import { containersOf, draw, later } from '#lab/node/containers/box.ts'
import { delays } from '#lab/node/delays.ts'
import { endPod, graceOf, removeObject } from './ending.ts'
import {
  keepLease,
  loopNodeStatus,
  registerNode,
  reportNode,
  taintControlPlane,
} from './node-status.ts'
import { startProbes } from './probes.ts'
import { newRun } from './run.ts'
import { nodeEvent, speakUp, tell, writeStatus } from '#lab/node/voice.ts'
import { look, probeListener } from './worker.ts'

/** The machine has started: its kubelet comes up by and by. */
export function bootKubelet(box: Box): void {
  later(box, delays.kubeletStarts, () => begin(box))
}

/** Runs once an API can be reached; asks every second until then. */
function withApi(box: Box, run: () => void): void {
  if (box.inside.apiUp(box)) run()
  else later(box, delays.syncTick, () => withApi(box, run))
}

function begin(box: Box): void {
  withApi(box, () => {
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: box.machine.node } }
    const { ground } = box.inside
    box.kubelet = 'starting'
    box.lastUnschedulable = false
    forgetRecorded(ground, 'kubelet', box.machine.node)
    nodeEvent(box, node, 'Normal', 'Starting', 'Starting kubelet.')
    registerNode(box)
    keepLease(box)
    later(box, delays.taintReturns, () => tell(box, () => taintControlPlane(box)))
    later(box, delays.kubeletEnforces, () =>
      nodeEvent(
        box,
        node,
        'Normal',
        'NodeAllocatableEnforced',
        'Updated Node Allocatable limit across pods',
      ),
    )
    later(box, delays.kubeletReports, () =>
      withApi(box, () => {
        reportNode(box, true)
        loopNodeStatus(box)
      }),
    )
    later(box, delays.kubeletCorrects, () => withApi(box, () => takeUp(box)))
  })
}

/**
 * The kubelet looks for the first time at what should run here: everything that ran before is dead.
 */
function takeUp(box: Box): void {
  box.kubelet = 'up'
  const pods = podsHere(box)
  const known = new Set(pods.map(pod => pod.metadata.uid))
  for (const uid of box.pods.keys()) if (!known.has(uid)) box.pods.delete(uid)
  for (const pod of pods) {
    const run = box.pods.get(pod.metadata.uid ?? '') ?? newRun(box, pod)
    box.pods.set(run.uid, run)
    run.pod = pod
    introduce(box, run, true)
  }
}

const podsHere = (box: Box): Pod[] =>
  box.inside.ground.store.list<Pod>('Pod').filter(pod => pod.spec.nodeName === box.machine.node)

/** A pod's first moment with this kubelet. `anew`: the kubelet itself has just started. */
function introduce(box: Box, run: PodRun, anew: boolean): void {
  if (run.pod.metadata.deletionTimestamp !== undefined) {
    endPod(box, run, { graceMs: graceOf(run.pod), write: true })
    return
  }
  if (run.done || run.unknown) return
  writeStatus(box, run)
  startProbes(box, run, probeListener(box), anew)
  later(box, anew ? delays.kubeletRevives + box.random.integer(0, 25) : 0, () => look(box, run))
}

/** A Pod of this node changed in the API. */
export function podChanged(box: Box, event: StoreEvent): void {
  if (box.kubelet !== 'up' || !box.inside.apiUp(box)) return
  const { uid, deletionTimestamp, name, namespace } = event.object.metadata
  const run = box.pods.get(uid ?? '')
  if (event.type === 'DELETED') {
    if (run !== undefined) later(box, draw(box, delays.watch), () => vanished(box, run))
    return
  }
  if (run !== undefined && (deletionTimestamp === undefined || run.ending !== undefined)) {
    // The kubelet's own writes come back this way: nothing to do but to remember the newest.
    // A kind's objects in the store have that kind's type.
    run.pod = event.object as Pod
    if (run.ending !== undefined && graceOf(run.pod) < run.ending.graceMs)
      later(box, draw(box, delays.watch), () =>
        endPod(box, run, { graceMs: graceOf(run.pod), write: true }),
      )
    if (run.removable) later(box, draw(box, delays.watch), () => removeObject(box, run))
    return
  }
  later(box, draw(box, delays.watch), () => {
    const pod = box.inside.ground.store.get<Pod>('Pod', namespace, name)
    if (box.kubelet === 'up' && pod !== undefined && pod.metadata.uid === uid) meet(box, pod)
  })
}

function meet(box: Box, pod: Pod): void {
  const known = box.pods.get(pod.metadata.uid ?? '')
  if (known === undefined) {
    const run = newRun(box, pod)
    box.pods.set(run.uid, run)
    introduce(box, run, false)
    return
  }
  known.pod = pod
  if (pod.metadata.deletionTimestamp !== undefined)
    endPod(box, known, { graceMs: graceOf(pod), write: true })
}

/**
 * The object is gone while its containers run: they are cleaned up. @source Kubernetes default: at
 * least 1 s of grace
 */
function vanished(box: Box, run: PodRun): void {
  if (run.removable) box.pods.delete(run.uid)
  if (box.pods.has(run.uid))
    endPod(box, run, {
      graceMs: Math.max(
        1000,
        run.pod.metadata.deletionGracePeriodSeconds === 0 ? 0 : graceOf(run.pod),
      ),
      write: false,
    })
}

/** The API is back: what was held is said, and what happened meanwhile is caught up with. */
export function catchUp(box: Box): void {
  speakUp(box)
  if (box.kubelet !== 'up') return
  const pods = new Map(podsHere(box).map(pod => [pod.metadata.uid ?? '', pod]))
  for (const run of box.pods.values()) {
    const pod = pods.get(run.uid)
    if (pod === undefined) {
      vanished(box, run)
      continue
    }
    run.pod = pod
    const over =
      run.done ||
      (run.ending?.killing === true &&
        containersOf(run).every(each => each.state.kind !== 'running'))
    if (run.dirty) writeStatus(box, run, over)
    if (run.removable) removeObject(box, run)
  }
  for (const pod of pods.values()) {
    const run = box.pods.get(pod.metadata.uid ?? '')
    if (
      run === undefined ||
      (pod.metadata.deletionTimestamp !== undefined && run.ending === undefined)
    )
      meet(box, pod)
    else look(box, run)
  }
}
