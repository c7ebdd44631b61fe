// Milestones of a recovery, and when they came.

/** The milestones of a recovery, in their usual order. */
export const milestones = [
  'injected',
  'detected',
  'api back',
  'nodes ready',
  'pods ready',
  'endpoints ready',
  'service answering',
  'recovered',
  'undone',
] as const
export type MilestoneName = (typeof milestones)[number]

/** When a milestone came: between two observations. ms since the epoch. */
export interface Milestone {
  milestone: MilestoneName
  /**
   * The last time known before the milestone. If the drill never observed its absence: the last
   * observation before a gap.
   */
  after: number
  /** The first time known after the milestone. */
  by: number
  /** ms in between without observations. Absent: the interval is one polling interval. */
  unobserved?: number
}
