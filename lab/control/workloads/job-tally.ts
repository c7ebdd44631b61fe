// What the Job controller remembers of a Job's pods beyond their objects: which of them the counts
// include, which were deleted, and when one last failed.
import type { FullPod, Job } from '#lab/control/objects.ts'
import { hasEnded } from '#lab/control/pods.ts'
import type { Counts } from './job-end.ts'

/** All maps are keyed by the uid of a Job. */
export class JobTally {
  /** Uids of the pods that a Job's counts include. */
  readonly #counted = new Map<string, Set<string>>()
  /** Times of the last failure, ms. */
  readonly #lastFailure = new Map<string, number>()
  /**
   * Pods deleted since the last pass. One that had not ended counts as failed; upstream ensures
   * that by a tracking finalizer.
   */
  readonly #deleted = new Map<string, FullPod[]>()

  forget(job: string): void {
    for (const map of [this.#counted, this.#deleted, this.#lastFailure]) map.delete(job)
  }

  deleted(job: string, pod: FullPod): void {
    this.#deleted.set(job, [...(this.#deleted.get(job) ?? []), pod])
  }

  isNew(job: Job, pod: FullPod): boolean {
    return this.#counted.get(job.metadata.uid ?? '')?.has(pod.metadata.uid ?? '') !== true
  }

  add(job: Job, pod: FullPod): void {
    const key = job.metadata.uid ?? ''
    this.#counted.set(key, (this.#counted.get(key) ?? new Set()).add(pod.metadata.uid ?? ''))
  }

  /** Counts the pods that have ended or were deleted since the last pass; returns all counts. */
  count(job: Job, pods: readonly FullPod[], now: number): Counts {
    this.#adoptCounts(job, pods)
    const key = job.metadata.uid ?? ''
    const counts = { succeeded: job.status?.succeeded ?? 0, failed: job.status?.failed ?? 0 }
    const failedBefore = counts.failed
    const gone = this.#deleted.get(key) ?? []
    this.#deleted.delete(key)
    for (const pod of [...pods.filter(hasEnded), ...gone].filter(one => this.isNew(job, one))) {
      counts[pod.status?.phase === 'Succeeded' ? 'succeeded' : 'failed'] += 1
      this.add(job, pod)
    }
    if (counts.failed > failedBefore) this.#lastFailure.set(key, now)
    return counts
  }

  /** The counts of a Job older than this controller already include its ended pods. */
  #adoptCounts(job: Job, pods: readonly FullPod[]): void {
    if (this.#counted.has(job.metadata.uid ?? '') || job.status?.startTime === undefined) return
    this.#counted.set(job.metadata.uid ?? '', new Set())
    const already = (job.status.succeeded ?? 0) + (job.status.failed ?? 0)
    for (const pod of pods.filter(hasEnded).slice(0, already)) this.add(job, pod)
  }

  lastFailure(job: Job): number | undefined {
    return this.#lastFailure.get(job.metadata.uid ?? '')
  }
}
