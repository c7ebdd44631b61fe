// Placement: pods fit on the nodes of the cluster, leave a node that is drained, and state the
// resources that they need.
import {
  fact,
  invariant,
  verify,
  type Answers,
  type PodDisruptionBudget,
  type Policy,
  type WorkloadObject,
} from '#helpers/index.ts'
import { letsGo } from '#helpers/kubernetes/budgets.ts'
import { autoscalerOf, leastPods } from '#helpers/kubernetes/pods/autoscalers.ts'
import { findsPodsOf } from '#helpers/kubernetes/pods/controller-labels.ts'
import {
  autoscalers,
  budgets,
  deployments,
  inNamespace,
  statefulSets,
} from '#helpers/kubernetes/questions.ts'
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
} from '#helpers/kubernetes/templates.ts'
import { toleratesAny } from '#helpers/kubernetes/workloads.ts'

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
  /** Whether an autoscaler decides how many there are. */
  readonly scaled: boolean
}

/** Pods that are searched for a number of which a budget releases one. @source chosen */
const mostTried = 1000

/** The least pods of which a budget releases one; undefined: it releases none of any number. */
const enoughFor = (budget: PodDisruptionBudget, replicas: number): number | undefined =>
  Array.from({ length: mostTried }, (_, more) => replicas + 1 + more).find(
    pods => letsGo(budget, pods).pods > 0,
  )

/** Changes that each let a pod go: the API refuses a budget with both members. */
function releaseRemedy({ budget, owners, replicas, scaled }: Protected): string {
  const { by } = letsGo(budget, replicas)
  const set =
    by === 'maxUnavailable'
      ? 'set maxUnavailable to 1'
      : 'replace minAvailable by maxUnavailable: 1'
  const enough = enoughFor(budget, replicas)
  if (enough === undefined) return set
  const what = owners.length > 1 ? 'its workloads together' : 'its workload'
  const more = scaled
    ? `raise the minReplicas of its autoscaler until they are ${enough}`
    : `give ${what} ${enough} replicas`
  return `${set}, or ${more}`
}

const drainBlocked = fact('drain-blocked', (blocked: Protected) => {
  const { budget, owners, replicas } = blocked
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
    remedy: releaseRemedy(blocked),
    at: [budget, ['spec', by]],
  }
})

function protectedBy(
  budget: PodDisruptionBudget,
  workloads: readonly WorkloadObject[],
  answers: Answers,
): Protected {
  const { selector } = budget.spec ?? {}
  const owners = workloads
    .filter(object => {
      const template = templateOf(object)
      return selector && template && findsPodsOf(selector, template)
    })
    .filter(object => leastPods(answers, object) > 0)
  return {
    budget,
    owners,
    replicas: owners.reduce((sum, each) => sum + leastPods(answers, each), 0),
    scaled: owners.some(object => autoscalerOf(answers, object) !== undefined),
  }
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
  observe: () => [budgets, deployments, statefulSets, autoscalers],
  facts: [drainBlocked],
  judge({ namespace }, answers) {
    const workloads = [deployments, statefulSets].flatMap(question =>
      inNamespace(answers(question), namespace),
    )
    return inNamespace(answers(budgets), namespace)
      .map(budget => protectedBy(budget, workloads, answers))
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
      // The pod can state them for all of its containers together. @source Kubernetes, pod-level
      // resources: on by default since 1.34
      const whole = template.spec.resources ?? {}
      const stated = { ...whole.limits, ...whole.requests, ...limits, ...requests }
      return [
        resources.requests
          .filter(each => stated[each] === undefined)
          .map(each => requestMissing(template, place, each)),
        resources.limits
          .filter(each => (limits?.[each] ?? whole.limits?.[each]) === undefined)
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
