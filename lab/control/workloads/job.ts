// The Job controller: runs pods to completion and replaces failed ones with a back-off, until
// enough have succeeded or too many have failed.
import type { VirtualClock } from '#lab/kernel/clock.ts'
import type { Store, StoreEvent } from '#lab/kernel/store.ts'
import { delays, limits } from '#lab/control/delays.ts'
import { recordEvent } from '#lab/control/events/events.ts'
import type { FullPod, Job, WorkloadCondition } from '#lab/control/objects.ts'
import { deleteObject } from '#lab/control/objects/deletion.ts'
import { isActive, isReady, isTerminating, podFrom } from '#lab/control/pods.ts'
import type { Control, Controller, Queue } from '#lab/control/work-queue.ts'
import { keyOf, parts, workQueue } from '#lab/control/work-queue.ts'
import { endConditions, endEvent, endOf, remaining, type Counts, type End } from './job-end.ts'
import { writeNumbers, writeSuspended } from './job-status.ts'
import { JobTally } from './job-tally.ts'
import { createOwned, deleteOwned, freeName, isNamespaceTerminating } from './owned-pods.ts'
import { controllerOf, owned } from './ownership.ts'

const component = 'job-controller'

const finished = (job: Job): WorkloadCondition | undefined =>
  job.status?.conditions?.find(
    condition =>
      (condition.type === 'Complete' || condition.type === 'Failed') && condition.status === 'True',
  )

class JobController implements Controller {
  readonly #control: Control
  readonly #store: Store
  readonly #clock: VirtualClock
  readonly #queue: Queue
  readonly #tally = new JobTally()

  constructor(control: Control) {
    this.#control = control
    this.#store = control.context.store
    this.#clock = control.context.clock
    this.#queue = workQueue(control, delays.reconcile, key => this.#reconcile(key))
  }

  on({ type, object }: StoreEvent): void {
    if (object.kind === 'Job') {
      if (type === 'DELETED') this.#tally.forget(object.metadata.uid ?? '')
      else this.#queue.add(keyOf(object))
    }
    const owner = object.kind === 'Pod' ? controllerOf(object) : undefined
    if (owner?.kind !== 'Job') return
    // The kind implies the type.
    if (type === 'DELETED') this.#tally.deleted(owner.uid, object as FullPod)
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
    const active = pods.filter(isActive)
    const done = this.#tally.count(job, pods, this.#clock.now())
    const end = endOf(job, pods, done, this.#clock.now() - this.#startOf(job))
    if (end !== undefined) {
      for (const pod of active) this.#remove(job, pod)
      this.#finish(job, done, end)
      return
    }
    const created = this.#create(job, active, done)
    writeNumbers(this.#control, job, {
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
    const since = this.#tally.lastFailure(job)
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
    const pod = podFrom(job.spec.template, job, names, draft => {
      draft.metadata.labels = {
        ...draft.metadata.labels,
        'batch.kubernetes.io/controller-uid': uid,
        'batch.kubernetes.io/job-name': name,
        'controller-uid': uid,
        'job-name': name,
      }
    })
    createOwned(this.#control, { owner: job, component }, pod)
  }

  #remove(job: Job, pod: FullPod): void {
    deleteOwned(this.#control, { owner: job, component }, pod)
  }

  #finish(job: Job, done: Counts, end: End): void {
    const now = this.#store.timestamp()
    const failed = done.failed + (end.kind === 'failed' ? this.#uncountedTerminating(job) : 0)
    writeNumbers(
      this.#control,
      job,
      { active: 0, ready: 0, succeeded: done.succeeded, failed, terminating: 0 },
      {
        conditions: endConditions(end, now),
        ...(end.kind === 'complete' && { completionTime: now }),
      },
    )
    recordEvent(this.#control.context, { about: job, ...endEvent(end), component })
  }

  #uncountedTerminating(job: Job): number {
    return owned<FullPod>(this.#control, job, 'Pod').filter(
      pod => isTerminating(pod) && this.#tally.isNew(job, pod),
    ).length
  }

  #suspend(job: Job): void {
    for (const pod of owned<FullPod>(this.#control, job, 'Pod').filter(isActive)) {
      this.#tally.add(job, pod)
      this.#remove(job, pod)
    }
    writeSuspended(this.#control, job)
  }

  /** Deletes an ended Job once its time to live has passed. */
  #expire(job: Job, end: WorkloadCondition): void {
    const ttl = job.spec.ttlSecondsAfterFinished
    if (ttl === undefined) return
    const left = Date.parse(end.lastTransitionTime ?? '') + ttl * 1000 - this.#clock.now()
    if (left > 0) this.#queue.addAfter(keyOf(job), left)
    else deleteObject(this.#control, job)
  }
}

export const jobController = (control: Control): Controller => new JobController(control)
