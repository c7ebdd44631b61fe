// What components remember of their Events, to count repetitions, combine similar ones, limit
// floods and let all expire.
import type { LabContext } from '#lab/kernel/world.ts'
import type { KubeObject } from '#src/model/kube.ts'

/** Settings of client-go's event correlator and of the API server's event store. */
export const eventLimits = {
  /**
   * How long an Event is kept after it was last written, ms.
   * @source Kubernetes default, kube-apiserver --event-ttl
   */
  ttl: 3_600_000,
  /**
   * Different messages for one reason before they are combined.
   * @source Kubernetes default, client-go record, defaultAggregateMaxEvents
   */
  similar: 10,
  /**
   * A longer pause between similar Events starts a new count, ms.
   * @source Kubernetes default, client-go record, defaultAggregateIntervalInSeconds
   */
  similarWithin: 600_000,
  /**
   * Events of one source about one object before the flood is dropped.
   * @source Kubernetes default, client-go record, defaultSpamBurst
   */
  burst: 25,
  /**
   * Interval at which one more Event is let through, ms.
   * @source Kubernetes default, client-go record, defaultSpamQPS
   */
  refill: 300_000,
  /**
   * A series of the newer style ends after a pause of this, ms.
   * @source Kubernetes default, client-go events, finishTime
   */
  seriesPause: 360_000,
  /**
   * Interval at which a running series is written again, ms.
   * @source Kubernetes default, client-go events, refreshTime
   */
  seriesRefresh: 1_800_000,
}

interface Similar {
  messages: Set<string>
  lastAt: number
}

/** An Event in the store: how often it occurred, when it last did, and its last write (ms). */
export interface Place {
  namespace: string
  name: string
  count: number
  lastAt: number
  writtenAt: number
}

export interface Memory {
  /** Stored Events by everything that identifies them except the time. */
  written: Map<string, Place>
  similar: Map<string, Similar>
  buckets: Map<string, { tokens: number; at: number }>
  /** Expiry times of Events (ms), in order of writing. */
  expiries: { at: number; namespace: string; name: string }[]
  lastWrite: Map<string, number>
  sweeping: boolean
}

const memories = new WeakMap<LabContext, Memory>()

/** The memory of a lab's components. */
export function memoryOf(context: LabContext): Memory {
  const known = memories.get(context)
  if (known !== undefined) return known
  const made: Memory = {
    written: new Map(),
    similar: new Map(),
    buckets: new Map(),
    expiries: [],
    lastWrite: new Map(),
    sweeping: false,
  }
  memories.set(context, made)
  return made
}

/** Whether the token bucket of a source and object lets an Event through; limits crash loops. */
export function admitted(memory: Memory, object: string, now: number): boolean {
  const bucket = memory.buckets.get(object) ?? { tokens: eventLimits.burst, at: now }
  bucket.tokens = Math.min(
    eventLimits.burst,
    bucket.tokens + (now - bucket.at) / eventLimits.refill,
  )
  bucket.at = now
  memory.buckets.set(object, bucket)
  if (bucket.tokens < 1) return false
  bucket.tokens -= 1
  return true
}

/** Whether a reason has had so many different messages that they are combined. */
export function combines(memory: Memory, alike: string, message: string, now: number): boolean {
  const known = memory.similar.get(alike)
  const similar =
    known !== undefined && now - known.lastAt <= eventLimits.similarWithin
      ? known
      : { messages: new Set<string>(), lastAt: now }
  memory.similar.set(alike, similar)
  similar.messages.add(message)
  similar.lastAt = now
  if (similar.messages.size < eventLimits.similar) return false
  // Upstream drops a random one to limit the set. The lab drops the oldest.
  for (const oldest of similar.messages) {
    similar.messages.delete(oldest)
    break
  }
  return true
}

/** Remembers a newly stored event under its key. */
export function remember(context: LabContext, memory: Memory, key: string, made: KubeObject): void {
  const now = context.clock.now()
  const place = {
    namespace: made.metadata.namespace ?? 'default',
    name: made.metadata.name,
    count: 1,
    lastAt: now,
    writtenAt: now,
  }
  memory.written.set(key, place)
  keep(context, memory, place)
}

/** Renews the time to live of an Event that was written. */
export function keep(
  context: LabContext,
  memory: Memory,
  place: { namespace: string; name: string },
): void {
  const at = context.clock.now() + eventLimits.ttl
  memory.lastWrite.set(`${place.namespace}/${place.name}`, at)
  memory.expiries.push({ at, namespace: place.namespace, name: place.name })
  if (memory.sweeping) return
  memory.sweeping = true
  context.clock.after(eventLimits.ttl, () => sweep(context, memory))
}

function sweep(context: LabContext, memory: Memory): void {
  const now = context.clock.now()
  while (memory.expiries[0] !== undefined && memory.expiries[0].at <= now) {
    const { at, namespace, name } = memory.expiries.shift()!
    const key = `${namespace}/${name}`
    if (memory.lastWrite.get(key) !== at) continue
    memory.lastWrite.delete(key)
    context.store.remove('Event', namespace, name)
  }
  const next = memory.expiries[0]
  memory.sweeping = next !== undefined
  if (next !== undefined) context.clock.after(next.at - now, () => sweep(context, memory))
}
