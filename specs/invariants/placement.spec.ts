// Placement: pods fit on the nodes of the cluster, leave a node that is drained, and state the
// resources that they need.
import {
  fact,
  invariant,
  verify,
  type PodDisruptionBudget,
  type Policy,
  type WorkloadObject,
} from '#helpers/index.ts'
import { letsGo } from '#helpers/kubernetes/budgets.ts'
import { budgets, deployments, inNamespace, statefulSets } from '#helpers/kubernetes/questions.ts'
import {
  everyContainer,
  inWords,
  items,
  ownNamespaces,
  podTemplates,
  templateOf,
  templateQuestions,
  titleOf,
  type ContainerPlace,
  type PodTemplate,
  matches,
} from '#helpers/kubernetes/templates.ts'
import { replicasOf, toleratesAny } from '#helpers/kubernetes/workloads.ts'

/** The taint that Talos and kubeadm put on control planes. @source Kubernetes, well-known taints */
const taint = { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' } as const

/**
 * Every node has the taint, for good or until it is removed again: a pod without the toleration
 * fits nowhere meanwhile.
 */
const mustTolerate = ({ taints, nodes }: Policy): boolean =>
  (taints.controlPlane === 'tolerate' || taints.templatesTolerate) &&
  !taints.tolerated.includes(taint.key) &&
  nodes.every(({ role }) => role === 'control-plane')

const tolerationsOf = ({ spec }: PodTemplate) => items(spec.tolerations).map(([each]) => each)

/**
 * An existing list has an author, an order and comments: the change is certain only without one.
 */
const notTolerated = fact('not-tolerated', (template: PodTemplate) => ({
  which: template.id,
  seen: `${titleOf(template)} does not tolerate ${taint.key}:${taint.effect}`,
  expected: 'every pod template tolerates it',
  remedy:
    `add a toleration with key ${taint.key}, operator Exists ` +
    `and effect ${taint.effect} to its pod template`,
  at: [template.object, [...template.path, 'tolerations']],
  set:
    (template.spec.tolerations ?? []).length === 0
      ? [{ key: taint.key, operator: 'Exists', effect: taint.effect }]
      : undefined,
}))

export const templatesTolerateTheControlPlane = invariant({
  name: 'templates-tolerate-the-control-plane',
  about: 'manifests',
  title: 'where every node has the control-plane taint, every pod template tolerates it',
  reason:
    'the taint returns at each restart of a node, ' +
    'and a pod that does not tolerate it fits on no node',
  when: mustTolerate,
  subjects: ownNamespaces,
  observe: () => templateQuestions,
  facts: [notTolerated],
  judge: ({ namespace }, answers) =>
    podTemplates(answers, namespace)
      .filter(template => !toleratesAny(tolerationsOf(template), taint))
      .map(template => notTolerated(template)),
})

interface Protected {
  readonly budget: PodDisruptionBudget
  /** Several workloads under one budget share the pods that it releases. */
  readonly owners: readonly WorkloadObject[]
  readonly replicas: number
}

const drainBlocked = fact('drain-blocked', ({ budget, owners, replicas }: Protected) => {
  const { namespace, name } = budget.metadata
  const { by } = letsGo(budget, replicas)
  const pods = replicas === 1 ? 'the one pod' : `any of the ${replicas} pods`
  const of = owners.map(({ kind, metadata }) => `${kind} ${metadata.name}`).join(', ')
  return {
    which: name,
    seen:
      `${by} ${budget.spec[by] ?? 1} of PodDisruptionBudget ${namespace}/${name} ` +
      `never releases ${pods} of ${of}`,
    expected: 'at least one pod may leave while a node is drained',
    remedy:
      replicas === 1
        ? 'remove the budget, or give the workload a second replica'
        : 'set maxUnavailable to 1',
    at: [budget, ['spec', by]],
  }
})

const replicasIn = (object: WorkloadObject): number => replicasOf(object) ?? 1

function protectedBy(budget: PodDisruptionBudget, workloads: readonly WorkloadObject[]): Protected {
  const { selector } = budget.spec ?? {}
  const owners = workloads
    .filter(object => selector && matches(selector, templateOf(object)?.labels ?? {}))
    .filter(object => replicasIn(object) > 0)
  return { budget, owners, replicas: owners.reduce((sum, each) => sum + replicasIn(each), 0) }
}

export const budgetsLetNodesDrain = invariant({
  name: 'budgets-let-nodes-drain',
  about: 'manifests',
  title: 'every PodDisruptionBudget allows at least one eviction',
  reason:
    'kubectl drain waits for ever for a pod that its budget never releases, ' +
    'and the upgrade of the node stops half-way',
  when: policy => policy.manifests.drains,
  subjects: ownNamespaces,
  observe: () => [budgets, deployments, statefulSets],
  facts: [drainBlocked],
  judge({ namespace }, answers) {
    const workloads = [deployments, statefulSets].flatMap(question =>
      inNamespace(answers(question), namespace),
    )
    return inNamespace(answers(budgets), namespace)
      .map(budget => protectedBy(budget, workloads))
      .filter(({ owners }) => owners.length > 0)
      .filter(({ budget, replicas }) => !(letsGo(budget, replicas).pods > 0))
      .map(blocked => drainBlocked(blocked))
  },
})

type Resource = 'cpu' | 'memory'

const needMissing = <Code extends string>(code: Code, word: 'request' | 'limit') =>
  fact(code, (template: PodTemplate, place: ContainerPlace, resource: Resource) => ({
    which: `${resource}:${place.id}`,
    seen: `${inWords(place, template)} has no ${resource} ${word}`,
    expected: `a ${resource} ${word}`,
    remedy:
      'measure what it uses (kubectl top pod --containers), ' +
      `and write resources.${word}s.${resource}`,
    at: [template.object, [...place.path, 'resources', `${word}s`, resource]],
  }))
const requestMissing = needMissing('request-missing', 'request')
const limitMissing = needMissing('limit-missing', 'limit')

export const containersStateTheirNeeds = invariant({
  name: 'containers-state-their-needs',
  about: 'manifests',
  title: 'every container states the resource requests and limits that the policy asks for',
  reason:
    'a pod without requests lands anywhere and is evicted first; ' +
    'one without a limit can take the memory of its neighbours',
  when: ({ manifests: { resources } }) => resources.requests.length + resources.limits.length > 0,
  subjects: ownNamespaces,
  observe: () => templateQuestions,
  facts: [requestMissing, limitMissing],
  judge: ({ namespace }, answers, { manifests: { resources } }) =>
    everyContainer(answers, namespace).map(([template, place]) => {
      // Without a request, the limit counts as one. @source Kubernetes, default requests
      const { requests, limits } = place.container.resources ?? {}
      const stated = { ...limits, ...requests }
      return [
        resources.requests
          .filter(each => stated[each] === undefined)
          .map(each => requestMissing(template, place, each)),
        resources.limits
          .filter(each => limits?.[each] === undefined)
          .map(each => limitMissing(template, place, each)),
      ]
    }),
})

verify(
  import.meta,
  templatesTolerateTheControlPlane,
  budgetsLetNodesDrain,
  containersStateTheirNeeds,
)
