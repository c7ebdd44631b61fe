// Binds a drill to the node that it hits, before its guards are asked.
import { leases, pods } from '#src/kubernetes/questions/lists.ts'
import { selects, workloadObject, workloadQuestions } from '#src/kubernetes/questions/workloads.ts'
import { observe } from '#src/engine/evaluate/observe.ts'
import {
  answersOf,
  chosenByPolicy,
  firstOf,
  nodeNamed,
  Unanswered,
  type Answers,
  type Chosen,
  type Drill,
  type NodeChoice,
  type Policy,
  type PolicyNode,
  type Question,
  type Runtime,
} from '#src/model/index.ts'

/** Nodes that the faults of a drill can hit. */
export const candidatesOf = (drill: Drill, policy: Policy): readonly PolicyNode[] =>
  drill.on === undefined ? [] : policy.nodes.filter(node => drill.faultsOn(policy, node).length > 0)

/** Why a drill cannot be run on a node that a person named; undefined: it can. */
export function subjectProblem(drill: Drill, policy: Policy, wanted: string): string | undefined {
  if (drill.on === undefined) return `${drill.name} does not choose a node: run it without --on.`
  const names = candidatesOf(drill, policy).map(({ name }) => name)
  return names.includes(wanted)
    ? undefined
    : `${drill.name} cannot hit “${wanted}”. It can hit: ${names.join(', ') || 'no node of this policy'}.`
}

const questionsFor = (choice: NodeChoice): readonly Question<unknown>[] => {
  if (choice.by === 'runs') return [pods, ...workloadQuestions]
  return choice.by === 'not-leader' ? [leases] : []
}

/** The holder of a leader election is named after its node. @source client-go: `<hostname>_<uuid>` */
const leaderIn = (answers: Answers, at: { namespace: string; name: string }): string =>
  answers(leases)
    .find(({ metadata }) => metadata.namespace === at.namespace && metadata.name === at.name)
    ?.spec?.holderIdentity?.split('_')[0] ?? ''

function chosenFrom(
  choice: NodeChoice,
  candidates: readonly PolicyNode[],
  answers: Answers,
): Chosen | undefined {
  if (choice.by === 'runs') {
    const { workload, namespace, name } = choice.of
    const object = workloadObject(answers, workload, namespace, name)
    const nodes = new Set(
      answers(pods)
        .filter(pod => object !== undefined && selects(object, pod))
        .map(({ spec }) => spec.nodeName),
    )
    const found = candidates.find(node => nodes.has(node.name))
    return found && { node: found.name, reason: { kind: 'runs', of: choice.of } }
  }
  if (choice.by === 'not-leader') {
    const leader = leaderIn(answers, choice.lease)
    const found = leader === '' ? undefined : candidates.find(({ name }) => name !== leader)
    return found && { node: found.name, reason: { kind: 'not-leader', leader } }
  }
  return undefined
}

async function chooseNode(
  drill: Drill,
  choice: NodeChoice,
  runtime: Runtime,
  policy: Policy,
): Promise<Chosen | undefined> {
  const candidates = candidatesOf(drill, policy)
  const byPolicy = chosenByPolicy(choice, candidates)
  const questions = questionsFor(choice)
  if (byPolicy !== undefined || questions.length === 0) return byPolicy ?? firstOf(candidates)
  const answers = answersOf(await observe(questions, runtime, policy))
  try {
    return chosenFrom(choice, candidates, answers) ?? firstOf(candidates)
  } catch (error) {
    if (error instanceof Unanswered) return firstOf(candidates)
    throw error
  }
}

/**
 * The same drill, bound to the node that it hits. `wanted` overrides its own choice; it is ignored
 * where {@link subjectProblem} has something against it. Reads only.
 */
export async function onSubject(
  drill: Drill,
  runtime: Runtime,
  policy: Policy,
  wanted?: string,
): Promise<Drill> {
  const choice = drill.on?.(policy)
  if (choice === undefined) return drill
  const asked =
    wanted !== undefined && subjectProblem(drill, policy, wanted) === undefined
      ? ({ node: wanted, reason: { kind: 'asked' } } as const)
      : undefined
  const chosen = asked ?? (await chooseNode(drill, choice, runtime, policy))
  if (chosen === undefined) return drill
  return {
    ...drill,
    chosen,
    faults: own => drill.faultsOn(own, nodeNamed(own, chosen.node)),
  }
}

/** Everything that a drill may inject, on whichever node: what accounts need permission for. */
export const possibleFaults = (drill: Drill, policy: Policy): ReturnType<Drill['faults']> => [
  ...(drill.setup?.(policy) ?? []),
  ...(drill.on === undefined
    ? drill.faults(policy)
    : candidatesOf(drill, policy).flatMap(node => drill.faultsOn(policy, node))),
]
