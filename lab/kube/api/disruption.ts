// Evictions, and the budgets that forbid them.
import type { Store } from '#lab/kernel/store.ts'
import { conflict, Refusal } from '#lab/kube/messages/status.ts'
import type { JsonObject } from '#lab/kube/patch/json.ts'
import { asJson, at, listAt, mapAt, numberAt, objectAt, textAt } from '#lab/kube/patch/json.ts'
import { labelSelector } from '#lab/kube/read/label-selector.ts'
import { getObject } from '#lab/kube/read/read.ts'
import type { Server, Target } from '#lab/kube/server.ts'
import { deleteObject } from '#lab/kube/write/delete.ts'
import { readDeleteOptions } from '#lab/kube/write/delete-options.ts'

const isReady = (pod: JsonObject): boolean =>
  listAt(pod, 'status', 'conditions').some(
    entry => entry['type'] === 'Ready' && entry['status'] === 'True',
  )
const isDeleting = (pod: JsonObject): boolean =>
  textAt(pod, 'metadata', 'deletionTimestamp') !== undefined
const isFinished = (pod: JsonObject): boolean =>
  ['Succeeded', 'Failed'].includes(textAt(pod, 'status', 'phase') ?? '')

/**
 * Number of pods that a budget's selector should match: the replicas of their controllers, and the
 * pods without a controller.
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
 * The number behind `3` or `25%`. Percentages round up. @source Kubernetes documentation,
 * Specifying a Disruption Budget: rounding
 */
function countOf(value: unknown, of: number): number {
  if (typeof value === 'number') return value
  return typeof value === 'string' && value.endsWith('%')
    ? Math.ceil((Number(value.slice(0, -1)) * of) / 100)
    : 0
}

/** How many pods a budget needs and has. */
interface Standing {
  needs: number
  healthy: number
  allowed: number
}

/** How a budget stands now. It counts the pods itself, so it needs no controller. */
function standingOf(store: Store, budget: JsonObject): Standing {
  const selects = labelSelector(at(budget, 'spec', 'selector'))
  const pods = store
    .list('Pod', textAt(budget, 'metadata', 'namespace'))
    .map(asJson)
    .filter(pod => selects(mapAt(pod, 'metadata', 'labels')) && !isFinished(pod))
  const most = at(budget, 'spec', 'maxUnavailable')
  const least = at(budget, 'spec', 'minAvailable')
  const healthy = pods.filter(pod => isReady(pod) && !isDeleting(pod)).length
  const plain = typeof least === 'number'
  const expected = plain ? pods.length : expectedPods(store, pods)
  const needs =
    most === undefined
      ? countOf(least ?? 1, expected)
      : Math.max(0, expected - countOf(most, expected))
  return { needs, healthy, allowed: expected > 0 ? Math.max(0, healthy - needs) : 0 }
}

function forbidden(budget: JsonObject, { needs, healthy }: Standing): Refusal {
  const name = textAt(budget, 'metadata', 'name') ?? ''
  return new Refusal(
    429,
    'TooManyRequests',
    "Cannot evict pod as it would violate the pod's disruption budget.",
    {
      causes: [
        {
          reason: 'DisruptionBudget',
          message:
            `The disruption budget ${name} needs ${needs} healthy pods and has ${healthy} ` +
            'currently',
        },
      ],
    },
  )
}

/** Refuses the eviction of a pod that a budget does not allow. */
function checkBudget(store: Store, budget: JsonObject, pod: JsonObject): void {
  const standing = standingOf(store, budget)
  if (!isReady(pod)) {
    // A pod that serves no request may go if the others suffice. @source Kubernetes documentation,
    // unhealthyPodEvictionPolicy
    if (textAt(budget, 'spec', 'unhealthyPodEvictionPolicy') === 'AlwaysAllow') return
    if (standing.healthy >= standing.needs && standing.needs > 0) return
  }
  if (standing.allowed < 1) throw forbidden(budget, standing)
}

/** The budget of a pod. 500 if it has several. */
function budgetOf(store: Store, pod: JsonObject): JsonObject | undefined {
  const labels = mapAt(pod, 'metadata', 'labels')
  const [budget, ...others] = store
    .list('PodDisruptionBudget', textAt(pod, 'metadata', 'namespace'))
    .map(asJson)
    .filter(entry => labelSelector(at(entry, 'spec', 'selector'))(labels))
  if (others.length === 0) return budget
  throw new Refusal(
    500,
    'InternalError',
    'This pod has more than one PodDisruptionBudget, which the eviction subresource does not ' +
      'support.',
  )
}

/** Deletes a pod if its budget allows that. 429 if not, 500 if the pod has several budgets. */
export function evictPod(server: Server, target: Target, eviction: JsonObject): void {
  const { store, clock } = server.context
  const { kind, namespace, name, writing } = target
  const pod = getObject(store, kind, namespace, name)
  const asked = readDeleteOptions(objectAt(eviction, 'deleteOptions'), new URLSearchParams())
  const wantedUid = asked.preconditions?.uid
  const uid = textAt(pod, 'metadata', 'uid') ?? ''
  if (wantedUid !== undefined && wantedUid !== uid)
    throw conflict(
      kind,
      name,
      `Precondition failed: UID in precondition: ${wantedUid}, UID in object meta: ${uid}`,
    )
  // The removal of a pod that has ended, is ending or has not started disrupts no service.
  const isFree = isFinished(pod) || isDeleting(pod) || textAt(pod, 'status', 'phase') === 'Pending'
  const budget = isFree ? undefined : budgetOf(store, pod)
  if (budget !== undefined) checkBudget(store, budget, pod)
  const dryRun = asked.dryRun === true || writing.dryRun
  deleteObject(store, clock.now(), kind, namespace, name, { ...asked, dryRun })
}
