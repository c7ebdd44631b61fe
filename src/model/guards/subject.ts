// What a drill affects, a node or a workload: a choice as data, so that a plan can show it and a
// person can override it.
import type { Impact } from './impact.ts'
import type { Policy, PolicyNode } from '#src/model/policy/policy.ts'

/** A workload by its names, e.g. `StatefulSet joelclaw/redis`. */
export type WorkloadName = Pick<
  Extract<Impact, { kind: 'workload' }>,
  'workload' | 'namespace' | 'name'
>

/** How a drill chooses among the nodes that its faults can affect. */
export type NodeChoice =
  | { readonly by: 'name'; readonly name: string }
  | { readonly by: 'role'; readonly role: PolicyNode['role'] }
  /** The node on which a workload runs. */
  | { readonly by: 'runs'; readonly of: WorkloadName }
  /** Any node except the holder of a lease, e.g. `kube-system/kube-controller-manager`. */
  | { readonly by: 'not-leader'; readonly lease: { namespace: string; name: string } }

/** Why a subject was chosen. */
export type ChoiceReason =
  /** A person named it: `--on`. */
  | { readonly kind: 'asked' }
  | { readonly kind: 'name' }
  | { readonly kind: 'role'; readonly role: PolicyNode['role'] }
  | { readonly kind: 'runs'; readonly of: WorkloadName }
  | { readonly kind: 'not-leader'; readonly leader: string }
  /** The basis of the choice was not observed, or fits no node. */
  | { readonly kind: 'first' }
  /** A member of the policy names it, e.g. `drillTargets.deployed`. */
  | { readonly kind: 'policy'; readonly member: string }

export interface Chosen {
  /** As plans show it: `node one`, `Deployment shop/web`. */
  readonly subject: string
  readonly reason: ChoiceReason
}

/** A chosen node by its name. */
export interface ChosenNode {
  readonly node: string
  readonly reason: ChoiceReason
}

const workloadText = ({ workload, namespace, name }: WorkloadName): string =>
  `${workload} ${namespace}/${name}`

function reasonText(reason: ChoiceReason): string {
  switch (reason.kind) {
    case 'asked':
      return 'chosen by --on'
    case 'name':
      return 'named by the drill'
    case 'role':
      return `the first ${reason.role}`
    case 'runs':
      return `where ${workloadText(reason.of)} runs`
    case 'not-leader':
      return `which is not the leader (${reason.leader})`
    case 'first':
      return 'the first that the drill can hit'
    case 'policy':
      return `named by ${reason.member}`
  }
}

/** A chosen subject with the reason, for plans and timelines. */
export const chosenText = ({ subject, reason }: Chosen): string =>
  `${subject}, ${reasonText(reason)}`

/** The node that the policy alone determines. Undefined: the choice depends on the cluster. */
export function chosenByPolicy(
  choice: NodeChoice,
  candidates: readonly PolicyNode[],
): ChosenNode | undefined {
  if (choice.by !== 'name' && choice.by !== 'role') return undefined
  const found = candidates.find(({ name, role }) =>
    choice.by === 'name' ? name === choice.name : role === choice.role,
  )
  if (found === undefined) return undefined
  return choice.by === 'name'
    ? { node: found.name, reason: { kind: 'name' } }
    : { node: found.name, reason: { kind: 'role', role: choice.role } }
}

/** The first candidate. Undefined: there are none. */
export const firstOf = (candidates: readonly PolicyNode[]): ChosenNode | undefined =>
  candidates[0] === undefined ? undefined : { node: candidates[0].name, reason: { kind: 'first' } }

/** The node of this name in a policy. */
export const nodeNamed = ({ nodes }: Policy, name: string | undefined): PolicyNode | undefined =>
  nodes.find(node => node.name === name)
