// The writes of a Job's status.
import type { Job } from '#lab/control/objects.ts'
import { updateObject } from '#lab/control/objects/update.ts'
import type { Control } from '#lab/control/work-queue.ts'
import type { Counts } from './job-end.ts'

type Status = NonNullable<Job['status']>

interface Numbers extends Counts {
  readonly active: number
  readonly ready: number
  readonly terminating: number
}

/** Writes the numbers of a running or ended Job. */
export function writeNumbers(
  control: Control,
  job: Job,
  { active, ready, succeeded, failed, terminating }: Numbers,
  more: Partial<Status> = {},
): void {
  updateObject(control, job, draft => {
    draft.status = {
      ...(draft.status?.conditions !== undefined && { conditions: draft.status.conditions }),
      startTime: draft.status?.startTime ?? control.context.store.timestamp(),
      ...(active > 0 && { active }),
      ...(succeeded > 0 && { succeeded }),
      ...(failed > 0 && { failed }),
      terminating,
      uncountedTerminatedPods: {},
      ready,
      ...more,
    }
  })
}

/** Writes that a Job is suspended: it is no longer active and has not started. */
export function writeSuspended(control: Control, job: Job): void {
  const now = control.context.store.timestamp()
  updateObject(control, job, draft => {
    const conditions = draft.status?.conditions ?? []
    const others = conditions.filter(condition => condition.type !== 'Suspended')
    const known = conditions.find(condition => condition.type === 'Suspended')
    const { startTime: _, active: __, ...rest } = draft.status ?? {}
    const suspended = known ?? {
      type: 'Suspended',
      status: 'True',
      reason: 'JobSuspended',
      message: 'Job suspended',
      lastTransitionTime: now,
    }
    draft.status = { ...rest, conditions: [...others, suspended] }
  })
}
