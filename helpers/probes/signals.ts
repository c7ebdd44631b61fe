// What is watched all through a drill: the API, the nodes, the pods, their endpoints, and the services as their users see them.
import type { Drill, MappedPort, Policy, Signal } from '../words/index.ts'
import { conditionOf, freshnessQuestions, staleness } from './freshness.ts'
import { apiReady, nodes, pods, services, slices } from './kubernetes.ts'
import { portAnswer, strangeness } from './ports.ts'
import { availableOf, isReady, selects, workloadObject, workloadQuestions } from './workloads.ts'

/** How long a watched port may take to answer, ms: a hung service must not blind its own watch. */
const patience = 2_000

/** The ports that stand for “the service” in a drill. */
const portsOf = (policy: Policy, drill: Drill): readonly MappedPort[] =>
  {
  const named = drill.services?.(policy)
  return policy.ports.filter(port => named === undefined || named.includes(port.name))
}

const quick = <T extends { deadline?: number }>(question: T): T => ({ ...question, deadline: patience })

// Paces: half of one is the error of its mark, so what users notice is asked most often. @source measured on a v1.35 node: the
// fastest recovery, of a killed pod, takes 3.8 s
export const signals: readonly Signal[] = [
  {
    mark: 'api back',
    every: '1 s',
    observe: () => [quick(apiReady)],
    good: see => see(apiReady).status === 200,
  },
  {
    mark: 'nodes ready',
    every: '2 s',
    observe: policy => [quick(nodes), ...freshnessQuestions(policy).map(quick)],
    good: (see, policy) => policy.nodes.every(({ name }) => {
      const node = see(nodes).find(candidate => candidate.metadata.name === name)
      return node !== undefined && conditionOf(node, 'Ready') === 'True' && staleness(see, policy, name) === undefined
    }),
  },
  {
    mark: 'pods ready',
    every: '2 s',
    observe: policy => [quick(pods), ...workloadQuestions.map(quick), ...freshnessQuestions(policy).map(quick)],
    good: (see, policy) => policy.workloads.every(({ kind, namespace, name, replicas }) => {
      const object = workloadObject(see, kind, namespace, name)
      if (object === undefined || availableOf(object) < replicas) return false
      const own = see(pods).filter(pod => selects(object, pod) && isReady(pod))
      return own.length >= replicas && own.every(pod => pod.spec.nodeName !== undefined && staleness(see, policy, pod.spec.nodeName) === undefined)
    }),
  },
  {
    mark: 'endpoints ready',
    every: '2 s',
    observe: () => [quick(services), quick(slices)],
    good: (see, policy, drill) => portsOf(policy, drill).every(({ namespace, service }) =>
      see(slices).some(slice => slice.metadata.namespace === namespace && slice.metadata.labels?.['kubernetes.io/service-name'] === service &&
        (slice.endpoints ?? []).some(endpoint => endpoint.conditions?.ready === true))),
  },
  {
    mark: 'service answering',
    every: '500 ms',
    observe: (policy, drill) => portsOf(policy, drill).map(port => portAnswer(port, patience)),
    good: (see, policy, drill) => portsOf(policy, drill).every(port => strangeness(see(portAnswer(port, patience)), port.answers) === undefined),
  },
]
