// What is watched all through a drill: the API, the nodes, the pods, their endpoints, and the services as their users see them.
import type {
  Drill,
  EndpointSlice,
  MappedPort,
  Node,
  Pod,
  Policy,
  Question,
  See,
  Signal,
  Workload,
  WorkloadObject,
} from '#src/model/index.ts'
import { conditionOf, freshnessQuestions, staleness, startOf } from './freshness.ts'
import { apiReady, inNamespace, nodes, pods, slices } from './questions.ts'
import { portAskedOnce, strangeness } from '#helpers/host/ports.ts'
import { availableOf, isReady, selects, workloadObject, workloadQuestion } from './workloads.ts'

/** How long a watched port may take to answer, ms: a hung service must not blind its own watch. */
const patience = 2_000

/** The ports that stand for “the service” in a drill. */
function portsOf(policy: Policy, drill: Drill): readonly MappedPort[] {
  const named = drill.services?.(policy)
  return policy.ports.filter(port => named === undefined || named.includes(port.name))
}

const quick = <T extends { deadline?: number }>(question: T): T => ({
  ...question,
  deadline: patience,
})

/** A workload's object with its own pods; undefined where the API has none. */
function withPods(
  see: See,
  { kind, namespace, name }: Workload,
): { object: WorkloadObject; own: readonly Pod[] } | undefined {
  const object = workloadObject(see, kind, namespace, name)
  return object === undefined
    ? undefined
    : { object, own: see(pods).filter(pod => selects(object, pod)) }
}

const slicesOf = (see: See, { namespace, service }: MappedPort): readonly EndpointSlice[] =>
  inNamespace(see(slices), namespace).filter(
    slice => slice.metadata.labels?.['kubernetes.io/service-name'] === service,
  )

/** When an object last became ready or unready, to the second, and whether it is another one than before. */
const readinessOf = ({ metadata: { name, uid }, status }: Pod | Node): string =>
  `${name} ${uid} ${status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime}`

const inOneText = (texts: readonly string[]): string => texts.toSorted().join('\n')

/** Kinds of workloads that a policy has: only those are followed. */
const workloadQuestionsOf = ({ workloads }: Policy): readonly Question<unknown>[] =>
  [...new Set(workloads.map(({ kind }) => kind))].map(kind => workloadQuestion(kind))

// What the API knows is followed, so that nothing is missed; the paces are of what has to be asked. @source measured on a v1.35
// node: the fastest recovery, of a killed pod, takes 3.8 s
export const signals: readonly Signal[] = [
  {
    mark: 'api back',
    every: '1 s',
    observe: () => [quick(apiReady)],
    // An API that does not answer is not back.
    good: see => {
      const answer = see.answer(apiReady)
      return answer.kind === 'known' && answer.value.status === 200
    },
  },
  {
    mark: 'nodes ready',
    every: '2 s',
    observe: policy => [quick(nodes), ...freshnessQuestions(policy).map(quick)],
    good: (see, policy) =>
      policy.nodes.every(({ name }) => {
        const node = see(nodes).find(candidate => candidate.metadata.name === name)
        return (
          node !== undefined &&
          conditionOf(node, 'Ready') === 'True' &&
          staleness(see, policy, name) === undefined
        )
      }),
    trace: (see, policy) =>
      inOneText(
        see(nodes).map(node => `${readinessOf(node)} ${startOf(see, policy, node.metadata.name)}`),
      ),
  },
  {
    mark: 'pods ready',
    every: '2 s',
    observe: policy => [
      quick(pods),
      ...workloadQuestionsOf(policy).map(quick),
      ...freshnessQuestions(policy).map(quick),
    ],
    good: (see, policy) =>
      policy.workloads.every(workload => {
        const found = withPods(see, workload)
        if (found === undefined || availableOf(found.object) < workload.replicas) return false
        const own = found.own.filter(isReady)
        return (
          own.length >= workload.replicas &&
          own.every(
            pod =>
              pod.spec.nodeName !== undefined &&
              staleness(see, policy, pod.spec.nodeName) === undefined,
          )
        )
      }),
    trace: (see, policy) =>
      inOneText(
        policy.workloads.flatMap(workload => (withPods(see, workload)?.own ?? []).map(readinessOf)),
      ),
  },
  {
    mark: 'endpoints ready',
    every: '2 s',
    observe: () => [quick(slices)],
    good: (see, policy, drill) =>
      portsOf(policy, drill).every(port =>
        slicesOf(see, port).some(({ endpoints }) =>
          (endpoints ?? []).some(({ conditions }) => conditions?.ready === true),
        ),
      ),
    // They carry no times; nothing but what they say changes their version.
    trace: (see, policy, drill) =>
      inOneText(
        portsOf(policy, drill).flatMap(port =>
          slicesOf(see, port).map(
            ({ metadata: { uid, resourceVersion } }) => `${uid} ${resourceVersion}`,
          ),
        ),
      ),
  },
  {
    mark: 'service answering',
    every: 'closely',
    // A service that does not answer is not answering.
    parts: (policy, drill) =>
      portsOf(policy, drill).map(port => {
        const question = portAskedOnce(port, patience)
        return {
          says: port.name,
          question,
          good: see => {
            const answer = see.answer(question)
            return answer.kind === 'known' && strangeness(answer.value, port.answers) === undefined
          },
        }
      }),
  },
]
