// What a drill would do, without doing it: everything resolved through a reach that can change
// nothing.
import { nodes, pods, services } from '#helpers/kubernetes/questions.ts'
import { selects, workloadObject, workloadQuestions } from '#helpers/kubernetes/workloads.ts'
import { switchAfter } from '#src/engine/drill/steady-state.ts'
import { observe } from '#src/engine/evaluate/observe.ts'
import {
  Unanswered,
  answersOf,
  chosenText,
  errorMessage,
  type BoundFault,
  type Drill,
  type Fault,
  type GuardRefusal,
  type GuardVerdict,
  type FaultContext,
  type Impact,
  type Json,
  type KubeObject,
  type MilestoneName,
  type Pod,
  type Policy,
  type Runtime,
  type Answers,
} from '#src/model/index.ts'
import { examine, type GuardContext } from './ask.ts'
import { refusalsOf } from './evaluate.ts'
import { podsLost } from './loss.ts'
import { readOnly, WouldChange } from '#helpers/forbidden/read-only.ts'

export interface PlannedFault {
  readonly as: 'stage' | 'fault'
  readonly fault: string
  readonly description: string
  readonly blast: BoundFault['blast']
  /** Objects, nodes and machines, each with its uid where it has one. */
  readonly impacts: readonly string[]
  /** What would be noted before it acts; undefined where it could not be prepared. */
  readonly record: Json | undefined
  /** Why it could not be prepared. */
  readonly unprepared: string | undefined
  /** The first request, command or write that it would send. */
  readonly begins: string | undefined
  /** What a person types when the undo cannot. */
  readonly manualUndo: string | undefined
  /** What ends it when nobody returns, and after how many ms; or why nothing does. */
  readonly deadMan:
    | { readonly description: string; readonly after: number }
    | { readonly why: string }
}

export interface DrillPlan {
  readonly drill: string
  readonly description: string
  readonly target: Runtime['target']
  /** The node that it hits, and why that one; undefined: it chooses none. */
  readonly on: string | undefined
  /** Why the drill does not apply here; undefined: it does. */
  readonly notApplicable: string | undefined
  readonly faults: readonly PlannedFault[]
  readonly guards: readonly GuardVerdict[]
  readonly refusals: readonly GuardRefusal[]
  readonly budgets: Partial<Record<MilestoneName, string>>
  readonly stability: string
  readonly healer: Drill['healer']
  /** What must hold all the time: broken, the drill is called off. */
  readonly always: readonly string[]
  /** Fixes that the drill can call for: none for what is violated already. */
  readonly fixes: readonly string[]
  /**
   * Pods that would end or answer nobody, by all faults together; undefined where that cannot be
   * told.
   */
  readonly podsLost: readonly string[] | undefined
}

const called = (
  kind: string,
  { metadata: { namespace, name, uid } }: Pick<KubeObject, 'metadata'>,
): string =>
  `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}${uid === undefined ? '' : ` (uid ${uid})`}`
const podCalled = (pod: Pod): string =>
  `${called('pod', pod)}${pod.spec.nodeName === undefined ? '' : ` on ${pod.spec.nodeName}`}`

/** A hit with the objects behind it, as they are now. */
function resolved(impact: Impact, answers: Answers, policy: Policy): readonly string[] {
  switch (impact.kind) {
    case 'host':
      return [`this host: ${impact.description}`]
    case 'vm':
      return [`VM ${impact.profile}${impact.how === 'down' ? ', with every node in it' : ''}`]
    case 'program':
      return [
        `process ${impact.program}`,
        ...[...podsLost([impact], answers, policy)].map(podCalled),
      ]
    case 'service': {
      const found = answers(services).find(
        ({ metadata }) => metadata.namespace === impact.namespace && metadata.name === impact.name,
      )
      return [
        found === undefined
          ? `Service ${impact.namespace}/${impact.name}, which is not there`
          : called('Service', found),
      ]
    }
    case 'workload': {
      const found = workloadObject(answers, impact.workload, impact.namespace, impact.name)
      if (found === undefined)
        return [`${impact.workload} ${impact.namespace}/${impact.name}, which is not there`]
      return [
        called(impact.workload, found),
        ...answers(pods)
          .filter(pod => selects(found, pod))
          .map(podCalled),
      ]
    }
    case 'node': {
      const names = new Set(
        impact.by === 'name'
          ? [impact.name]
          : policy.nodes
              .filter(({ container }) => container?.name === impact.name)
              .map(({ name }) => name),
      )
      const found = answers(nodes)
        .filter(({ metadata }) => names.has(metadata.name))
        .map(node => called('node', node))
      return [
        ...(impact.by === 'container' ? [`container ${impact.name}`] : []),
        ...(found.length > 0 ? found : [`node ${[...names].join(', ')}, which is not there`]),
      ]
    }
  }
}

/** What cannot be seen is said, not left out. */
function seenOr<T>(evaluate: () => T, otherwise: (why: string) => T): T {
  try {
    return evaluate()
  } catch (error) {
    if (error instanceof Unanswered) return otherwise(error.message)
    throw error
  }
}

/** Prepares a fault, and lets it begin until its first act. */
async function plannedFault(
  as: PlannedFault['as'],
  bound: BoundFault,
  fault: Fault | undefined,
  {
    answers,
    policy,
    context,
    changes,
    after,
  }: {
    answers: Answers
    policy: Policy
    context: FaultContext
    changes: string[]
    after: number
  },
): Promise<PlannedFault> {
  const impacts = (bound.impacts ?? []).flatMap(impact =>
    seenOr(
      () => resolved(impact, answers, policy),
      why => [`${impact.kind}: it cannot be told what: ${why}`],
    ),
  )
  const about = {
    as,
    fault: bound.name,
    description: bound.description,
    blast: bound.blast,
    impacts: bound.impacts === undefined ? ['it does not say what it hits'] : impacts,
  }
  let record: Json
  try {
    record = await bound.prepare(context)
  } catch (error) {
    const unprepared =
      error instanceof WouldChange
        ? `preparing it would change something: ${error.message}`
        : errorMessage(error)
    return {
      ...about,
      record: undefined,
      unprepared,
      begins: undefined,
      manualUndo: undefined,
      deadMan: { why: 'it could not be prepared' },
    }
  }
  const found = fault?.deadMan?.(record, context) ?? 'nothing of the platform ends it by itself'
  changes.length = 0
  // Without a dead-man's switch: its own first act is meant.
  await fault?.inject(record, { ...context }).catch(() => {})
  return {
    ...about,
    record,
    unprepared: undefined,
    begins: changes[0],
    manualUndo: fault?.manualUndo(record),
    deadMan: typeof found === 'string' ? { why: found } : { description: found.description, after },
  }
}

/**
 * Plans a drill. Sends nothing but reads and reviews of access; the reach that it uses could not
 * send anything else.
 */
export async function planDrill(
  drill: Drill,
  runtime: Runtime,
  policy: Policy,
  faults: ReadonlyMap<string, Fault>,
  guardContext?: GuardContext,
): Promise<DrillPlan> {
  const changes: string[] = []
  const looking = readOnly(runtime, policy, act => void changes.push(act))
  const arranged = drill.setup?.(policy) ?? []
  const own = drill.faults(policy)
  const lacking = [...arranged, ...own]
    .flatMap(fault => fault.needs)
    .flatMap(need => runtime.lacks[need] ?? [])[0]
  const about = {
    drill: drill.name,
    description: drill.title,
    target: runtime.target,
    on: drill.chosen === undefined ? undefined : chosenText(drill.chosen),
    budgets: drill.budgets,
    stability: drill.stability,
    healer: drill.healer,
    always: (drill.always ?? []).map(({ name, title }) => `${name}: ${title}`),
  }
  const notApplicable =
    own.length === 0 ? 'the policy names nothing that it could be tried on' : lacking
  if (notApplicable !== undefined)
    return {
      ...about,
      notApplicable,
      faults: [],
      guards: [],
      fixes: [],
      refusals: [],
      podsLost: [],
    }
  const { verdicts: guards, fixes } = await examine(drill, looking, policy, guardContext)
  const answers = answersOf(
    await observe([nodes, pods, services, ...workloadQuestions], looking, policy),
  )
  const context: FaultContext = { runtime: looking, policy, signal: new AbortController().signal }
  const planned: PlannedFault[] = []
  for (const [as, bound] of [
    ...arranged.map(fault => ['stage', fault] as const),
    ...own.map(fault => ['fault', fault] as const),
  ]) {
    planned.push(
      await plannedFault(as, bound, faults.get(bound.name), {
        answers,
        policy,
        context,
        changes,
        after: switchAfter(drill, policy),
      }),
    )
  }
  const impacts = [...arranged, ...own].flatMap(fault => fault.impacts ?? [])
  return {
    ...about,
    notApplicable: undefined,
    fixes: fixes.map(({ name }) => name),
    faults: planned,
    guards,
    refusals: refusalsOf(guards),
    podsLost: seenOr<readonly string[] | undefined>(
      () =>
        [...podsLost(impacts, answers, policy)]
          .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)
          .toSorted(),
      () => undefined,
    ),
  }
}
