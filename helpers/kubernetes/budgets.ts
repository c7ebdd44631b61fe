// PodDisruptionBudgets: how many pods they let go.
import type { PodDisruptionBudget } from '#src/model/index.ts'

/**
 * A number or a share of the replicas, rounded up as the disruption controller does. @source
 * Kubernetes, disruption budgets: rounding
 */
const amount = (value: number | string, replicas: number): number =>
  typeof value === 'string' && value.endsWith('%')
    ? Math.ceil((replicas * Number.parseFloat(value)) / 100)
    : Number(value)

/** Pods of a workload that a budget lets go at one time, and the member that decides it. */
export function letsGo(
  { spec }: PodDisruptionBudget,
  replicas: number,
): { pods: number; by: 'minAvailable' | 'maxUnavailable' } {
  if (spec.maxUnavailable !== undefined)
    return { pods: Math.min(replicas, amount(spec.maxUnavailable, replicas)), by: 'maxUnavailable' }
  return { pods: replicas - amount(spec.minAvailable ?? 1, replicas), by: 'minAvailable' }
}
