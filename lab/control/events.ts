// Writes Events as the components of a cluster do: counted when they repeat, combined when they
// resemble, gone after an hour.
import type { Event, KubeObject } from '#src/model/kube.ts'
import type { Ground } from '#lab/kernel/world.ts'

/** How the correlator of client-go and the store of Events are set. */
export const eventLimits = {
  /**
   * How long an Event is kept after it was last written, ms. @source Kubernetes default,
   * kube-apiserver --event-ttl
   */
  ttl: 3_600_000,
  /**
   * Different messages for one reason before they are combined. @source Kubernetes default,
   * client-go record, defaultAggregateMaxEvents
   */
  similar: 10,
  /**
   * A longer pause between similar Events starts anew, ms. @source Kubernetes default, client-go
   * record, defaultAggregateIntervalInSeconds
   */
  similarWithin: 600_000,
  /**
   * Events of one source about one object before the flood is dropped. @source Kubernetes default,
   * client-go record, defaultSpamBurst
   */
  burst: 25,
  /**
   * One more is let through after this, ms. @source Kubernetes default, client-go record,
   * defaultSpamQPS
   */
  refill: 300_000,
  /**
   * A series of the newer style ends after a pause of this, ms. @source Kubernetes default,
   * client-go events, finishTime
   */
  seriesPause: 360_000,
  /**
   * A running series is written again after this, ms. @source Kubernetes default, client-go events,
   * refreshTime
   */
  seriesRefresh: 1_800_000,
}

export interface EventToRecord {
  /** An object, or the little that its component knows of it. */
  about:
    | KubeObject
    | { kind: string; name: string; namespace?: string; uid?: string; apiVersion?: string }
  type: 'Normal' | 'Warning'
  reason: string
  message: string
  component: string
  /** The node that the component runs on. */
  host?: string
  /**
   * `legacy`: count with first and last time. `eventTime`: the newer API's Events, repeated as a
   * series.
   */
  style?: 'legacy' | 'eventTime'
  /** The part of the object that is meant, e.g. `spec.containers{worker}`. */
  fieldPath?: string
  /** What was tried, of the newer style, e.g. `Scheduling`. */
  action?: string
}

/** An Event with the fields that only the API's readers of whole objects see. */
interface WrittenEvent extends Event {
  involvedObject: Event['involvedObject'] & {
    apiVersion?: string
    resourceVersion?: string
    fieldPath?: string
  }
  reportingInstance?: string
  action?: string
}

interface Similar {
  messages: Set<string>
  lastAt: number
}

interface Memory {
  /** Same event in all but time → where it is in the store. */
  written: Map<
    string,
    { namespace: string; name: string; count: number; lastAt: number; writtenAt: number }
  >
  similar: Map<string, Similar>
  buckets: Map<string, { tokens: number; at: number }>
  /** When which Event may go, in the order of their writing. */
  expiries: { at: number; namespace: string; name: string }[]
  lastWrite: Map<string, number>
  sweeping: boolean
}

const memories = new WeakMap<Ground, Memory>()

function memoryOf(ground: Ground): Memory {
  const known = memories.get(ground)
  if (known !== undefined) return known
  const made: Memory = {
    written: new Map(),
    similar: new Map(),
    buckets: new Map(),
    expiries: [],
    lastWrite: new Map(),
    sweeping: false,
  }
  memories.set(ground, made)
  return made
}

/**
 * Records what a component has to say about an object: an Event v1 in the object's namespace
 * (`default` for nodes and
 * other objects without one). The same again counts up the Event that is there; floods are dropped,
 * as upstream does.
 */
export function recordEvent(ground: Ground, event: EventToRecord): void {
  const memory = memoryOf(ground)
  const about = involvedObject(event)
  if (event.style === 'eventTime') {
    recordSeries(ground, memory, event, about)
    return
  }
  const now = ground.clock.now()
  const object = [
    event.component,
    event.host ?? '',
    about.kind,
    about.namespace ?? '',
    about.name,
    about.uid ?? '',
    about.fieldPath ?? '',
  ].join('|')
  if (!admitted(memory, object, now)) return
  const alike = [object, event.type, event.reason].join('|')
  const combined = combines(memory, alike, event.message, now)
  const same = combined ? alike : `${alike}|${event.message}`
  const message = combined ? `(combined from similar events): ${event.message}` : event.message
  const known = memory.written.get(same)
  if (known !== undefined && ground.store.get('Event', known.namespace, known.name) !== undefined) {
    known.count += 1
    ground.store.update<WrittenEvent>('Event', known.namespace, known.name, draft => {
      draft.count = known.count
      draft.lastTimestamp = ground.store.timestamp()
      draft.message = message
    })
    keep(ground, memory, known)
    return
  }
  const made = ground.store.create<WrittenEvent>({
    ...identity(ground, about),
    involvedObject: about,
    reason: event.reason,
    message,
    source: { component: event.component, ...(event.host !== undefined && { host: event.host }) },
    firstTimestamp: ground.store.timestamp(),
    lastTimestamp: ground.store.timestamp(),
    count: 1,
    type: event.type,
    eventTime: null,
    // The combined ones lose their reporter on the way: so they were recorded on a real node.
    reportingComponent: combined ? '' : event.component,
    reportingInstance: combined ? '' : (event.host ?? ''),
  })
  remember(ground, memory, same, made, 1)
}

/**
 * Forgets what a component has said: it was started anew, so its Events count from one again. The
 * Events stay.
 */
export function forgetRecorded(ground: Ground, component: string, host?: string): void {
  const memory = memoryOf(ground)
  const prefix = host === undefined ? `${component}|` : `${component}|${host}|`
  for (const map of [memory.written, memory.similar, memory.buckets]) {
    for (const key of map.keys()) if (key.startsWith(prefix)) map.delete(key)
  }
}

/**
 * The newer API: the first repetition makes it a series, later ones are only counted and written
 * again now and then.
 */
function recordSeries(
  ground: Ground,
  memory: Memory,
  event: EventToRecord,
  about: WrittenEvent['involvedObject'],
): void {
  const now = ground.clock.now()
  const key = [
    event.component,
    event.host ?? '',
    about.kind,
    about.namespace ?? '',
    about.name,
    about.uid ?? '',
    event.type,
    event.reason,
    event.action ?? '',
    event.message,
  ].join('|')
  const known = memory.written.get(key)
  if (
    known !== undefined &&
    now - known.lastAt <= eventLimits.seriesPause &&
    ground.store.get('Event', known.namespace, known.name) !== undefined
  ) {
    known.count += 1
    known.lastAt = now
    if (known.count > 2 && now - known.writtenAt < eventLimits.seriesRefresh) return
    ground.store.update<WrittenEvent>('Event', known.namespace, known.name, draft => {
      draft.series = { count: known.count, lastObservedTime: ground.store.microTimestamp() }
    })
    known.writtenAt = now
    keep(ground, memory, known)
    return
  }
  const made = ground.store.create<WrittenEvent>({
    ...identity(ground, about),
    involvedObject: about,
    reason: event.reason,
    message: event.message,
    source: {},
    firstTimestamp: null,
    lastTimestamp: null,
    type: event.type,
    eventTime: ground.store.microTimestamp(),
    ...(event.action !== undefined && { action: event.action }),
    reportingComponent: event.component,
    reportingInstance:
      event.host === undefined ? event.component : `${event.component}-${event.host}`,
  })
  remember(ground, memory, key, made, 1)
}

function involvedObject(event: EventToRecord): WrittenEvent['involvedObject'] {
  const { about, fieldPath } = event
  const path = fieldPath !== undefined ? { fieldPath } : {}
  if (!('metadata' in about)) return { ...about, ...path }
  const { name, namespace, resourceVersion, uid } = about.metadata
  return {
    kind: about.kind,
    apiVersion: about.apiVersion,
    name,
    ...(namespace !== undefined && { namespace }),
    ...(resourceVersion !== undefined && { resourceVersion }),
    ...(uid !== undefined && { uid }),
    ...path,
  }
}

/**
 * Named after the object and the moment in nanoseconds, as client-go does; the nanoseconds within a
 * ms are drawn.
 */
function identity(
  ground: Ground,
  about: { name: string; namespace?: string },
): Pick<WrittenEvent, 'apiVersion' | 'kind' | 'metadata'> {
  const namespace = about.namespace ?? 'default'
  const random = randomOf(ground)
  let name: string
  do
    name = `${about.name}.${(BigInt(Math.floor(ground.clock.now())) * 1_000_000n + BigInt(random.integer(0, 999_999))).toString(16)}`
  while (ground.store.get('Event', namespace, name) !== undefined)
  return { apiVersion: 'v1', kind: 'Event', metadata: { name, namespace } }
}

const randoms = new WeakMap<Ground, Ground['random']>()

function randomOf(ground: Ground): Ground['random'] {
  const known = randoms.get(ground) ?? ground.random.fork('events')
  randoms.set(ground, known)
  return known
}

/** A bucket of tokens per source and object: a crash loop does not fill the store with Events. */
function admitted(memory: Memory, object: string, now: number): boolean {
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

/** Whether this message is one too many of its sort: then it is written over the combined Event. */
function combines(memory: Memory, alike: string, message: string, now: number): boolean {
  const known = memory.similar.get(alike)
  const similar =
    known !== undefined && now - known.lastAt <= eventLimits.similarWithin
      ? known
      : { messages: new Set<string>(), lastAt: now }
  memory.similar.set(alike, similar)
  similar.messages.add(message)
  similar.lastAt = now
  if (similar.messages.size < eventLimits.similar) return false
  // Upstream drops one at random to keep the set at its size; the oldest does as well.
  for (const oldest of similar.messages) {
    similar.messages.delete(oldest)
    break
  }
  return true
}

function remember(
  ground: Ground,
  memory: Memory,
  key: string,
  made: WrittenEvent,
  count: number,
): void {
  const now = ground.clock.now()
  const place = {
    namespace: made.metadata.namespace ?? 'default',
    name: made.metadata.name,
    count,
    lastAt: now,
    writtenAt: now,
  }
  memory.written.set(key, place)
  keep(ground, memory, place)
}

/** Each write renews the hour. */
function keep(ground: Ground, memory: Memory, place: { namespace: string; name: string }): void {
  const at = ground.clock.now() + eventLimits.ttl
  memory.lastWrite.set(`${place.namespace}/${place.name}`, at)
  memory.expiries.push({ at, namespace: place.namespace, name: place.name })
  if (memory.sweeping) return
  memory.sweeping = true
  ground.clock.after(eventLimits.ttl, () => sweep(ground, memory))
}

function sweep(ground: Ground, memory: Memory): void {
  const now = ground.clock.now()
  while (memory.expiries[0] !== undefined && memory.expiries[0].at <= now) {
    const { at, namespace, name } = memory.expiries.shift()!
    const key = `${namespace}/${name}`
    if (memory.lastWrite.get(key) !== at) continue
    memory.lastWrite.delete(key)
    ground.store.remove('Event', namespace, name)
  }
  const next = memory.expiries[0]
  memory.sweeping = next !== undefined
  if (next !== undefined) ground.clock.after(next.at - now, () => sweep(ground, memory))
}
