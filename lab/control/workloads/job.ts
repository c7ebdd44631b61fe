// The Job controller: pods that run to their end, replaced with a back-off until enough succeeded
// or too many failed.
import type { VirtualClock } from '#lab/kernel/clock.ts'
import type { Store, StoreEvent } from '#lab/kernel/store.ts'
import type { LabContext } from '#lab/kernel/world.ts'
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
import type { Control, Controller, Queue } from '#lab/control/work-queue.ts'
import { keyOf, parts, workQueue } from '#lab/control/work-queue.ts'

const component = 'job-controller'

/** What a Job came to, with the reasons and texts of its conditions. */
type End = { kind: 'complete' } | { kind: 'failed'; reason: string; message: string }

const finished = (job: Job): WorkloadCondition | undefined =>
  job.status?.conditions?.find(
    condition =>
      (condition.type === 'Complete' || condition.type === 'Failed') && condition.status === 'True',
  )

class JobController implements Controller {
  readonly #control: Control
  readonly #context: LabContext
  readonly #store: Store
  readonly #clock: VirtualClock
  readonly #queue: Queue
  /**
   * Pods that the counts have in them, by Job: a counted pod may be deleted without being counted
   * out.
   */
  readonly #counted = new Map<string, Set<string>>()
  readonly #lastFailure = new Map<string, number>()
  /**
   * Pods whose object went since the last pass, by Job: whoever had not ended counts as failed, as
   * its tracking finalizer sees to upstream.
   */
  readonly #lost = new Map<string, FullPod[]>()

  constructor(control: Control) {
    this.#control = control
    this.#context = control.context
    this.#store = this.#context.store
    this.#clock = this.#context.clock
    this.#queue = workQueue(control, delays.reconcile, key => this.#reconcile(key))
  }

  on({ type, object }: StoreEvent): void {
    if (object.kind === 'Job') {
      if (type === 'DELETED')
        for (const map of [this.#counted, this.#lost, this.#lastFailure])
          map.delete(object.metadata.uid ?? '')
      else this.#queue.add(keyOf(object))
    }
    const owner = object.kind === 'Pod' ? controllerOf(object) : undefined
    if (owner?.kind !== 'Job') return
    // The store keeps pods under this kind.
    if (type === 'DELETED')
      this.#lost.set(owner.uid, [...(this.#lost.get(owner.uid) ?? []), object as FullPod])
    this.#queue.add(`${object.metadata.namespace}/${owner.name}`)
  }

  all(): void {
    for (const job of this.#store.list('Job')) this.#queue.add(keyOf(job))
  }

  #reconcile(key: string): void {
    const { namespace, name } = parts(key)
    const job = this.#store.get<Job>('Job', namespace, name)
    if (job === undefined || isTerminating(job)) return
    const end = finished(job)
    if (end !== undefined) this.#expire(job, end)
    else if (job.spec.suspend === true) this.#suspend(job)
    else this.#run(job)
  }

  #run(job: Job): void {
    const pods = owned<FullPod>(this.#control, job, 'Pod')
    this.#count(job, pods)
    const active = pods.filter(isActive)
    const succeeded = job.status?.succeeded ?? 0
    const failed = job.status?.failed ?? 0
    const done = { succeeded, failed }
    const gone = this.#lost.get(job.metadata.uid ?? '') ?? []
    this.#lost.delete(job.metadata.uid ?? '')
    for (const pod of [...pods.filter(hasEnded), ...gone].filter(one => this.#isNew(job, one))) {
      done[pod.status?.phase === 'Succeeded' ? 'succeeded' : 'failed'] += 1
      this.#remember(job, pod)
    }
    if (done.failed > failed) this.#lastFailure.set(job.metadata.uid ?? '', this.#clock.now())
    const end = this.#endOf(job, pods, done)
    if (end !== undefined) {
      for (const pod of active) this.#remove(job, pod)
      this.#finish(job, done, end)
      return
    }
    const created = this.#create(job, active, done)
    this.#write(job, {
      ...done,
      active: active.length + created,
      ready: active.filter(isReady).length,
      terminating: pods.filter(isTerminating).length,
    })
    const deadline = job.spec.activeDeadlineSeconds
    if (deadline !== undefined)
      this.#queue.addAfter(
        keyOf(job),
        Math.max(0, this.#startOf(job) + deadline * 1000 - this.#clock.now()),
      )
  }

  #isNew(job: Job, pod: FullPod): boolean {
    return this.#counted.get(job.metadata.uid ?? '')?.has(pod.metadata.uid ?? '') !== true
  }

  #remember(job: Job, pod: FullPod): void {
    const key = job.metadata.uid ?? ''
    this.#counted.set(key, (this.#counted.get(key) ?? new Set()).add(pod.metadata.uid ?? ''))
  }

  /** A Job that was here before this controller has its ended pods counted already. */
  #count(job: Job, pods: readonly FullPod[]): void {
    if (this.#counted.has(job.metadata.uid ?? '') || job.status?.startTime === undefined) return
    this.#counted.set(job.metadata.uid ?? '', new Set())
    const already = (job.status.succeeded ?? 0) + (job.status.failed ?? 0)
    for (const pod of pods.filter(hasEnded).slice(0, already)) this.#remember(job, pod)
  }

  #startOf(job: Job): number {
    return Date.parse(job.status?.startTime ?? this.#store.timestamp())
  }

  #endOf(
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
      this.#clock.now() >= this.#startOf(job) + activeDeadlineSeconds * 1000
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

  #create(
    job: Job,
    active: readonly FullPod[],
    done: { succeeded: number; failed: number },
  ): number {
    const { namespace, name, uid } = job.metadata
    if (isNamespaceTerminating(this.#control, namespace)) return 0
    const left =
      job.spec.completions === undefined && job.spec.parallelism !== undefined
        ? done.succeeded > 0
          ? 0
          : Infinity
        : (job.spec.completions ?? 1) - done.succeeded
    const wanted = Math.min(job.spec.parallelism ?? 1, left) - active.length
    if (wanted <= 0) return 0
    const since = this.#lastFailure.get(uid ?? '')
    if (since !== undefined && done.failed > 0) {
      const pause = Math.min(
        limits.jobBackoff.first * 2 ** (done.failed - 1),
        limits.jobBackoff.longest,
      )
      if (this.#clock.now() < since + pause) {
        this.#queue.addAfter(keyOf(job), since + pause - this.#clock.now())
        return 0
      }
    }
    for (let made = 0; made < wanted; made += 1) {
      const pod = createPod(
        this.#context,
        podFrom(
          job.spec.template,
          job,
          { name: freeName(this.#control, 'Pod', namespace, `${name}-`), generateName: `${name}-` },
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
      recordEvent(this.#context, {
        about: job,
        type: 'Normal',
        reason: 'SuccessfulCreate',
        message: `Created pod: ${pod.metadata.name}`,
        component,
      })
    }
    return wanted
  }

  #remove(job: Job, pod: FullPod): void {
    deleteObject(this.#control, pod)
    recordEvent(this.#context, {
      about: job,
      type: 'Normal',
      reason: 'SuccessfulDelete',
      message: `Deleted pod: ${pod.metadata.name}`,
      component,
    })
  }

  #write(
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
    this.#store.update<Job>('Job', job.metadata.namespace, job.metadata.name, draft => {
      const { active, succeeded, failed, ready, terminating } = numbers
      draft.status = {
        ...(draft.status?.conditions !== undefined && { conditions: draft.status.conditions }),
        startTime: draft.status?.startTime ?? this.#store.timestamp(),
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

  #finish(job: Job, done: { succeeded: number; failed: number }, end: End): void {
    const now = this.#store.timestamp()
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
        ? owned<FullPod>(this.#control, job, 'Pod').filter(
            pod => isTerminating(pod) && this.#isNew(job, pod),
          ).length
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
    this.#write(
      job,
      { active: 0, ready: 0, succeeded: done.succeeded, failed, terminating: 0 },
      {
        conditions: [condition(first, reason, message), condition(last, reason, message)],
        ...(end.kind === 'complete' && { completionTime: now }),
      },
    )
    if (end.kind === 'complete')
      recordEvent(this.#context, {
        about: job,
        type: 'Normal',
        reason: 'Completed',
        message: 'Job completed',
        component,
      })
    else
      recordEvent(this.#context, {
        about: job,
        type: 'Warning',
        reason: end.reason,
        message: end.message,
        component,
      })
  }

  #suspend(job: Job): void {
    const active = owned<FullPod>(this.#control, job, 'Pod').filter(isActive)
    for (const pod of active) {
      this.#remember(job, pod)
      this.#remove(job, pod)
    }
    this.#store.update<Job>('Job', job.metadata.namespace, job.metadata.name, draft => {
      const now = this.#store.timestamp()
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

  #expire(job: Job, end: WorkloadCondition): void {
    const ttl = job.spec.ttlSecondsAfterFinished
    if (ttl === undefined) return
    const left = Date.parse(end.lastTransitionTime ?? '') + ttl * 1000 - this.#clock.now()
    if (left > 0) this.#queue.addAfter(keyOf(job), left)
    else deleteObject(this.#control, job)
  }
}

export const jobController = (control: Control): Controller => new JobController(control)
