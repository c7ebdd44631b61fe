// What a drill would do, without doing it: everything resolved through a reach that can change
// nothing.
import { nodes, pods, services } from '#src/kubernetes/questions/lists.ts'
import { workloadQuestions } from '#src/kubernetes/questions/workloads.ts'
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
  type Json,
  type MilestoneName,
  type Policy,
  type Runtime,
  type Answers,
} from '#src/model/index.ts'
import { examine, type GuardContext } from './ask.ts'
import { refusalsOf } from './evaluate.ts'
import { objectsHit } from './hit.ts'
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

/** What cannot be seen is said, not left out. */
function seenOr<T>(evaluate: () => T, otherwise: (why: string) => T): T {
  try {
    return evaluate()
  } catch (error) {
    if (error instanceof Unanswered) return otherwise(error.message)
    throw error
  }
}

/** What planning a fault looks through, and what it hears. */
interface Looking {
  readonly answers: Answers
  readonly policy: Policy
  readonly context: FaultContext
  /** What would have changed something, since it was emptied last. */
  readonly changes: string[]
  /** When a dead man's switch would end the fault, ms. */
  readonly after: number
}

function aboutFault(
  as: PlannedFault['as'],
  bound: BoundFault,
  { answers, policy }: Looking,
): Pick<PlannedFault, 'as' | 'fault' | 'description' | 'blast' | 'impacts'> {
  const impacts = bound.impacts?.flatMap(impact =>
    seenOr(
      () => objectsHit(impact, answers, policy),
      why => [`${impact.kind}: it cannot be told what: ${why}`],
    ),
  )
  return {
    as,
    fault: bound.name,
    description: bound.description,
    blast: bound.blast,
    impacts: impacts ?? ['it does not say what it hits'],
  }
}

const whyUnprepared = (error: unknown): string =>
  error instanceof WouldChange
    ? `preparing it would change something: ${error.message}`
    : errorMessage(error)

/** Prepares a fault, and lets it begin until its first act. */
async function plannedFault(
  as: PlannedFault['as'],
  bound: BoundFault,
  fault: Fault | undefined,
  looking: Looking,
): Promise<PlannedFault> {
  const { context, changes, after } = looking
  const about = aboutFault(as, bound, looking)
  let record: Json
  try {
    record = await bound.prepare(context)
  } catch (error) {
    return {
      ...about,
      record: undefined,
      unprepared: whyUnprepared(error),
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

const aboutDrill = (drill: Drill, { target }: Runtime) => ({
  drill: drill.name,
  description: drill.title,
  target,
  on: drill.chosen === undefined ? undefined : chosenText(drill.chosen),
  budgets: drill.budgets,
  stability: drill.stability,
  healer: drill.healer,
  always: (drill.always ?? []).map(({ name, title }) => `${name}: ${title}`),
})

/** What is planned where a drill does not apply. */
const nothing = { faults: [], guards: [], fixes: [], refusals: [], podsLost: [] } as const

/** Stages come first, as in the drill. */
const stagesAndFaults = (drill: Drill, policy: Policy) => [
  ...(drill.setup?.(policy) ?? []).map(bound => ({ as: 'stage' as const, bound })),
  ...drill.faults(policy).map(bound => ({ as: 'fault' as const, bound })),
]

/** Why a drill does not apply; undefined: it does. */
function whyNot(
  planned: ReturnType<typeof stagesAndFaults>,
  { lacks }: Runtime,
): string | undefined {
  if (planned.every(({ as }) => as === 'stage'))
    return 'the policy names nothing that it could be tried on'
  return planned.flatMap(({ bound }) => bound.needs).flatMap(need => lacks[need] ?? [])[0]
}

/** Pods that would be lost by all impacts together, by name; undefined: it cannot be told. */
const namesLost = (
  impacts: Parameters<typeof podsLost>[0],
  answers: Answers,
  policy: Policy,
): readonly string[] | undefined =>
  seenOr<readonly string[] | undefined>(
    () =>
      [...podsLost(impacts, answers, policy)]
        .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)
        .toSorted(),
    () => undefined,
  )

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
  const reach = readOnly(runtime, policy, act => void changes.push(act))
  const about = aboutDrill(drill, runtime)
  const all = stagesAndFaults(drill, policy)
  const notApplicable = whyNot(all, runtime)
  if (notApplicable !== undefined) return { ...about, notApplicable, ...nothing }
  const { verdicts: guards, fixes } = await examine(drill, reach, policy, guardContext)
  const answers = answersOf(
    await observe([nodes, pods, services, ...workloadQuestions], reach, policy),
  )
  const context: FaultContext = { runtime: reach, policy, signal: new AbortController().signal }
  const looking = { answers, policy, context, changes, after: switchAfter(drill, policy) }
  const planned: PlannedFault[] = []
  for (const { as, bound } of all)
    planned.push(await plannedFault(as, bound, faults.get(bound.name), looking))
  return {
    ...about,
    notApplicable: undefined,
    fixes: fixes.map(({ name }) => name),
    faults: planned,
    guards,
    refusals: refusalsOf(guards),
    podsLost: namesLost(
      all.flatMap(({ bound }) => bound.impacts ?? []),
      answers,
      policy,
    ),
  }
}
