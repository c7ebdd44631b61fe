// Placement: pods find a place on the nodes that there are, leave it when a node is drained, and
// say what they need.
import {
  placeOf,
  invariant,
  verify,
  type Finding,
  type PodDisruptionBudget,
  type Policy,
  type WorkloadObject,
} from '#helpers/index.ts'
import { budgets, deployments, inNamespace, statefulSets } from '#helpers/kubernetes/questions.ts'
import {
  containersOf,
  inWords,
  items,
  matches,
  ownNamespaces,
  podTemplates,
  templateOf,
  templateQuestions,
} from '#helpers/kubernetes/templates.ts'
import { replicasOf, toleratesAny } from '#helpers/kubernetes/workloads.ts'

/** The taint that Talos and kubeadm put on control planes. @source Kubernetes, well-known taints */
const taint = { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' } as const

/**
 * The taint stays, and there is no node without it: whatever does not tolerate it has no place at
 * all.
 */
const mustTolerate = (policy: Policy): boolean =>
  policy.taints.controlPlane === 'tolerate' &&
  !policy.taints.tolerated.includes(taint.key) &&
  policy.nodes.every(({ role }) => role === 'control-plane')

export const templatesTolerateTheControlPlane = invariant({
  name: 'templates-tolerate-the-control-plane',
  title: 'every pod template tolerates the taint of the control plane, where every node has it',
  reason:
    'the taint is there again after each restart of a node, and a pod that does not tolerate it has no place anywhere',
  subjects: policy => (mustTolerate(policy) ? ownNamespaces(policy) : []),
  observe: policy => (mustTolerate(policy) ? templateQuestions : []),
  judge: ({ namespace }, answers) =>
    podTemplates(answers, namespace)
      .filter(
        ({ spec }) =>
          !toleratesAny(
            items(spec.tolerations).map(([toleration]) => toleration),
            taint,
          ),
      )
      .map(({ object, id, path, spec }) => ({
        code: `not-tolerated:${id}`,
        seen: `${object.kind} ${namespace}/${object.metadata.name} does not tolerate ${taint.key}:${taint.effect}`,
        expected: 'every pod template tolerates it',
        remedy: `add a toleration with key ${taint.key}, operator Exists and effect ${taint.effect} to its pod template`,
        at: placeOf(object, [...path, 'tolerations']),
        // A list that is there has an author, an order and comments.
        ...((spec.tolerations ?? []).length === 0
          ? { change: { to: [{ key: taint.key, operator: 'Exists', effect: taint.effect }] } }
          : {}),
      })),
})

/**
 * A number or a share of the replicas, rounded up as the disruption controller does. @source
 * Kubernetes, disruption budgets: rounding
 */
const amount = (value: number | string, replicas: number): number =>
  typeof value === 'string' && value.endsWith('%')
    ? Math.ceil((replicas * Number.parseFloat(value)) / 100)
    : Number(value)

/** Pods of a workload that a budget lets go at one time. */
function letsGo(
  { spec }: PodDisruptionBudget,
  replicas: number,
): { pods: number; by: 'minAvailable' | 'maxUnavailable' } {
  if (spec.maxUnavailable !== undefined)
    return { pods: Math.min(replicas, amount(spec.maxUnavailable, replicas)), by: 'maxUnavailable' }
  return { pods: replicas - amount(spec.minAvailable ?? 1, replicas), by: 'minAvailable' }
}

const rounded = (object: WorkloadObject): number => replicasOf(object) ?? 1

export const budgetsLetNodesDrain = invariant({
  name: 'budgets-let-nodes-drain',
  title: 'every PodDisruptionBudget lets at least one pod go',
  reason:
    'kubectl drain waits without end for a pod that its budget never lets go, and the upgrade of the node stops half-way',
  subjects: policy => (policy.manifests.drains ? ownNamespaces(policy) : []),
  observe: policy => (policy.manifests.drains ? [budgets, deployments, statefulSets] : []),
  judge: ({ namespace }, answers) =>
    inNamespace(answers(budgets), namespace).flatMap((budget): readonly Finding[] => {
      const { selector } = budget.spec ?? {}
      if (selector === undefined) return []
      // Several workloads under one budget share what it lets go.
      const owners = [deployments, statefulSets]
        .flatMap(question => inNamespace(answers(question), namespace))
        .filter(
          object => rounded(object) > 0 && matches(selector, templateOf(object)?.labels ?? {}),
        )
      const replicas = owners.reduce((sum, object) => sum + rounded(object), 0)
      const { pods, by } = letsGo(budget, replicas)
      return owners.length === 0 || pods > 0
        ? []
        : [
            {
              code: `drain-blocked:${budget.metadata.name}`,
              seen: `${by} ${budget.spec[by] ?? 1} of PodDisruptionBudget ${namespace}/${budget.metadata.name} lets none of ${replicas === 1 ? 'the one pod' : `the ${replicas} pods`} of ${owners.map(({ kind, metadata }) => `${kind} ${metadata.name}`).join(', ')} go`,
              expected: 'one pod at least may go while a node is drained',
              remedy:
                replicas === 1
                  ? 'remove the budget, or give the workload a second replica'
                  : 'set maxUnavailable to 1',
              at: placeOf(budget, ['spec', by]),
            },
          ]
    }),
})

const wishes = ({
  manifests: {
    resources: { requests, limits },
  },
}: Policy) => [
  ...requests.map(resource => ({ list: 'requests', word: 'request', resource }) as const),
  ...limits.map(resource => ({ list: 'limits', word: 'limit', resource }) as const),
]

export const containersStateTheirNeeds = invariant({
  name: 'containers-state-their-needs',
  title: 'every container states the resources that the policy asks for',
  reason:
    'what requests nothing is placed anywhere and evicted first; what has no limit takes the memory of its neighbours until the kernel chooses one',
  subjects: policy => (wishes(policy).length > 0 ? ownNamespaces(policy) : []),
  observe: policy => (wishes(policy).length > 0 ? templateQuestions : []),
  judge: ({ namespace }, answers, policy) =>
    podTemplates(answers, namespace).flatMap(template =>
      containersOf(template).flatMap(place =>
        wishes(policy)
          // A limit is a request, too, where none is written. @source Kubernetes, resource
          // management: default requests
          .filter(
            ({ list, resource }) =>
              place.container.resources?.[list]?.[resource] === undefined &&
              (list === 'limits' || place.container.resources?.limits?.[resource] === undefined),
          )
          .map(({ list, word, resource }) => ({
            code:
              list === 'requests'
                ? `request-missing:${resource}:${place.id}`
                : `limit-missing:${resource}:${place.id}`,
            seen: `${inWords(place, template)} has no ${word} of ${resource}`,
            expected: `a ${word} of ${resource}`,
            remedy: `measure what it uses (kubectl top pod --containers), and write resources.${list}.${resource}`,
            at: placeOf(template.object, [...place.path, 'resources', list, resource]),
          })),
      ),
    ),
})

verify(
  import.meta,
  templatesTolerateTheControlPlane,
  budgetsLetNodesDrain,
  containersStateTheirNeeds,
)
