// Workloads, Services and ports that a policy names for its drills, as subjects that --on can
// choose among.
import type { Policy } from '#src/model/policy/policy.ts'

type Targets = Policy['drillTargets']

/** Members of `drillTargets` that name a subject and may have alternatives. */
type TargetMember = keyof NonNullable<Targets['alternatives']>

/** Where the subjects for a part come from: a member of `drillTargets`, or the whole policy. */
export type TargetPart = TargetMember | ((policy: Policy) => readonly Target[])

/** One subject that the policy names for a part. */
export interface Target {
  /** As plans show it, e.g. `Deployment shop/web`, `Service shop/web`, `port pds`. */
  readonly subject: string
  /** The member of the policy that names it, e.g. `drillTargets.deployed`. */
  readonly member: string
  /** The policy in which it plays the part. */
  readonly policy: Policy
}

type Named =
  | { readonly kind: string; readonly namespace: string; readonly name: string }
  | { readonly namespace: string; readonly service: string }
  | { readonly port: string }

function subjectOf(target: Named): string {
  if ('kind' in target) return `${target.kind} ${target.namespace}/${target.name}`
  return 'service' in target
    ? `Service ${target.namespace}/${target.service}`
    : `port ${target.port}`
}

/** The subjects for a part: the policy's own choice first, then its alternatives. */
export function targetsFor(part: TargetPart, policy: Policy): readonly Target[] {
  if (typeof part === 'function') return part(policy)
  const { [part]: own, alternatives } = policy.drillTargets
  if (own === undefined) return []
  return [own, ...(alternatives?.[part] ?? [])].map((target, index) => ({
    subject: subjectOf(target),
    member: index === 0 ? `drillTargets.${part}` : `drillTargets.alternatives.${part}`,
    policy: { ...policy, drillTargets: { ...policy.drillTargets, [part]: target } },
  }))
}

/** Whether a person means this subject: by its whole name, or without its kind. */
export const isNamed = (subject: string, wanted: string): boolean =>
  subject === wanted || subject.slice(subject.indexOf(' ') + 1) === wanted
