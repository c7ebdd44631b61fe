// The node that a drill affects: a choice as data, so that a plan can show it and a person can
// override it.
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

/** Why a node was chosen. */
export type ChoiceReason =
  /** A person named it: `--on`. */
  | { readonly kind: 'asked' }
  | { readonly kind: 'name' }
  | { readonly kind: 'role'; readonly role: PolicyNode['role'] }
  | { readonly kind: 'runs'; readonly of: WorkloadName }
  | { readonly kind: 'not-leader'; readonly leader: string }
  /** The basis of the choice was not observed, or fits no node. */
  | { readonly kind: 'first' }

export interface Chosen {
  readonly node: string
  readonly reason: ChoiceReason
}

const workloadText = ({ workload, namespace, name }: WorkloadName): string =>
  `${workload} ${namespace}/${name}`

/** A chosen node with the reason, for plans and timelines. */
export function chosenText({ node, reason }: Chosen): string {
  switch (reason.kind) {
    case 'asked':
      return `node ${node}, as --on says`
    case 'name':
      return `node ${node}, as the drill names it`
    case 'role':
      return `node ${node}, the first ${reason.role}`
    case 'runs':
      return `node ${node}, where ${workloadText(reason.of)} runs`
    case 'not-leader':
      return `node ${node}, which is not the leader (${reason.leader})`
    case 'first':
      return `node ${node}, the first that the drill can hit`
  }
}

/** The node that the policy alone determines. Undefined: the choice depends on the cluster. */
export function chosenByPolicy(
  choice: NodeChoice,
  candidates: readonly PolicyNode[],
): Chosen | undefined {
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
export const firstOf = (candidates: readonly PolicyNode[]): Chosen | undefined =>
  candidates[0] === undefined ? undefined : { node: candidates[0].name, reason: { kind: 'first' } }

/** The node of this name in a policy. */
export const nodeNamed = ({ nodes }: Policy, name: string | undefined): PolicyNode | undefined =>
  nodes.find(node => node.name === name)
