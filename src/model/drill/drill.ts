// A drill: one incident that its users lived through, as steady state, faults, expected detection,
// healer and budgets.
import type { BoundFault } from '#src/model/fault.ts'
import {
  chosenByPolicy,
  firstOf,
  nodeNamed,
  type Chosen,
  type NodeChoice,
} from '#src/model/guards/subject.ts'
import type { TargetPart } from '#src/model/guards/target.ts'
import type { Invariant } from '#src/model/invariant.ts'
import type { Policy, PolicyNode } from '#src/model/policy/policy.ts'
import { ms, type Duration } from '#src/model/units.ts'
import type { MilestoneName } from './milestone.ts'

export interface DrillDefinition<Name extends string = string> {
  /** Kebab case, as a person would name the incident. Unique. */
  readonly name: Name
  readonly title: string
  /** The incident and the document that describes it. */
  readonly incident: { readonly story: string; readonly source: string }
  /**
   * Faults that set the scene before holdfast checks the steady state. It undoes them at the end.
   */
  setup?(policy: Policy): readonly BoundFault[]
  /** Invariants that must hold before the first injection. */
  readonly steadyState: readonly Invariant[]
  /** Invariants that must hold all the time. A violation aborts the drill and undoes it at once. */
  readonly always?: readonly Invariant[]
  /** How the drill chooses the node that it affects. Absent: its faults do not need one. */
  on?(policy: Policy): NodeChoice
  /** The members of the policy that name its workloads. Absent: its faults do not need one. */
  readonly targets?: readonly TargetPart[]
  /** `node`: the chosen one. Undefined: the drill chooses none, or none fits. */
  faults(policy: Policy, node?: PolicyNode): readonly BoundFault[]
  /** The invariants that must notice, and how soon after the injection. */
  readonly breaks: readonly { readonly invariant: Invariant; readonly within: Duration }[]
  /** Who must recover. `cluster`: without help. `holdfast`: its fixes may act. */
  readonly healer: 'cluster' | 'holdfast'
  /** Names of the fixes that should act. Empty if the cluster heals itself. */
  readonly expects: readonly string[]
  /** Names of the mapped ports that stand for “the service”. Absent: all ports of the policy. */
  services?(policy: Policy): readonly string[]
  /**
   * The longest time from the injection to each milestone. `recovered` is required. @source
   * policy.budgets or the head of the drill's file
   */
  readonly budgets: Partial<Record<MilestoneName, Duration>> & { readonly recovered: Duration }
  /** How long all invariants must hold without a break before the cluster counts as recovered. */
  readonly stability: Duration
  /**
   * When the drill ends as “not healed”. A stability window that has begun may still end. Default:
   * twice the recovery budget.
   */
  readonly giveUp?: Duration
}

export interface Drill<Name extends string = string> extends Omit<DrillDefinition<Name>, 'faults'> {
  readonly kind: 'drill'
  /** What it affects, once that is chosen. */
  readonly chosen?: readonly Chosen[]
  /**
   * Its faults on the chosen node. Before the choice: on the node that the policy alone suggests.
   */
  faults(policy: Policy): readonly BoundFault[]
  /** Its faults on a node. */
  faultsOn(policy: Policy, node?: PolicyNode): readonly BoundFault[]
}

/** Defines a drill. Nothing happens until it is run. */
export const drill = <const Name extends string>(
  definition: DrillDefinition<Name>,
): Drill<Name> => ({
  ...definition,
  kind: 'drill',
  faultsOn: (policy, node) => definition.faults(policy, node),
  faults(policy) {
    const choice = definition.on?.(policy)
    if (choice === undefined) return definition.faults(policy)
    const candidates = policy.nodes.filter(node => definition.faults(policy, node).length > 0)
    const chosen = chosenByPolicy(choice, candidates) ?? firstOf(candidates)
    return definition.faults(policy, nodeNamed(policy, chosen?.node))
  },
})

/** How long after its injection a drill waits for its recovery, ms. */
export const giveUpAfter = ({ giveUp, budgets }: Pick<Drill, 'giveUp' | 'budgets'>): number =>
  giveUp === undefined ? 2 * ms(budgets.recovered) : ms(giveUp)
