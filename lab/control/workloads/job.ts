// The Job controller: runs pods to completion and replaces failed ones with a back-off, until
// enough have succeeded or too many have failed.
import type { VirtualClock } from '#lab/kernel/clock.ts'
import type { Store, StoreEvent } from '#lab/kernel/store.ts'
import type { LabContext } from '#lab/kernel/world.ts'
import { delays, limits } from '#lab/control/delays.ts'
import { deleteObject } from '#lab/control/objects/deletion.ts'
import { recordEvent } from '#lab/control/events/events.ts'
import type { FullPod, Job, WorkloadCondition } from '#lab/control/objects.ts'
import { endConditions, endEvent, endOf, remaining, type Counts, type End } from './job-end.ts'
import { controllerOf, owned } from './ownership.ts'
import { hasEnded, isActive, isReady, isTerminating, podFrom } from '#lab/control/pods.ts'
import { createOwned, deleteOwned, freeName, isNamespaceTerminating } from './owned-pods.ts'
import type { Control, Controller, Queue } from '#lab/control/work-queue.ts'
import { keyOf, parts, workQueue } from '#lab/control/work-queue.ts'

const component = 'job-controller'

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
  /** Uids of the pods that a Job's counts include, by the Job's uid. */
  readonly #counted = new Map<string, Set<string>>()
  readonly #lastFailure = new Map<string, number>()
  /**
   * Pods deleted since the last pass, by the Job's uid. One that had not ended counts as failed;
   * upstream ensures that by a tracking finalizer.
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
    const end = endOf(job, pods, done, this.#clock.now() - this.#startOf(job))
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

  /** The counts of a Job older than this controller already include its ended pods. */
  #count(job: Job, pods: readonly FullPod[]): void {
    if (this.#counted.has(job.metadata.uid ?? '') || job.status?.startTime === undefined) return
    this.#counted.set(job.metadata.uid ?? '', new Set())
    const already = (job.status.succeeded ?? 0) + (job.status.failed ?? 0)
    for (const pod of pods.filter(hasEnded).slice(0, already)) this.#remember(job, pod)
  }

  #startOf(job: Job): number {
    return Date.parse(job.status?.startTime ?? this.#store.timestamp())
  }

  /** Creates the missing pods; returns how many. A failure delays the next pod by the back-off. */
  #create(job: Job, active: readonly FullPod[], done: Counts): number {
    if (isNamespaceTerminating(this.#control, job.metadata.namespace)) return 0
    const wanted = Math.min(job.spec.parallelism ?? 1, remaining(job, done)) - active.length
    if (wanted <= 0 || this.#waitsForBackoff(job, done)) return 0
    for (let made = 0; made < wanted; made += 1) this.#createPod(job)
    return wanted
  }

  #waitsForBackoff(job: Job, done: Counts): boolean {
    const since = this.#lastFailure.get(job.metadata.uid ?? '')
    if (since === undefined || done.failed === 0) return false
    const { first, longest } = limits.jobBackoff
    const until = since + Math.min(first * 2 ** (done.failed - 1), longest)
    if (this.#clock.now() >= until) return false
    this.#queue.addAfter(keyOf(job), until - this.#clock.now())
    return true
  }

  #createPod(job: Job): void {
    const { namespace, name, uid = '' } = job.metadata
    const names = {
      name: freeName(this.#control, 'Pod', namespace, `${name}-`),
      generateName: `${name}-`,
    }
    createOwned(
      this.#control,
      { owner: job, component },
      podFrom(job.spec.template, job, names, draft => {
        draft.metadata.labels = {
          ...draft.metadata.labels,
          'batch.kubernetes.io/controller-uid': uid,
          'batch.kubernetes.io/job-name': name,
          'controller-uid': uid,
          'job-name': name,
        }
      }),
    )
  }

  #remove(job: Job, pod: FullPod): void {
    deleteOwned(this.#control, { owner: job, component }, pod)
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

  #finish(job: Job, done: Counts, end: End): void {
    const now = this.#store.timestamp()
    const failed = done.failed + (end.kind === 'failed' ? this.#uncountedTerminating(job) : 0)
    this.#write(
      job,
      { active: 0, ready: 0, succeeded: done.succeeded, failed, terminating: 0 },
      {
        conditions: endConditions(end, now),
        ...(end.kind === 'complete' && { completionTime: now }),
      },
    )
    recordEvent(this.#context, { about: job, ...endEvent(end), component })
  }

  #uncountedTerminating(job: Job): number {
    return owned<FullPod>(this.#control, job, 'Pod').filter(
      pod => isTerminating(pod) && this.#isNew(job, pod),
    ).length
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
