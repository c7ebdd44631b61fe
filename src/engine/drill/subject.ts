// Binds a drill to the node and the workloads that it hits, before its guards are asked.
import { leases, pods } from '#src/kubernetes/questions/lists.ts'
import { selects, workloadObject, workloadQuestions } from '#src/kubernetes/questions/workloads.ts'
import { observe } from '#src/engine/evaluate/observe.ts'
import {
  answersOf,
  chosenByPolicy,
  firstOf,
  isNamed,
  nodeNamed,
  targetsFor,
  Unanswered,
  type Answers,
  type ChoiceReason,
  type ChosenNode,
  type Drill,
  type NodeChoice,
  type Policy,
  type PolicyNode,
  type Question,
  type Runtime,
  type Target,
  type TargetPart,
} from '#src/model/index.ts'

/** Nodes that the faults of a drill can hit. */
export const candidatesOf = (drill: Drill, policy: Policy): readonly PolicyNode[] =>
  drill.on === undefined ? [] : policy.nodes.filter(node => drill.faultsOn(policy, node).length > 0)

/** Workloads that the policy names for a drill, its own choice first. */
const targetsOf = (drill: Drill, policy: Policy): readonly (readonly Target[])[] =>
  (drill.targets ?? []).map(part => targetsFor(part, policy))

/** Why a drill cannot run on a subject that a person named; undefined: it can. */
export function subjectProblem(drill: Drill, policy: Policy, wanted: string): string | undefined {
  if (drill.on === undefined && (drill.targets ?? []).length === 0)
    return `${drill.name} does not choose a subject: run it without --on.`
  const subjects = [
    ...candidatesOf(drill, policy).map(({ name }) => `node ${name}`),
    ...targetsOf(drill, policy).flatMap(targets => targets.map(({ subject }) => subject)),
  ]
  if (subjects.some(subject => isNamed(subject, wanted))) return undefined
  const hits = subjects.length === 0 ? 'nothing that this policy names' : subjects.join(', ')
  return `${drill.name} cannot hit “${wanted}”. It can hit: ${hits}.`
}

const questionsFor = (choice: NodeChoice): readonly Question<unknown>[] => {
  if (choice.by === 'runs') return [pods, ...workloadQuestions]
  return choice.by === 'not-leader' ? [leases] : []
}

/** The leader's node: holders are named after their host. @source client-go: `<hostname>_<uuid>` */
const leaderIn = (answers: Answers, at: { namespace: string; name: string }): string =>
  answers(leases)
    .find(({ metadata }) => metadata.namespace === at.namespace && metadata.name === at.name)
    ?.spec?.holderIdentity?.split('_')[0] ?? ''

function chosenFrom(
  choice: NodeChoice,
  candidates: readonly PolicyNode[],
  answers: Answers,
): ChosenNode | undefined {
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
): Promise<ChosenNode | undefined> {
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

/** A drill that knows what it hits, and the policy in which its workloads are the chosen ones. */
export interface BoundDrill {
  readonly drill: Drill
  readonly policy: Policy
}

async function onNode(
  { drill, policy }: BoundDrill,
  runtime: Runtime,
  wanted: string | undefined,
): Promise<BoundDrill> {
  const choice = drill.on?.(policy)
  if (choice === undefined) return { drill, policy }
  const named = candidatesOf(drill, policy).find(
    ({ name }) => wanted !== undefined && isNamed(`node ${name}`, wanted),
  )
  const found: ChosenNode | undefined =
    named === undefined
      ? await chooseNode(drill, choice, runtime, policy)
      : { node: named.name, reason: { kind: 'asked' } }
  if (found === undefined) return { drill, policy }
  const { node, reason } = found
  const bound: Drill = {
    ...drill,
    chosen: [...(drill.chosen ?? []), { subject: `node ${node}`, reason }],
    faults: own => drill.faultsOn(own, nodeNamed(own, node)),
  }
  return { drill: bound, policy }
}

/** Chooses the workload for one part: the one that a person named, or the policy's own choice. */
function onTarget(
  { drill, policy }: BoundDrill,
  part: TargetPart,
  wanted: string | undefined,
): BoundDrill {
  const targets = targetsFor(part, policy)
  const named = targets.find(({ subject }) => wanted !== undefined && isNamed(subject, wanted))
  const target = named ?? targets[0]
  if (target === undefined) return { drill, policy }
  const { subject, member } = target
  const reason: ChoiceReason = named === undefined ? { kind: 'policy', member } : { kind: 'asked' }
  return {
    drill: { ...drill, chosen: [...(drill.chosen ?? []), { subject, reason }] },
    policy: target.policy,
  }
}

/**
 * The same drill, bound to the node and the workloads that it hits. `wanted` overrides its own
 * choice; it is ignored where {@link subjectProblem} objects to it. Reads only.
 */
export async function onSubject(
  drill: Drill,
  runtime: Runtime,
  policy: Policy,
  wanted?: string,
): Promise<BoundDrill> {
  const bound = (drill.targets ?? []).reduce<BoundDrill>(
    (before, part) => onTarget(before, part, wanted),
    { drill, policy },
  )
  return onNode(bound, runtime, wanted)
}

/** The policies in which each alternative workload of a drill plays its part. */
const policiesOf = (drill: Drill, policy: Policy): readonly Policy[] =>
  (drill.targets ?? []).reduce<readonly Policy[]>(
    (policies, part) =>
      policies.flatMap(own => {
        const targets = targetsFor(part, own)
        return targets.length === 0 ? [own] : targets.map(target => target.policy)
      }),
    [policy],
  )

const faultsIn = (drill: Drill, policy: Policy): ReturnType<Drill['faults']> => [
  ...(drill.setup?.(policy) ?? []),
  ...(drill.on === undefined
    ? drill.faults(policy)
    : candidatesOf(drill, policy).flatMap(node => drill.faultsOn(policy, node))),
]

/** Everything that a drill may inject, on whichever subject: what accounts need permission for. */
export const possibleFaults = (drill: Drill, policy: Policy): ReturnType<Drill['faults']> =>
  policiesOf(drill, policy).flatMap(own => faultsIn(drill, own))
