// Evictions, and the budgets that forbid them.
import type { Store } from '#lab/kernel/store.ts'
import { deleteObject, readDeleteOptions } from '#lab/kube/delete.ts'
import type { JsonObject } from '#lab/kube/patch/json.ts'
import { asJson, at, listAt, mapAt, numberAt, objectAt, textAt } from '#lab/kube/patch/json.ts'
import { builtinKind } from './kinds.ts'
import { getObject } from '#lab/kube/read.ts'
import { labelSelector } from '#lab/kube/selectors.ts'
import { conflict, Refusal } from '#lab/kube/messages/status.ts'

const isReady = (pod: JsonObject): boolean =>
  listAt(pod, 'status', 'conditions').some(
    entry => entry['type'] === 'Ready' && entry['status'] === 'True',
  )
const isGoing = (pod: JsonObject): boolean =>
  textAt(pod, 'metadata', 'deletionTimestamp') !== undefined
const finished = (pod: JsonObject): boolean =>
  ['Succeeded', 'Failed'].includes(textAt(pod, 'status', 'phase') ?? '')

/**
 * Pods that a budget's selector should have: what their controllers want, or the pods themselves
 * where there is none.
 */
function expectedPods(store: Store, pods: readonly JsonObject[]): number {
  const owners = new Map<string, number>()
  let bare = 0
  for (const pod of pods) {
    const owner = listAt(pod, 'metadata', 'ownerReferences').find(
      reference => reference['controller'] === true,
    )
    const kind = textAt(owner, 'kind')
    const found =
      kind === undefined
        ? undefined
        : store.get(kind, textAt(pod, 'metadata', 'namespace'), textAt(owner, 'name') ?? '')
    if (found === undefined) bare += 1
    else owners.set(textAt(owner, 'uid') ?? '', numberAt(asJson(found), 'spec', 'replicas') ?? 0)
  }
  return [...owners.values()].reduce((sum, replicas) => sum + replicas, bare)
}

/**
 * `3` or `25%`; percentages round up. @source Kubernetes documentation, Specifying a Disruption
 * Budget: rounding
 */
function countOf(value: unknown, of: number): number {
  if (typeof value === 'number') return value
  return typeof value === 'string' && value.endsWith('%')
    ? Math.ceil((Number(value.slice(0, -1)) * of) / 100)
    : 0
}

/**
 * How a budget stands now, from the pods themselves: no controller has to have been there first.
 */
function budgetOf(
  store: Store,
  budget: JsonObject,
): { needs: number; healthy: number; allowed: number; expected: number } {
  const selects = labelSelector(at(budget, 'spec', 'selector'))
  const pods = store
    .list('Pod', textAt(budget, 'metadata', 'namespace'))
    .map(asJson)
    .filter(pod => selects(mapAt(pod, 'metadata', 'labels')) && !finished(pod))
  const most = at(budget, 'spec', 'maxUnavailable')
  const least = at(budget, 'spec', 'minAvailable')
  const healthy = pods.filter(pod => isReady(pod) && !isGoing(pod)).length
  const plain = typeof least === 'number'
  const expected = plain ? pods.length : expectedPods(store, pods)
  const needs =
    most === undefined
      ? countOf(least ?? 1, expected)
      : Math.max(0, expected - countOf(most, expected))
  return { needs, healthy, expected, allowed: expected > 0 ? Math.max(0, healthy - needs) : 0 }
}

function forbidden(budget: JsonObject, standing: { needs: number; healthy: number }): Refusal {
  const name = textAt(budget, 'metadata', 'name') ?? ''
  return new Refusal(
    429,
    'TooManyRequests',
    "Cannot evict pod as it would violate the pod's disruption budget.",
    {
      causes: [
        {
          reason: 'DisruptionBudget',
          message: `The disruption budget ${name} needs ${standing.needs} healthy pods and has ${standing.healthy} currently`,
        },
      ],
    },
  )
}

/** Whether a budget lets this pod go. */
function lets(store: Store, budget: JsonObject, pod: JsonObject): void {
  const standing = budgetOf(store, budget)
  if (!isReady(pod)) {
    // A pod that serves nobody may go when the others suffice. @source Kubernetes documentation,
    // unhealthyPodEvictionPolicy
    if (textAt(budget, 'spec', 'unhealthyPodEvictionPolicy') === 'AlwaysAllow') return
    if (standing.healthy >= standing.needs && standing.needs > 0) return
  }
  if (standing.allowed < 1) throw forbidden(budget, standing)
}

/**
 * Evicts a pod: a deletion that asks the budgets first. 429 when one forbids it, 500 when several
 * speak.
 */
export function evictPod(
  store: Store,
  now: number,
  namespace: string,
  name: string,
  eviction: JsonObject,
  query: URLSearchParams,
): void {
  const pods = builtinKind('Pod')!
  const pod = getObject(store, pods, namespace, name)
  const asked = readDeleteOptions(objectAt(eviction, 'deleteOptions'), new URLSearchParams())
  const options = { ...asked, dryRun: asked.dryRun === true || query.get('dryRun') === 'All' }
  const uid = options.preconditions?.uid
  if (uid !== undefined && uid !== textAt(pod, 'metadata', 'uid')) {
    throw conflict(
      pods,
      name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${textAt(pod, 'metadata', 'uid') ?? ''}`,
    )
  }
  // Nothing is disturbed by ending what has ended, is ending, or has not begun.
  const free = finished(pod) || isGoing(pod) || textAt(pod, 'status', 'phase') === 'Pending'
  if (!free) {
    const labels = mapAt(pod, 'metadata', 'labels')
    const budgets = store
      .list('PodDisruptionBudget', namespace)
      .map(asJson)
      .filter(budget => labelSelector(at(budget, 'spec', 'selector'))(labels))
    if (budgets.length > 1)
      throw new Refusal(
        500,
        'InternalError',
        'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
      )
    const [budget] = budgets
    if (budget !== undefined) lets(store, budget, pod)
  }
  deleteObject(store, now, pods, namespace, name, options)
}
