// The Job controller: pods that run to their end, replaced with a back-off until enough succeeded
// or too many failed.
import { delays, limits } from '#lab/control/delays.ts'
import { deleteObject } from '#lab/control/objects/deletion.ts'
import { recordEvent } from '#lab/control/events/events.ts'
import type { FullPod, Job, WorkloadCondition } from '#lab/control/objects.ts'
import { controllerOf, owned } from './ownership.ts'
import {
  hasEnded,
  isActive,
  isReady,
  isTerminating,
  podFrom,
  createPod,
} from '#lab/control/pods.ts'
import { freeName, isNamespaceTerminating } from './replica-set.ts'
import type { Control, Controller } from '#lab/control/work-queue.ts'
import { keyOf, parts, workQueue } from '#lab/control/work-queue.ts'

const component = 'job-controller'

/** What a Job came to, with the reasons and texts of its conditions. */
type End = { kind: 'complete' } | { kind: 'failed'; reason: string; message: string }

const finished = (job: Job): WorkloadCondition | undefined =>
  job.status?.conditions?.find(
    condition =>
      (condition.type === 'Complete' || condition.type === 'Failed') && condition.status === 'True',
  )

export function jobController(control: Control): Controller {
  const { context } = control
  const { store, clock } = context
  const queue = workQueue(control, delays.reconcile, reconcile)
  /**
   * Pods that the counts have in them, by Job: a counted pod may be deleted without being counted
   * out.
   */
  const counted = new Map<string, Set<string>>()
  const lastFailure = new Map<string, number>()
  /**
   * Pods whose object went since the last pass, by Job: whoever had not ended counts as failed, as
   * its tracking finalizer sees to upstream.
   */
  const lost = new Map<string, FullPod[]>()

  function reconcile(key: string): void {
    const { namespace, name } = parts(key)
    const job = store.get<Job>('Job', namespace, name)
    if (job === undefined || isTerminating(job)) return
    const end = finished(job)
    if (end !== undefined) expire(job, end)
    else if (job.spec.suspend === true) suspend(job)
    else run(job)
  }

  function run(job: Job): void {
    const pods = owned<FullPod>(control, job, 'Pod')
    count(job, pods)
    const active = pods.filter(isActive)
    const succeeded = job.status?.succeeded ?? 0
    const failed = job.status?.failed ?? 0
    const done = { succeeded, failed }
    const gone = lost.get(job.metadata.uid ?? '') ?? []
    lost.delete(job.metadata.uid ?? '')
    for (const pod of [...pods.filter(hasEnded), ...gone].filter(one => isNew(job, one))) {
      done[pod.status?.phase === 'Succeeded' ? 'succeeded' : 'failed'] += 1
      remember(job, pod)
    }
    if (done.failed > failed) lastFailure.set(job.metadata.uid ?? '', clock.now())
    const end = endOf(job, pods, done)
    if (end !== undefined) {
      for (const pod of active) remove(job, pod)
      finish(job, done, end)
      return
    }
    const created = create(job, active, done)
    write(job, {
      ...done,
      active: active.length + created,
      ready: active.filter(isReady).length,
      terminating: pods.filter(isTerminating).length,
    })
    const deadline = job.spec.activeDeadlineSeconds
    if (deadline !== undefined)
      queue.addAfter(keyOf(job), Math.max(0, startOf(job) + deadline * 1000 - clock.now()))
  }

  const isNew = (job: Job, pod: FullPod): boolean =>
    counted.get(job.metadata.uid ?? '')?.has(pod.metadata.uid ?? '') !== true

  function remember(job: Job, pod: FullPod): void {
    const key = job.metadata.uid ?? ''
    counted.set(key, (counted.get(key) ?? new Set()).add(pod.metadata.uid ?? ''))
  }

  /** A Job that was here before this controller has its ended pods counted already. */
  function count(job: Job, pods: readonly FullPod[]): void {
    if (counted.has(job.metadata.uid ?? '') || job.status?.startTime === undefined) return
    counted.set(job.metadata.uid ?? '', new Set())
    const already = (job.status.succeeded ?? 0) + (job.status.failed ?? 0)
    for (const pod of pods.filter(hasEnded).slice(0, already)) remember(job, pod)
  }

  const startOf = (job: Job): number => Date.parse(job.status?.startTime ?? store.timestamp())

  function endOf(
    job: Job,
    pods: readonly FullPod[],
    done: { succeeded: number; failed: number },
  ): End | undefined {
    const { activeDeadlineSeconds, backoffLimit = limits.jobBackoffLimit, completions } = job.spec
    const restarts =
      job.spec.template.spec.restartPolicy === 'OnFailure'
        ? pods
            .filter(isActive)
            .flatMap(pod => pod.status?.containerStatuses ?? [])
            .reduce((sum, status) => sum + status.restartCount, 0)
        : 0
    if (done.failed > backoffLimit || (restarts > 0 && restarts >= backoffLimit))
      return {
        kind: 'failed',
        reason: 'BackoffLimitExceeded',
        message: 'Job has reached the specified backoff limit',
      }
    if (
      activeDeadlineSeconds !== undefined &&
      clock.now() >= startOf(job) + activeDeadlineSeconds * 1000
    ) {
      return {
        kind: 'failed',
        reason: 'DeadlineExceeded',
        message: 'Job was active longer than specified deadline',
      }
    }
    const enough =
      completions === undefined && job.spec.parallelism !== undefined
        ? done.succeeded > 0 && !pods.some(isActive)
        : done.succeeded >= (completions ?? 1)
    return enough ? { kind: 'complete' } : undefined
  }

  function create(
    job: Job,
    active: readonly FullPod[],
    done: { succeeded: number; failed: number },
  ): number {
    const { namespace, name, uid } = job.metadata
    if (isNamespaceTerminating(control, namespace)) return 0
    const left =
      job.spec.completions === undefined && job.spec.parallelism !== undefined
        ? done.succeeded > 0
          ? 0
          : Infinity
        : (job.spec.completions ?? 1) - done.succeeded
    const wanted = Math.min(job.spec.parallelism ?? 1, left) - active.length
    if (wanted <= 0) return 0
    const since = lastFailure.get(uid ?? '')
    if (since !== undefined && done.failed > 0) {
      const pause = Math.min(
        limits.jobBackoff.first * 2 ** (done.failed - 1),
        limits.jobBackoff.longest,
      )
      if (clock.now() < since + pause) {
        queue.addAfter(keyOf(job), since + pause - clock.now())
        return 0
      }
    }
    for (let made = 0; made < wanted; made += 1) {
      const pod = createPod(
        context,
        podFrom(
          job.spec.template,
          job,
          { name: freeName(control, 'Pod', namespace, `${name}-`), generateName: `${name}-` },
          draft => {
            draft.metadata.labels = {
              ...draft.metadata.labels,
              'batch.kubernetes.io/controller-uid': uid ?? '',
              'batch.kubernetes.io/job-name': name,
              'controller-uid': uid ?? '',
              'job-name': name,
            }
          },
        ),
      )
      recordEvent(context, {
        about: job,
        type: 'Normal',
        reason: 'SuccessfulCreate',
        message: `Created pod: ${pod.metadata.name}`,
        component,
      })
    }
    return wanted
  }

  function remove(job: Job, pod: FullPod): void {
    deleteObject(control, pod)
    recordEvent(context, {
      about: job,
      type: 'Normal',
      reason: 'SuccessfulDelete',
      message: `Deleted pod: ${pod.metadata.name}`,
      component,
    })
  }

  function write(
    job: Job,
    numbers: {
      active: number
      ready: number
      succeeded: number
      failed: number
      terminating: number
    },
    more: Partial<NonNullable<Job['status']>> = {},
  ): void {
    store.update<Job>('Job', job.metadata.namespace, job.metadata.name, draft => {
      const { active, succeeded, failed, ready, terminating } = numbers
      draft.status = {
        ...(draft.status?.conditions !== undefined && { conditions: draft.status.conditions }),
        startTime: draft.status?.startTime ?? store.timestamp(),
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

  function finish(job: Job, done: { succeeded: number; failed: number }, end: End): void {
    const now = store.timestamp()
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
    const failed =
      done.failed +
      (end.kind === 'failed'
        ? owned<FullPod>(control, job, 'Pod').filter(pod => isTerminating(pod) && isNew(job, pod))
            .length
        : 0)
    const [first, last, reason, message] =
      end.kind === 'complete'
        ? ([
            'SuccessCriteriaMet',
            'Complete',
            'CompletionsReached',
            'Reached expected number of succeeded pods',
          ] as const)
        : (['FailureTarget', 'Failed', end.reason, end.message] as const)
    write(
      job,
      { active: 0, ready: 0, succeeded: done.succeeded, failed, terminating: 0 },
      {
        conditions: [condition(first, reason, message), condition(last, reason, message)],
        ...(end.kind === 'complete' && { completionTime: now }),
      },
    )
    if (end.kind === 'complete')
      recordEvent(context, {
        about: job,
        type: 'Normal',
        reason: 'Completed',
        message: 'Job completed',
        component,
      })
    else
      recordEvent(context, {
        about: job,
        type: 'Warning',
        reason: end.reason,
        message: end.message,
        component,
      })
  }

  function suspend(job: Job): void {
    const active = owned<FullPod>(control, job, 'Pod').filter(isActive)
    for (const pod of active) {
      remember(job, pod)
      remove(job, pod)
    }
    store.update<Job>('Job', job.metadata.namespace, job.metadata.name, draft => {
      const now = store.timestamp()
      const others = (draft.status?.conditions ?? []).filter(
        condition => condition.type !== 'Suspended',
      )
      const known = draft.status?.conditions?.find(condition => condition.type === 'Suspended')
      const { startTime: _, active: __, ...rest } = draft.status ?? {}
      draft.status = {
        ...rest,
        conditions: [
          ...others,
          known ?? {
            type: 'Suspended',
            status: 'True',
            reason: 'JobSuspended',
            message: 'Job suspended',
            lastTransitionTime: now,
          },
        ],
      }
    })
  }

  function expire(job: Job, end: WorkloadCondition): void {
    const ttl = job.spec.ttlSecondsAfterFinished
    if (ttl === undefined) return
    const left = Date.parse(end.lastTransitionTime ?? '') + ttl * 1000 - clock.now()
    if (left > 0) queue.addAfter(keyOf(job), left)
    else deleteObject(control, job)
  }

  return {
    on({ type, object }) {
      if (object.kind === 'Job') {
        if (type === 'DELETED')
          for (const map of [counted, lost, lastFailure]) map.delete(object.metadata.uid ?? '')
        else queue.add(keyOf(object))
      }
      const owner = object.kind === 'Pod' ? controllerOf(object) : undefined
      if (owner?.kind !== 'Job') return
      // The store keeps pods under this kind.
      if (type === 'DELETED')
        lost.set(owner.uid, [...(lost.get(owner.uid) ?? []), object as FullPod])
      queue.add(`${object.metadata.namespace}/${owner.name}`)
    },
    all() {
      for (const job of store.list('Job')) queue.add(keyOf(job))
    },
  }
}
