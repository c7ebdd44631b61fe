// Events about claims. Upstream repeats each of them every 15 s; the lab records it once.
import { recordEvent } from '#lab/control/events/events.ts'
import type { Claim, FullPod, KubeObject } from '#lab/control/objects.ts'
import { claimNames } from '#lab/control/scheduling/volumes.ts'
import type { Control } from '#lab/control/work-queue.ts'

const component = 'persistentvolume-controller'

export class ClaimReports {
  readonly #control: Control
  /** The latest message about a claim, by the claim's uid. */
  readonly #latest = new Map<string, string>()

  constructor(control: Control) {
    this.#control = control
  }

  forget(claim: KubeObject): void {
    this.#latest.delete(claim.metadata.uid ?? '')
  }

  clear(): void {
    this.#latest.clear()
  }

  /** Records an Event about a claim unless its message is the latest one already. */
  record(claim: Claim, type: 'Normal' | 'Warning', reason: string, message: string): void {
    const uid = claim.metadata.uid ?? ''
    if (this.#latest.get(uid) === message) return
    this.#latest.set(uid, message)
    recordEvent(this.#control.context, { about: claim, type, reason, message, component })
  }

  /** Reports that a claim waits for its first consumer, or for that pod to be scheduled. */
  waiting(claim: Claim): void {
    const consumer = this.#control.context.store
      .list<FullPod>('Pod', claim.metadata.namespace)
      .find(pod => pod.spec.nodeName === undefined && claimNames(pod).includes(claim.metadata.name))
    if (consumer === undefined)
      this.record(
        claim,
        'Normal',
        'WaitForFirstConsumer',
        'waiting for first consumer to be created before binding',
      )
    else
      this.record(
        claim,
        'Normal',
        'WaitForPodScheduled',
        `waiting for pod ${consumer.metadata.name} to be scheduled`,
      )
  }
}
