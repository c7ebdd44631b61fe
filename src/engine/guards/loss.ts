// What the faults of a drill take away: pods, nodes and volumes, from one snapshot.
import { nodes, pods, services, volumes } from '#src/kubernetes/questions/lists.ts'
import {
  finished,
  isReady,
  selects,
  workloadKinds,
  workloadObject,
  workloadQuestions,
  workloadsIn,
  type WorkloadKind,
} from '#src/kubernetes/questions/workloads.ts'
import {
  unknown,
  type Attempt,
  type Impact,
  type Node,
  type Pod,
  type Policy,
  type Question,
  type Answers,
  type Volume,
  type WorkloadObject,
} from '#src/model/index.ts'
import { selectsNode, volumeSelector } from './node-affinity.ts'

/** The questions behind everything in this file. */
export const lossQuestions: readonly Question<unknown>[] = [
  nodes,
  pods,
  services,
  volumes,
  ...workloadQuestions,
]

/** All impacts of an attempt. Unknown if one of its faults declares none. */
export function hitsOf({ setup, faults }: Pick<Attempt, 'setup' | 'faults'>): readonly Impact[] {
  return [...setup, ...faults].flatMap(
    fault => fault.impacts ?? unknown(`the fault “${fault.name}” does not declare its impacts`),
  )
}

/** Names of the nodes that no longer serve anything. */
export function nodesDown(impacts: readonly Impact[], policy: Policy): ReadonlySet<string> {
  return new Set(
    impacts.flatMap(impact => {
      if (impact.kind === 'vm' && impact.how === 'down')
        return policy.nodes.flatMap(node => (node.container === undefined ? [] : [node.name]))
      if (impact.kind !== 'node' || impact.how !== 'down') return []
      if (impact.by === 'name') return [impact.name]
      return policy.nodes.flatMap(node => (node.container?.name === impact.name ? [node.name] : []))
    }),
  )
}

/** Pods of a program that `drillTargets` of the policy names. */
function podsOfProgram(program: string, answers: Answers, policy: Policy): readonly Pod[] {
  const { hanging, writing } = policy.drillTargets
  if (hanging?.program === program)
    return podsOf(hanging.kind, hanging.namespace, hanging.name, answers)
  const port = policy.ports.find(({ name }) => name === writing?.port)
  if (writing?.program !== program || port === undefined)
    return unknown(`drillTargets does not name the program ${program}, so its pod is unknown`)
  const service = answers(services).find(
    ({ metadata }) => metadata.namespace === port.namespace && metadata.name === port.service,
  )
  const labels = Object.entries(service?.spec.selector ?? {})
  return answers(pods).filter(
    pod =>
      labels.length > 0 &&
      pod.metadata.namespace === port.namespace &&
      labels.every(([key, value]) => pod.metadata.labels?.[key] === value),
  )
}

function podsOf(
  kind: WorkloadKind,
  namespace: string,
  name: string,
  answers: Answers,
): readonly Pod[] {
  const object = workloadObject(answers, kind, namespace, name)
  return object === undefined ? [] : answers(pods).filter(pod => selects(object, pod))
}

/** Pods that end, or no longer answer. */
export function podsLost(
  impacts: readonly Impact[],
  answers: Answers,
  policy: Policy,
): ReadonlySet<Pod> {
  const down = nodesDown(impacts, policy)
  const byNode = answers(pods).filter(pod => down.has(pod.spec.nodeName ?? '') && !finished(pod))
  const byName = impacts.flatMap(impact => {
    if (impact.kind === 'program') return podsOfProgram(impact.program, answers, policy)
    return impact.kind === 'workload'
      ? podsOf(impact.workload, impact.namespace, impact.name, answers)
      : []
  })
  return new Set([...byNode, ...byName])
}

/** How many of its ready pods a workload loses. */
export interface WorkloadLoss {
  /** `StatefulSet joelclaw/redis`. */
  readonly name: string
  readonly ready: number
  readonly lost: number
}

/** Every workload in the policy's namespaces that loses pods, by kind and name. */
export function workloadLosses(
  lost: ReadonlySet<Pod>,
  answers: Answers,
  policy: Policy,
): readonly WorkloadLoss[] {
  const all: readonly { kind: WorkloadKind; object: WorkloadObject }[] = policy.namespaces.flatMap(
    namespace => workloadsIn(answers, namespace),
  )
  return all
    .map(({ kind, object }) => {
      const ready = answers(pods).filter(pod => selects(object, pod) && isReady(pod))
      return {
        kind,
        name: `${kind} ${object.metadata.namespace}/${object.metadata.name}`,
        ready: ready.length,
        lost: ready.filter(pod => lost.has(pod)).length,
      }
    })
    .filter(loss => loss.lost > 0)
    .toSorted(
      (a, b) =>
        workloadKinds.indexOf(a.kind) - workloadKinds.indexOf(b.kind) || (a.name < b.name ? -1 : 1),
    )
    .map(({ name, ready, lost: gone }) => ({ name, ready, lost: gone }))
}

/** Names of the nodes that can use a volume; undefined: all of them. */
function nodesOf({ spec }: Volume, all: readonly Node[]): readonly string[] | undefined {
  const selector = volumeSelector(spec['nodeAffinity'])
  return selector === undefined
    ? undefined
    : all.filter(node => selectsNode(selector, node)).map(({ metadata }) => metadata.name)
}

/** Volumes in use that only these nodes can use, each with its claim as `<namespace>/<name>`. */
export const volumesOnlyOn = (
  down: ReadonlySet<string>,
  answers: Answers,
): readonly { claim: string; volume: Volume }[] =>
  answers(volumes).flatMap(volume => {
    const at = nodesOf(volume, answers(nodes))
    const { claimRef } = volume.spec
    const isOnlyThere = at !== undefined && at.length > 0 && at.every(node => down.has(node))
    return claimRef?.name === undefined || !isOnlyThere
      ? []
      : [{ claim: `${claimRef.namespace}/${claimRef.name}`, volume }]
  })

/** Claims that the lost pods use, with their volumes. */
export function claimsOf(
  lost: ReadonlySet<Pod>,
  answers: Answers,
): readonly { claim: string; volume: Volume | undefined }[] {
  const names = new Set(
    [...lost].flatMap(pod =>
      (pod.spec.volumes ?? []).flatMap(({ persistentVolumeClaim }) =>
        persistentVolumeClaim === undefined
          ? []
          : [`${pod.metadata.namespace}/${persistentVolumeClaim.claimName}`],
      ),
    ),
  )
  return [...names].toSorted().map(claim => ({
    claim,
    volume: answers(volumes).find(
      ({ spec: { claimRef } }) => `${claimRef?.namespace}/${claimRef?.name}` === claim,
    ),
  }))
}
