// Pods in a table: the status column is a story of its own.
import { humanDuration } from '#lab/kube/messages/duration-text.ts'
import type { Json, JsonObject } from '#lab/kube/patch/json.ts'
import { at, listAt, numberAt, textAt } from '#lab/kube/patch/json.ts'
import type { Printer } from './table-column.ts'
import { age, name, nameOf, texts, wide } from './table-column.ts'

interface Told {
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

/** A sidecar: an init container that stays. */
const stays = (spec: JsonObject, of: string): boolean =>
  listAt(spec, 'initContainers').some(
    each => each['name'] === of && each['restartPolicy'] === 'Always',
  )

/** What the init containers say, and whether the pod is still with them. */
function initTold(pod: JsonObject, told: Told): boolean {
  const spec = at(pod, 'spec') as JsonObject
  const all = listAt(pod, 'status', 'initContainerStatuses')
  for (const [index, status] of all.entries()) {
    const state = at(status, 'state')
    const sidecar = stays(spec, textAt(status, 'name') ?? '')
    told.restarts += numberAt(status, 'restartCount') ?? 0
    told.lastRestart = Math.max(told.lastRestart, finishedAt(status))
    const terminated = at(state, 'terminated')
    if (terminated !== undefined && numberAt(terminated, 'exitCode') === 0) continue
    if (sidecar && status['started'] === true) {
      if (status['ready'] === true) told.ready += 1
      continue
    }
    const waiting = textAt(state, 'waiting', 'reason') ?? ''
    if (terminated !== undefined) told.reason = `Init:${endOf(terminated)}`
    else if (waiting !== '' && waiting !== 'PodInitializing') told.reason = `Init:${waiting}`
    else told.reason = `Init:${index}/${listAt(spec, 'initContainers').length}`
    return true
  }
  return false
}

function mainTold(pod: JsonObject, told: Told): void {
  let running = false
  for (const status of listAt(pod, 'status', 'containerStatuses').toReversed()) {
    told.restarts += numberAt(status, 'restartCount') ?? 0
    told.lastRestart = Math.max(told.lastRestart, finishedAt(status))
    const waiting = textAt(status, 'state', 'waiting', 'reason') ?? ''
    const terminated = at(status, 'state', 'terminated')
    if (waiting !== '') told.reason = waiting
    else if (terminated !== undefined) told.reason = endOf(terminated)
    else if (status['ready'] === true && at(status, 'state', 'running') !== undefined) {
      running = true
      told.ready += 1
    }
  }
  const isReady = listAt(pod, 'status', 'conditions').some(
    each => each['type'] === 'Ready' && each['status'] === 'True',
  )
  if (told.reason === 'Completed' && running) told.reason = isReady ? 'Running' : 'NotReady'
}

/** Status, readiness and restarts of a pod. @source Kubernetes v1.35, printers: printPod */
function toldOf(pod: JsonObject): Told {
  const told: Told = {
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
    told.reason = 'SchedulingGated'
  if (!initTold(pod, told)) mainTold(pod, told)
  if (textAt(pod, 'metadata', 'deletionTimestamp') === undefined) return told
  if (textAt(pod, 'status', 'reason') === 'NodeLost') told.reason = 'Unknown'
  else if (!['Failed', 'Succeeded'].includes(textAt(pod, 'status', 'phase') ?? ''))
    told.reason = 'Terminating'
  return told
}

const orNone = (text: string | undefined): string =>
  text === undefined || text === '' ? '<none>' : text

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
    const told = toldOf(pod)
    const total =
      listAt(pod, 'spec', 'containers').length +
      listAt(pod, 'spec', 'initContainers').filter(each => each['restartPolicy'] === 'Always')
        .length
    const restarts =
      told.restarts > 0 && told.lastRestart > 0
        ? `${told.restarts} (${humanDuration(now - told.lastRestart)} ago)`
        : String(told.restarts)
    return [
      nameOf(pod),
      `${told.ready}/${total}`,
      told.reason,
      restarts,
      ageOf(pod),
      orNone(textAt(pod, 'status', 'podIP')),
      orNone(textAt(pod, 'spec', 'nodeName')),
      orNone(textAt(pod, 'status', 'nominatedNodeName')),
      '<none>',
    ]
  },
}
