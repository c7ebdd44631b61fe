// The table of pods, whose status column sums up all containers.
import { humanDuration } from '#lab/kube/messages/duration-text.ts'
import type { Json, JsonObject } from '#lab/kube/patch/json.ts'
import { at, listAt, numberAt, textAt } from '#lab/kube/patch/json.ts'
import type { Printer } from './table-column.ts'
import { age, name, nameOf, texts, wide } from './table-column.ts'

/** The cells that the statuses of the containers give. */
interface Summary {
  reason: string
  ready: number
  restarts: number
  lastRestart: number
}

const finishedAt = (status: JsonObject): number => {
  const text = textAt(status, 'lastState', 'terminated', 'finishedAt')
  return text === undefined ? 0 : Date.parse(text)
}

const endOf = (terminated: Json | undefined): string => {
  const reason = textAt(terminated, 'reason') ?? ''
  if (reason !== '') return reason
  const signal = numberAt(terminated, 'signal') ?? 0
  return signal === 0 ? `ExitCode:${numberAt(terminated, 'exitCode') ?? 0}` : `Signal:${signal}`
}

/** Whether an init container is a sidecar. */
const isSidecar = (spec: JsonObject, of: string): boolean =>
  listAt(spec, 'initContainers').some(
    each => each['name'] === of && each['restartPolicy'] === 'Always',
  )

/** Adds the init containers, in place. Returns whether the pod still initializes. */
function addInitContainers(pod: JsonObject, summary: Summary): boolean {
  const spec = at(pod, 'spec') as JsonObject
  const all = listAt(pod, 'status', 'initContainerStatuses')
  for (const [index, status] of all.entries()) {
    const state = at(status, 'state')
    const sidecar = isSidecar(spec, textAt(status, 'name') ?? '')
    summary.restarts += numberAt(status, 'restartCount') ?? 0
    summary.lastRestart = Math.max(summary.lastRestart, finishedAt(status))
    const terminated = at(state, 'terminated')
    if (terminated !== undefined && numberAt(terminated, 'exitCode') === 0) continue
    if (sidecar && status['started'] === true) {
      if (status['ready'] === true) summary.ready += 1
      continue
    }
    const waiting = textAt(state, 'waiting', 'reason') ?? ''
    if (terminated !== undefined) summary.reason = `Init:${endOf(terminated)}`
    else if (waiting !== '' && waiting !== 'PodInitializing') summary.reason = `Init:${waiting}`
    else summary.reason = `Init:${index}/${listAt(spec, 'initContainers').length}`
    return true
  }
  return false
}

/** Adds the containers, in place. */
function addContainers(pod: JsonObject, summary: Summary): void {
  let running = false
  for (const status of listAt(pod, 'status', 'containerStatuses').toReversed()) {
    summary.restarts += numberAt(status, 'restartCount') ?? 0
    summary.lastRestart = Math.max(summary.lastRestart, finishedAt(status))
    const waiting = textAt(status, 'state', 'waiting', 'reason') ?? ''
    const terminated = at(status, 'state', 'terminated')
    if (waiting !== '') summary.reason = waiting
    else if (terminated !== undefined) summary.reason = endOf(terminated)
    else if (status['ready'] === true && at(status, 'state', 'running') !== undefined) {
      running = true
      summary.ready += 1
    }
  }
  const isReady = listAt(pod, 'status', 'conditions').some(
    each => each['type'] === 'Ready' && each['status'] === 'True',
  )
  if (summary.reason === 'Completed' && running) summary.reason = isReady ? 'Running' : 'NotReady'
}

/** Status, readiness and restarts of a pod. @source Kubernetes v1.35, printers: printPod */
function summaryOf(pod: JsonObject): Summary {
  const summary: Summary = {
    reason: textAt(pod, 'status', 'reason') || (textAt(pod, 'status', 'phase') ?? ''),
    ready: 0,
    restarts: 0,
    lastRestart: 0,
  }
  if (
    listAt(pod, 'status', 'conditions').some(
      each => each['type'] === 'PodScheduled' && each['reason'] === 'SchedulingGated',
    )
  )
    summary.reason = 'SchedulingGated'
  if (!addInitContainers(pod, summary)) addContainers(pod, summary)
  if (textAt(pod, 'metadata', 'deletionTimestamp') === undefined) return summary
  if (textAt(pod, 'status', 'reason') === 'NodeLost') summary.reason = 'Unknown'
  else if (!['Failed', 'Succeeded'].includes(textAt(pod, 'status', 'phase') ?? ''))
    summary.reason = 'Terminating'
  return summary
}

const orNone = (text: string | undefined): string =>
  text === undefined || text === '' ? '<none>' : text

/** @source Kubernetes v1.35, printers: columns of pods */
export const podPrinter: Printer = {
  columns: [
    name,
    ...texts('Ready', 'Status', 'Restarts'),
    age,
    wide('IP'),
    wide('Node'),
    wide('Nominated Node'),
    wide('Readiness Gates'),
  ],
  cells: (pod, { now, ageOf }) => {
    const summary = summaryOf(pod)
    const total =
      listAt(pod, 'spec', 'containers').length +
      listAt(pod, 'spec', 'initContainers').filter(each => each['restartPolicy'] === 'Always')
        .length
    const restarts =
      summary.restarts > 0 && summary.lastRestart > 0
        ? `${summary.restarts} (${humanDuration(now - summary.lastRestart)} ago)`
        : String(summary.restarts)
    return [
      nameOf(pod),
      `${summary.ready}/${total}`,
      summary.reason,
      restarts,
      ageOf(pod),
      orNone(textAt(pod, 'status', 'podIP')),
      orNone(textAt(pod, 'spec', 'nodeName')),
      orNone(textAt(pod, 'status', 'nominatedNodeName')),
      '<none>',
    ]
  },
}
