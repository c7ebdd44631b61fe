// When a Job ends, and how its status and its event report the end.
import { limits } from '#lab/control/delays.ts'
import type { FullPod, Job, WorkloadCondition } from '#lab/control/objects.ts'
import { isActive } from '#lab/control/pods.ts'

/** How many pods of a Job have ended, and how. */
export interface Counts {
  succeeded: number
  failed: number
}

/** How a Job ended, with the reason and message of its conditions. */
export type End = { kind: 'complete' } | { kind: 'failed'; reason: string; message: string }

/** Any success completes a Job that sets a parallelism and no number of completions. */
const anySuccessCompletes = ({ spec }: Job): boolean =>
  spec.completions === undefined && spec.parallelism !== undefined

/** How many pods still have to succeed. */
export function remaining(job: Job, done: Counts): number {
  if (!anySuccessCompletes(job)) return (job.spec.completions ?? 1) - done.succeeded
  return done.succeeded > 0 ? 0 : Infinity
}

/** How a Job has ended after `activeMs`; undefined: it goes on. */
export function endOf(
  job: Job,
  pods: readonly FullPod[],
  done: Counts,
  activeMs: number,
): End | undefined {
  const { activeDeadlineSeconds, backoffLimit = limits.jobBackoffLimit, completions } = job.spec
  const restarts = countedRestarts(job, pods)
  if (done.failed > backoffLimit || (restarts > 0 && restarts >= backoffLimit))
    return {
      kind: 'failed',
      reason: 'BackoffLimitExceeded',
      message: 'Job has reached the specified backoff limit',
    }
  if (activeDeadlineSeconds !== undefined && activeMs >= activeDeadlineSeconds * 1000) {
    return {
      kind: 'failed',
      reason: 'DeadlineExceeded',
      message: 'Job was active longer than specified deadline',
    }
  }
  const enough = anySuccessCompletes(job)
    ? done.succeeded > 0 && !pods.some(isActive)
    : done.succeeded >= (completions ?? 1)
  return enough ? { kind: 'complete' } : undefined
}

/** Restarts count as failures if containers restart in place. */
function countedRestarts(job: Job, pods: readonly FullPod[]): number {
  if (job.spec.template.spec.restartPolicy !== 'OnFailure') return 0
  return pods
    .filter(isActive)
    .flatMap(pod => pod.status?.containerStatuses ?? [])
    .reduce((sum, status) => sum + status.restartCount, 0)
}

/** The conditions of an ended Job. @source Kubernetes v1.35 */
export function endConditions(end: End, now: string): WorkloadCondition[] {
  const condition = (
    type: string,
    reason: string,
    message: string,
  ): WorkloadCondition & { lastProbeTime: string } => ({
    type,
    status: 'True',
    lastProbeTime: now,
    lastTransitionTime: now,
    reason,
    message,
  })
  const { reason, message } =
    end.kind === 'failed'
      ? end
      : {
          reason: 'CompletionsReached',
          message: 'Reached expected number of succeeded pods',
        }
  const types =
    end.kind === 'failed' ? ['FailureTarget', 'Failed'] : ['SuccessCriteriaMet', 'Complete']
  return types.map(type => condition(type, reason, message))
}

/** The event of an ended Job. */
export const endEvent = (
  end: End,
): { type: 'Normal' | 'Warning'; reason: string; message: string } =>
  end.kind === 'complete'
    ? { type: 'Normal', reason: 'Completed', message: 'Job completed' }
    : { type: 'Warning', reason: end.reason, message: end.message }
