// What the scheduler's filters answer about a node that a pod cannot use.

/** What has to change before a retry can succeed. */
export type Reason = 'unschedulable' | 'taint' | 'affinity' | 'ports' | 'resources' | 'volumes'

/** Why a node refuses a pod. */
export interface Refusal {
  reason: Reason
  texts: string[]
  /** Evicting other pods would not help. */
  helpless: boolean
}
