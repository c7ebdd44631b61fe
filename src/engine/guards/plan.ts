// What a drill would do, without doing it: everything is resolved through a runtime that refuses
// every change.
import { nodes, pods, services } from '#src/kubernetes/questions/lists.ts'
import { workloadQuestions } from '#src/kubernetes/questions/workloads.ts'
import { inapplicable } from '#src/engine/drill/preflight.ts'
import { switchAfter } from '#src/engine/drill/steady-state.ts'
import { observe } from '#src/engine/evaluate/observe.ts'
import {
  answersOf,
  type Answers,
  type Drill,
  type DrillPlan,
  type Fault,
  type FaultContext,
  type Impact,
  type PlannedFault,
  type Policy,
  type Runtime,
} from '#src/model/index.ts'
import { examine, type GuardContext } from './ask.ts'
import { refusalsOf } from './evaluate.ts'
import { podsLost } from './loss.ts'
import { knownOr, plannedFault } from './planned-fault.ts'

/** What the platforms give to a plan. */
export interface PlanParts {
  readonly faults: ReadonlyMap<string, Fault>
  /** A runtime that refuses every change with a WouldChange, and calls `heard` with each. */
  readOnly(runtime: Runtime, policy: Policy, heard: (act: string) => void): Runtime
}

const aboutDrill = (drill: Drill, { target }: Runtime) => ({
  drill: drill.name,
  description: drill.title,
  target,
  on: drill.chosen ?? [],
  budgets: drill.budgets,
  stability: drill.stability,
  healer: drill.healer,
  always: (drill.always ?? []).map(({ name, title }) => `${name}: ${title}`),
})

/** The rest of the plan of a drill that does not apply. */
const nothing = { faults: [], guards: [], fixes: [], refusals: [], podsLost: [] } as const

/** The order of the drill: its stage first. */
const stagesAndFaults = (drill: Drill, policy: Policy) => [
  ...(drill.setup?.(policy) ?? []).map(bound => ({ as: 'stage' as const, bound })),
  ...drill.faults(policy).map(bound => ({ as: 'fault' as const, bound })),
]

/** Names of the pods that all impacts together take; undefined: unknown. */
const namesLost = (
  impacts: readonly Impact[],
  answers: Answers,
  policy: Policy,
): readonly string[] | undefined =>
  knownOr<readonly string[] | undefined>(
    () =>
      [...podsLost(impacts, answers, policy)]
        .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)
        .toSorted(),
    () => undefined,
  )

/** Plans a drill. Sends only reads and reviews of access: its runtime refuses everything else. */
export async function planDrill(
  drill: Drill,
  runtime: Runtime,
  policy: Policy,
  { faults, readOnly }: PlanParts,
  guardContext?: GuardContext,
): Promise<DrillPlan> {
  const about = aboutDrill(drill, runtime)
  const notApplicable = inapplicable(drill, policy, runtime.lacks)
  if (notApplicable !== undefined) return { ...about, notApplicable, ...nothing }
  const changes: string[] = []
  const reading = readOnly(runtime, policy, act => void changes.push(act))
  const { verdicts: guards, fixes } = await examine(drill, reading, policy, guardContext)
  const answers = answersOf(
    await observe([nodes, pods, services, ...workloadQuestions], reading, policy),
  )
  const context: FaultContext = { runtime: reading, policy, signal: new AbortController().signal }
  const planning = { answers, policy, context, changes, after: switchAfter(drill, policy) }
  const all = stagesAndFaults(drill, policy)
  const planned: PlannedFault[] = []
  for (const { as, bound } of all)
    planned.push(await plannedFault(as, bound, faults.get(bound.name), planning))
  const impacts = all.flatMap(({ bound }) => bound.impacts ?? [])
  return {
    ...about,
    notApplicable: undefined,
    fixes: fixes.map(({ name }) => name),
    faults: planned,
    guards,
    refusals: refusalsOf(guards),
    podsLost: namesLost(impacts, answers, policy),
  }
}
