// The plan of a drill as data: its faults with their impacts and undos, and the verdicts of the
// guards.
import type { Drill } from '#src/model/drill/drill.ts'
import type { MilestoneName } from '#src/model/drill/milestone.ts'
import type { GuardRefusal, InapplicableCause } from '#src/model/drill/cause.ts'
import type { BoundFault, Json } from '#src/model/fault.ts'
import type { Runtime } from '#src/model/runtime.ts'
import type { GuardVerdict } from './guard.ts'
import type { Chosen } from './subject.ts'

export interface PlannedFault {
  /** `stage`: it prepares the drill, before the steady state is checked. */
  readonly as: 'stage' | 'fault'
  readonly fault: string
  readonly description: string
  readonly blast: BoundFault['blast']
  /** Objects, nodes and machines, each with its uid if it has one. */
  readonly impacts: readonly string[]
  /** The undo record that its `prepare` returned; undefined: it could not be prepared. */
  readonly record: Json | undefined
  /** Why it could not be prepared. */
  readonly unprepared: string | undefined
  /** The first request, command or write that it would send. */
  readonly begins: string | undefined
  /** The command that a person types when holdfast cannot undo it. */
  readonly manualUndo: string | undefined
  /** What ends it when holdfast does not return, and after how many ms; or why nothing does. */
  readonly deadMan:
    | { readonly description: string; readonly after: number }
    | { readonly why: string }
}

export interface DrillPlan {
  readonly drill: string
  readonly description: string
  readonly target: Runtime['target']
  /** The nodes and workloads that it hits, each with the reason. Empty: it chooses none. */
  readonly on: readonly Chosen[]
  /** Why the drill does not apply here; undefined: it does. */
  readonly notApplicable: InapplicableCause | undefined
  readonly faults: readonly PlannedFault[]
  readonly guards: readonly GuardVerdict[]
  readonly refusals: readonly GuardRefusal[]
  readonly budgets: Partial<Record<MilestoneName, string>>
  readonly stability: string
  readonly healer: Drill['healer']
  /** Invariants whose violation aborts the drill. */
  readonly always: readonly string[]
  /** Fixes that the drill can call for. Violations that exist already need none. */
  readonly fixes: readonly string[]
  /** Pods that all faults together end or silence. Undefined: unknown. */
  readonly podsLost: readonly string[] | undefined
}
