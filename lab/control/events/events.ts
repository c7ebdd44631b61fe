// Writes Events as the components of a cluster do: counted when they repeat, combined when they
// resemble, gone after an hour.
import type { Event, KubeObject } from '#src/model/kube.ts'
import type { LabContext } from '#lab/kernel/world.ts'

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

const memories = new WeakMap<LabContext, Memory>()

function memoryOf(context: LabContext): Memory {
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

/**
 * Records what a component has to say about an object: an Event v1 in the object's namespace
 * (`default` for nodes and
 * other objects without one). The same again counts up the Event that is there; floods are dropped,
 * as upstream does.
 */
export function recordEvent(context: LabContext, event: EventToRecord): void {
  const memory = memoryOf(context)
  const about = involvedObject(event)
  if (event.style === 'eventTime') {
    recordSeries(context, memory, event, about)
    return
  }
  const now = context.clock.now()
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
  if (
    known !== undefined &&
    context.store.get('Event', known.namespace, known.name) !== undefined
  ) {
    known.count += 1
    context.store.update<WrittenEvent>('Event', known.namespace, known.name, draft => {
      draft.count = known.count
      draft.lastTimestamp = context.store.timestamp()
      draft.message = message
    })
    keep(context, memory, known)
    return
  }
  const made = context.store.create<WrittenEvent>({
    ...identity(context, about),
    involvedObject: about,
    reason: event.reason,
    message,
    source: { component: event.component, ...(event.host !== undefined && { host: event.host }) },
    firstTimestamp: context.store.timestamp(),
    lastTimestamp: context.store.timestamp(),
    count: 1,
    type: event.type,
    eventTime: null,
    // The combined ones lose their reporter on the way: so they were recorded on a real node.
    reportingComponent: combined ? '' : event.component,
    reportingInstance: combined ? '' : (event.host ?? ''),
  })
  remember(context, memory, same, made, 1)
}

/**
 * Forgets what a component has said: it was started anew, so its Events count from one again. The
 * Events stay.
 */
export function forgetRecorded(context: LabContext, component: string, host?: string): void {
  const memory = memoryOf(context)
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
  context: LabContext,
  memory: Memory,
  event: EventToRecord,
  about: WrittenEvent['involvedObject'],
): void {
  const now = context.clock.now()
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
    context.store.get('Event', known.namespace, known.name) !== undefined
  ) {
    known.count += 1
    known.lastAt = now
    if (known.count > 2 && now - known.writtenAt < eventLimits.seriesRefresh) return
    context.store.update<WrittenEvent>('Event', known.namespace, known.name, draft => {
      draft.series = { count: known.count, lastObservedTime: context.store.microTimestamp() }
    })
    known.writtenAt = now
    keep(context, memory, known)
    return
  }
  const made = context.store.create<WrittenEvent>({
    ...identity(context, about),
    involvedObject: about,
    reason: event.reason,
    message: event.message,
    source: {},
    firstTimestamp: null,
    lastTimestamp: null,
    type: event.type,
    eventTime: context.store.microTimestamp(),
    ...(event.action !== undefined && { action: event.action }),
    reportingComponent: event.component,
    reportingInstance:
      event.host === undefined ? event.component : `${event.component}-${event.host}`,
  })
  remember(context, memory, key, made, 1)
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
  context: LabContext,
  about: { name: string; namespace?: string },
): Pick<WrittenEvent, 'apiVersion' | 'kind' | 'metadata'> {
  const namespace = about.namespace ?? 'default'
  const random = randomOf(context)
  let name: string
  do
    name = `${about.name}.${(BigInt(Math.floor(context.clock.now())) * 1_000_000n + BigInt(random.integer(0, 999_999))).toString(16)}`
  while (context.store.get('Event', namespace, name) !== undefined)
  return { apiVersion: 'v1', kind: 'Event', metadata: { name, namespace } }
}

const randoms = new WeakMap<LabContext, LabContext['random']>()

function randomOf(context: LabContext): LabContext['random'] {
  const known = randoms.get(context) ?? context.random.fork('events')
  randoms.set(context, known)
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
  context: LabContext,
  memory: Memory,
  key: string,
  made: WrittenEvent,
  count: number,
): void {
  const now = context.clock.now()
  const place = {
    namespace: made.metadata.namespace ?? 'default',
    name: made.metadata.name,
    count,
    lastAt: now,
    writtenAt: now,
  }
  memory.written.set(key, place)
  keep(context, memory, place)
}

/** Each write renews the hour. */
function keep(
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
