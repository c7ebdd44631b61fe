// The tables of workloads.
import { humanDuration, since } from '#lab/kube/messages/duration-text.ts'
import type { JsonObject } from '#lab/kube/patch/json.ts'
import { at, listAt, mapAt, numberAt, textAt } from '#lab/kube/patch/json.ts'
import type { Column, Printer } from './table-column.ts'
import {
  age,
  column,
  containersText,
  integers,
  labelsText,
  name,
  nameOf,
  selectorText,
  texts,
  wide,
} from './table-column.ts'

const count = (object: JsonObject, field: string): number => numberAt(object, 'status', field) ?? 0
const wanted = (object: JsonObject): number => numberAt(object, 'spec', 'replicas') ?? 1
const template = (object: JsonObject): [string, string] =>
  containersText(at(object, 'spec', 'template', 'spec'))
const selector = (object: JsonObject): string => selectorText(at(object, 'spec', 'selector'))

const inside: readonly Column[] = [wide('Containers'), wide('Images')]
const insideAndSelector: readonly Column[] = [...inside, wide('Selector')]

function completions(job: JsonObject): string {
  const succeeded = count(job, 'succeeded')
  const wants = numberAt(job, 'spec', 'completions')
  if (wants !== undefined) return `${succeeded}/${wants}`
  const parallel = numberAt(job, 'spec', 'parallelism') ?? 1
  return parallel > 1 ? `${succeeded}/1 of ${parallel}` : `${succeeded}/1`
}

function duration(job: JsonObject, now: number): string {
  const [start, end] = [textAt(job, 'status', 'startTime'), textAt(job, 'status', 'completionTime')]
  if (start === undefined) return ''
  return humanDuration((end === undefined ? now : Date.parse(end)) - Date.parse(start))
}

function jobStatus(job: JsonObject): string {
  const isTrue = (type: string): boolean =>
    listAt(job, 'status', 'conditions').some(
      each => each['type'] === type && each['status'] === 'True',
    )
  if (isTrue('Complete')) return 'Complete'
  if (isTrue('Failed')) return 'Failed'
  if (textAt(job, 'metadata', 'deletionTimestamp') !== undefined) return 'Terminating'
  if (isTrue('Suspended')) return 'Suspended'
  if (isTrue('FailureTarget')) return 'FailureTarget'
  return isTrue('SuccessCriteriaMet') ? 'SuccessCriteriaMet' : 'Running'
}

/** The owner that controls an object: `statefulset.apps/db`. */
function controllerOf(object: JsonObject): string {
  const owner = listAt(object, 'metadata', 'ownerReferences').find(
    each => each['controller'] === true,
  )
  if (owner === undefined) return '<none>'
  const kind = (textAt(owner, 'kind') ?? '').toLowerCase()
  const [group, version] = (textAt(owner, 'apiVersion') ?? '').split('/')
  return `${version === undefined ? kind : `${kind}.${group}`}/${textAt(owner, 'name')}`
}

/** @source Kubernetes v1.35, printers: columns by kind */
export const workloadPrinters: Readonly<Record<string, Printer>> = {
  Deployment: {
    columns: [
      name,
      column('Ready'),
      column('Up-to-date'),
      column('Available'),
      age,
      ...insideAndSelector,
    ],
    cells: (object, { ageOf }) => [
      nameOf(object),
      `${count(object, 'readyReplicas')}/${wanted(object)}`,
      String(count(object, 'updatedReplicas')),
      String(count(object, 'availableReplicas')),
      ageOf(object),
      ...template(object),
      selector(object),
    ],
  },
  ReplicaSet: {
    columns: [name, ...integers('Desired', 'Current', 'Ready'), age, ...insideAndSelector],
    cells: (object, { ageOf }) => [
      nameOf(object),
      wanted(object),
      count(object, 'replicas'),
      count(object, 'readyReplicas'),
      ageOf(object),
      ...template(object),
      selector(object),
    ],
  },
  StatefulSet: {
    columns: [name, column('Ready'), age, ...inside],
    cells: (object, { ageOf }) => [
      nameOf(object),
      `${count(object, 'readyReplicas')}/${wanted(object)}`,
      ageOf(object),
      ...template(object),
    ],
  },
  DaemonSet: {
    columns: [
      name,
      ...integers('Desired', 'Current', 'Ready', 'Up-to-date', 'Available'),
      column('Node Selector'),
      age,
      ...insideAndSelector,
    ],
    cells: (object, { ageOf }) => [
      nameOf(object),
      ...[
        'desiredNumberScheduled',
        'currentNumberScheduled',
        'numberReady',
        'updatedNumberScheduled',
        'numberAvailable',
      ].map(field => count(object, field)),
      labelsText(mapAt(object, 'spec', 'template', 'spec', 'nodeSelector')),
      ageOf(object),
      ...template(object),
      selector(object),
    ],
  },
  Job: {
    columns: [name, ...texts('Status', 'Completions', 'Duration'), age, ...insideAndSelector],
    cells: (object, { now, ageOf }) => [
      nameOf(object),
      jobStatus(object),
      completions(object),
      duration(object, now),
      ageOf(object),
      ...template(object),
      selector(object),
    ],
  },
  CronJob: {
    columns: [
      name,
      ...texts('Schedule', 'Timezone', 'Suspend'),
      column('Active', 'integer'),
      column('Last Schedule'),
      age,
      ...insideAndSelector,
    ],
    cells: (object, { now, ageOf }) => {
      const last = textAt(object, 'status', 'lastScheduleTime')
      return [
        nameOf(object),
        textAt(object, 'spec', 'schedule') ?? '',
        textAt(object, 'spec', 'timeZone') ?? '<none>',
        at(object, 'spec', 'suspend') === true ? 'True' : 'False',
        listAt(object, 'status', 'active').length,
        last === undefined ? '<none>' : since(last, now),
        ageOf(object),
        ...containersText(at(object, 'spec', 'jobTemplate', 'spec', 'template', 'spec')),
        selectorText(at(object, 'spec', 'jobTemplate', 'spec', 'selector')),
      ]
    },
  },
  ControllerRevision: {
    columns: [name, column('Controller'), column('Revision', 'integer'), age],
    cells: (object, { ageOf }) => [
      nameOf(object),
      controllerOf(object),
      numberAt(object, 'revision') ?? 0,
      ageOf(object),
    ],
  },
  PodDisruptionBudget: {
    columns: [
      name,
      ...texts('Min Available', 'Max Unavailable'),
      column('Allowed Disruptions', 'integer'),
      age,
    ],
    cells: (object, { ageOf }) => {
      const shown = (field: string): string | number =>
        textAt(object, 'spec', field) ?? numberAt(object, 'spec', field) ?? 'N/A'
      return [
        nameOf(object),
        shown('minAvailable'),
        shown('maxUnavailable'),
        count(object, 'disruptionsAllowed'),
        ageOf(object),
      ]
    },
  },
}
