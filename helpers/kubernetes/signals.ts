// What is watched all through a drill: the API, the nodes, the pods, their endpoints, and the
// services as their users see them.
import type {
  Drill,
  EndpointSlice,
  MappedPort,
  Node,
  Pod,
  Policy,
  Question,
  Answers,
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
  answers: Answers,
  { kind, namespace, name }: Workload,
): { object: WorkloadObject; own: readonly Pod[] } | undefined {
  const object = workloadObject(answers, kind, namespace, name)
  return object === undefined
    ? undefined
    : { object, own: answers(pods).filter(pod => selects(object, pod)) }
}

const slicesOf = (answers: Answers, { namespace, service }: MappedPort): readonly EndpointSlice[] =>
  inNamespace(answers(slices), namespace).filter(
    slice => slice.metadata.labels?.['kubernetes.io/service-name'] === service,
  )

/**
 * When an object last became ready or unready, to the second, and whether it is another one than
 * before.
 */
const readinessOf = ({ metadata: { name, uid }, status }: Pod | Node): string =>
  `${name} ${uid} ${status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime}`

const inOneText = (texts: readonly string[]): string => texts.toSorted().join('\n')

/** Kinds of workloads that a policy has: only those are followed. */
const workloadQuestionsOf = ({ workloads }: Policy): readonly Question<unknown>[] =>
  [...new Set(workloads.map(({ kind }) => kind))].map(kind => workloadQuestion(kind))

// What the API knows is followed, so that nothing is missed; the paces are of what has to be asked.
// @source measured on a v1.35
// node: the fastest recovery, of a killed pod, takes 3.8 s
export const signals: readonly Signal[] = [
  {
    milestone: 'api back',
    every: '1 s',
    observe: () => [quick(apiReady)],
    // An API that does not answer is not back.
    good: answers => {
      const answer = answers.to(apiReady)
      return answer.kind === 'known' && answer.value.status === 200
    },
  },
  {
    milestone: 'nodes ready',
    every: '2 s',
    observe: policy => [quick(nodes), ...freshnessQuestions(policy).map(quick)],
    good: (answers, policy) =>
      policy.nodes.every(({ name }) => {
        const node = answers(nodes).find(candidate => candidate.metadata.name === name)
        return (
          node !== undefined &&
          conditionOf(node, 'Ready') === 'True' &&
          staleness(answers, policy, name) === undefined
        )
      }),
    changeFingerprint: (answers, policy) =>
      inOneText(
        answers(nodes).map(
          node => `${readinessOf(node)} ${startOf(answers, policy, node.metadata.name)}`,
        ),
      ),
  },
  {
    milestone: 'pods ready',
    every: '2 s',
    observe: policy => [
      quick(pods),
      ...workloadQuestionsOf(policy).map(quick),
      ...freshnessQuestions(policy).map(quick),
    ],
    good: (answers, policy) =>
      policy.workloads.every(workload => {
        const found = withPods(answers, workload)
        if (found === undefined || availableOf(found.object) < workload.replicas) return false
        const own = found.own.filter(isReady)
        return (
          own.length >= workload.replicas &&
          own.every(
            pod =>
              pod.spec.nodeName !== undefined &&
              staleness(answers, policy, pod.spec.nodeName) === undefined,
          )
        )
      }),
    changeFingerprint: (answers, policy) =>
      inOneText(
        policy.workloads.flatMap(workload =>
          (withPods(answers, workload)?.own ?? []).map(readinessOf),
        ),
      ),
  },
  {
    milestone: 'endpoints ready',
    every: '2 s',
    observe: () => [quick(slices)],
    good: (answers, policy, drill) =>
      portsOf(policy, drill).every(port =>
        slicesOf(answers, port).some(({ endpoints }) =>
          (endpoints ?? []).some(({ conditions }) => conditions?.ready === true),
        ),
      ),
    // They carry no times, and only their content changes their version.
    changeFingerprint: (answers, policy, drill) =>
      inOneText(
        portsOf(policy, drill).flatMap(port =>
          slicesOf(answers, port).map(
            ({ metadata: { uid, resourceVersion } }) => `${uid} ${resourceVersion}`,
          ),
        ),
      ),
  },
  {
    milestone: 'service answering',
    every: 'closely',
    // A service that does not answer is not answering.
    parts: (policy, drill) =>
      portsOf(policy, drill).map(port => {
        const question = portAskedOnce(port, patience)
        return {
          label: port.name,
          question,
          good: answers => {
            const answer = answers.to(question)
            return answer.kind === 'known' && strangeness(answer.value, port.answers) === undefined
          },
        }
      }),
  },
]
