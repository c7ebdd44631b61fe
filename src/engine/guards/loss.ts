// What goes when a drill's faults have hit: pods, nodes and volumes, read from one snapshot.
import { nodes, pods, services, volumes } from '#helpers/kubernetes/questions.ts'
import {
  finished,
  isReady,
  selects,
  workloadKinds,
  workloadObject,
  workloadQuestions,
  workloadsIn,
  type WorkloadKind,
} from '#helpers/kubernetes/workloads.ts'
import {
  unknown,
  type Attempt,
  type Hit,
  type Pod,
  type Policy,
  type Question,
  type See,
  type Volume,
  type WorkloadObject,
} from '#src/model/index.ts'

/** The questions that everything here looks at. */
export const lossQuestions: readonly Question<unknown>[] = [
  nodes,
  pods,
  services,
  volumes,
  ...workloadQuestions,
]

/** All hits of an attempt. A fault that does not say what it hits leaves it unknown. */
export function hitsOf({ arrange, faults }: Pick<Attempt, 'arrange' | 'faults'>): readonly Hit[] {
  return [...arrange, ...faults].flatMap(
    fault => fault.hits ?? unknown(`the fault “${fault.name}” does not say what it hits`),
  )
}

/** Names of the nodes that serve nothing any more. */
export function nodesDown(hits: readonly Hit[], policy: Policy): ReadonlySet<string> {
  return new Set(
    hits.flatMap(hit => {
      if (hit.kind === 'vm' && hit.how === 'down')
        return policy.nodes.flatMap(node => (node.container === undefined ? [] : [node.name]))
      if (hit.kind !== 'node' || hit.how !== 'down') return []
      if (hit.by === 'name') return [hit.name]
      return policy.nodes.flatMap(node => (node.container?.name === hit.name ? [node.name] : []))
    }),
  )
}

/** Pods of the program that the cast knows by this name. */
function podsOfProgram(program: string, see: See, policy: Policy): readonly Pod[] {
  const { hanging, writing } = policy.cast
  if (hanging?.program === program)
    return podsOf(hanging.kind, hanging.namespace, hanging.name, see)
  const port = policy.ports.find(({ name }) => name === writing?.port)
  if (writing?.program !== program || port === undefined)
    return unknown(
      `no part of the policy's cast is the program ${program}: whose pod it is cannot be told`,
    )
  const service = see(services).find(
    ({ metadata }) => metadata.namespace === port.namespace && metadata.name === port.service,
  )
  const labels = Object.entries(service?.spec.selector ?? {})
  return see(pods).filter(
    pod =>
      labels.length > 0 &&
      pod.metadata.namespace === port.namespace &&
      labels.every(([key, value]) => pod.metadata.labels?.[key] === value),
  )
}

function podsOf(kind: WorkloadKind, namespace: string, name: string, see: See): readonly Pod[] {
  const object = workloadObject(see, kind, namespace, name)
  return object === undefined ? [] : see(pods).filter(pod => selects(object, pod))
}

/** Pods that end or answer nobody any more. */
export function podsLost(hits: readonly Hit[], see: See, policy: Policy): ReadonlySet<Pod> {
  const down = nodesDown(hits, policy)
  const byNode = see(pods).filter(pod => down.has(pod.spec.nodeName ?? '') && !finished(pod))
  const byName = hits.flatMap(hit => {
    if (hit.kind === 'program') return podsOfProgram(hit.program, see, policy)
    return hit.kind === 'workload' ? podsOf(hit.workload, hit.namespace, hit.name, see) : []
  })
  return new Set([...byNode, ...byName])
}

/** What a workload loses of its ready pods. */
export interface WorkloadLoss {
  /** `StatefulSet joelclaw/redis`. */
  readonly name: string
  readonly ready: number
  readonly lost: number
}

/** Every workload of the policy's namespaces that loses something, by kind and name. */
export function workloadLosses(
  lost: ReadonlySet<Pod>,
  see: See,
  policy: Policy,
): readonly WorkloadLoss[] {
  const all: readonly { kind: WorkloadKind; object: WorkloadObject }[] = policy.namespaces.flatMap(
    namespace => workloadsIn(see, namespace),
  )
  return all
    .map(({ kind, object }) => {
      const ready = see(pods).filter(pod => selects(object, pod) && isReady(pod))
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

/** Names of the nodes that a volume can be used on; undefined: on any. @source Kubernetes, volumes: nodeAffinity of local ones */
export function nodesOf(volume: Volume): readonly string[] | undefined {
  const affinity = volume.spec['nodeAffinity']
  const names = JSON.stringify(affinity ?? null).match(
    /"key":"kubernetes\.io\/hostname"[^}]*?"values":\[([^\]]*)\]/,
  )?.[1]
  return names === undefined
    ? undefined
    : [...names.matchAll(/"([^"]+)"/g)].map(match => match[1] ?? '')
}

/** Volumes in use that are on these nodes and on no others, with their claim as `<namespace>/<name>`. */
export const volumesOnlyOn = (
  down: ReadonlySet<string>,
  see: See,
): readonly { claim: string; volume: Volume }[] =>
  see(volumes).flatMap(volume => {
    const at = nodesOf(volume)
    const { claimRef } = volume.spec
    if (
      at === undefined ||
      at.length === 0 ||
      claimRef?.name === undefined ||
      !at.every(node => down.has(node))
    )
      return []
    return [{ claim: `${claimRef.namespace}/${claimRef.name}`, volume }]
  })

/** Claims that the lost pods use, with their volumes. */
export function claimsOf(
  lost: ReadonlySet<Pod>,
  see: See,
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
  return [...names]
    .toSorted()
    .map(claim => ({
      claim,
      volume: see(volumes).find(
        ({ spec: { claimRef } }) => `${claimRef?.namespace}/${claimRef?.name}` === claim,
      ),
    }))
}
