// The pods of a DaemonSet: how they are made, which node each belongs to, and which nodes take one.
import type {
  DaemonSet,
  FullPod,
  Node,
  NodeSelectorTerm,
  Toleration,
} from '#lab/control/objects.ts'
import { podFrom } from '#lab/control/pods.ts'
import { fitsAffinity, tolerates } from '#lab/control/scheduling/filters.ts'
import { revisionLabel } from './revisions.ts'

/** @source Kubernetes default, DaemonSet, taints and tolerations */
const daemonTolerations = (hostNetwork: boolean): Toleration[] => [
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
  ...[
    'disk-pressure',
    'memory-pressure',
    'pid-pressure',
    'unschedulable',
    ...(hostNetwork ? ['network-unavailable'] : []),
  ].map(name => ({ key: `node.kubernetes.io/${name}`, operator: 'Exists', effect: 'NoSchedule' })),
]

const affinityTerms = (pod: FullPod): NodeSelectorTerm[] | undefined =>
  pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms

/** The node that a pod of a DaemonSet runs on or is meant for. */
export function nodeOf(pod: FullPod): string | undefined {
  if (pod.spec.nodeName !== undefined) return pod.spec.nodeName
  return (affinityTerms(pod) ?? [])
    .flatMap(term => term.matchFields ?? [])
    .find(field => field.key === 'metadata.name')?.values?.[0]
}

/** The pod of a DaemonSet for a node. An affinity to the node's name has the scheduler bind it. */
export function daemonPod(set: DaemonSet, node: string, hash: string, name: string): FullPod {
  return podFrom(set.spec.template, set, { name, generateName: `${set.metadata.name}-` }, pod => {
    pod.metadata.labels = {
      ...pod.metadata.labels,
      [revisionLabel]: hash,
      'pod-template-generation': String(set.metadata.generation ?? 1),
    }
    const byName = { matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }
    const nodeSelectorTerms = affinityTerms(pod)?.map(term => ({ ...term, ...byName })) ?? [byName]
    pod.spec.affinity = {
      ...pod.spec.affinity,
      nodeAffinity: {
        ...pod.spec.affinity?.nodeAffinity,
        requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms },
      },
    }
    pod.spec.tolerations = [
      ...(pod.spec.tolerations ?? []),
      ...daemonTolerations(pod.spec.hostNetwork === true),
    ]
  })
}

/** Whether a node should start a pod of the set, and whether a pod that runs there may stay. */
export function eligibility(set: DaemonSet, node: Node): { run: boolean; stay: boolean } {
  const pod = daemonPod(set, node.metadata.name, '', set.metadata.name)
  if (!fitsAffinity(pod, node)) return { run: false, stay: false }
  const untolerated = (node.spec?.taints ?? []).filter(
    taint => !tolerates(pod.spec.tolerations, taint),
  )
  return {
    run: !untolerated.some(taint => taint.effect === 'NoSchedule' || taint.effect === 'NoExecute'),
    stay: !untolerated.some(taint => taint.effect === 'NoExecute'),
  }
}
