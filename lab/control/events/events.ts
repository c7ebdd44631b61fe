// Writes Events as a cluster's components do: repeated ones are counted, similar ones combined, and
// all expire after an hour.
import type { Event, KubeObject } from '#src/model/kube.ts'
import type { LabContext } from '#lab/kernel/world.ts'
import {
  admitted,
  combines,
  eventLimits,
  keep,
  memoryOf,
  remember,
  type Memory,
  type Place,
} from './memory.ts'

export { eventLimits } from './memory.ts'

export interface EventToRecord {
  /** The object, or the part of its identity that the component knows. */
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
  /** The part of the object, e.g. `spec.containers{worker}`. */
  fieldPath?: string
  /** The attempted action, for the newer style, e.g. `Scheduling`. */
  action?: string
}

/** An Event with all fields that the API serves. */
interface WrittenEvent extends Event {
  involvedObject: Event['involvedObject'] & {
    apiVersion?: string
    resourceVersion?: string
    fieldPath?: string
  }
  reportingInstance?: string
  action?: string
}

/**
 * Records an Event v1 in the object's namespace (`default` for cluster-wide objects). A repetition
 * raises the count of the stored Event; floods are dropped, as upstream does.
 */
export function recordEvent(context: LabContext, event: EventToRecord): void {
  const memory = memoryOf(context)
  const about = involvedObject(event)
  if (event.style === 'eventTime') {
    recordSeries(context, memory, event, about)
    return
  }
  const now = context.clock.now()
  const object = [event.component, event.host ?? '', ...subjectKey(about), about.fieldPath ?? '']
  const source = object.join('|')
  if (!admitted(memory, source, now)) return
  const alike = [source, event.type, event.reason].join('|')
  const combined = combines(memory, alike, event.message, now)
  const key = combined ? alike : `${alike}|${event.message}`
  const message = combined ? `(combined from similar events): ${event.message}` : event.message
  const known = memory.written.get(key)
  if (known !== undefined && isStored(context, known)) {
    known.count += 1
    context.store.update<WrittenEvent>('Event', known.namespace, known.name, draft => {
      draft.count = known.count
      draft.lastTimestamp = context.store.timestamp()
      draft.message = message
    })
    keep(context, memory, known)
    return
  }
  remember(context, memory, key, createCounted(context, event, about, message, combined))
}

function createCounted(
  context: LabContext,
  event: EventToRecord,
  about: WrittenEvent['involvedObject'],
  message: string,
  combined: boolean,
): WrittenEvent {
  const { store } = context
  return store.create<WrittenEvent>({
    ...identity(context, about),
    involvedObject: about,
    reason: event.reason,
    message,
    source: { component: event.component, ...(event.host !== undefined && { host: event.host }) },
    firstTimestamp: store.timestamp(),
    lastTimestamp: store.timestamp(),
    count: 1,
    type: event.type,
    eventTime: null,
    // Combined events have no reporter. @source recorded on a v1.35 node
    reportingComponent: combined ? '' : event.component,
    reportingInstance: combined ? '' : (event.host ?? ''),
  })
}

/** Identifies the subject of an event. */
const subjectKey = (about: WrittenEvent['involvedObject']): string[] => [
  about.kind,
  about.namespace ?? '',
  about.name,
  about.uid ?? '',
]

const isStored = ({ store }: LabContext, { namespace, name }: Place): boolean =>
  store.get('Event', namespace, name) !== undefined

/**
 * Forgets a component's earlier events because its process has restarted: it counts from one again.
 * The stored Events stay.
 */
export function forgetRecorded(context: LabContext, component: string, host?: string): void {
  const memory = memoryOf(context)
  const prefix = host === undefined ? `${component}|` : `${component}|${host}|`
  for (const map of [memory.written, memory.similar, memory.buckets]) {
    for (const key of map.keys()) if (key.startsWith(prefix)) map.delete(key)
  }
}

/** The events.k8s.io style: the first repetition starts a series, which is written at intervals. */
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
    ...subjectKey(about),
    event.type,
    event.reason,
    event.action ?? '',
    event.message,
  ].join('|')
  const known = memory.written.get(key)
  if (
    known === undefined ||
    now - known.lastAt > eventLimits.seriesPause ||
    !isStored(context, known)
  ) {
    remember(context, memory, key, createSeries(context, event, about))
    return
  }
  known.count += 1
  known.lastAt = now
  if (known.count > 2 && now - known.writtenAt < eventLimits.seriesRefresh) return
  context.store.update<WrittenEvent>('Event', known.namespace, known.name, draft => {
    draft.series = { count: known.count, lastObservedTime: context.store.microTimestamp() }
  })
  known.writtenAt = now
  keep(context, memory, known)
}

function createSeries(
  context: LabContext,
  event: EventToRecord,
  about: WrittenEvent['involvedObject'],
): WrittenEvent {
  const { component, host, action } = event
  return context.store.create<WrittenEvent>({
    ...identity(context, about),
    involvedObject: about,
    reason: event.reason,
    message: event.message,
    source: {},
    firstTimestamp: null,
    lastTimestamp: null,
    type: event.type,
    eventTime: context.store.microTimestamp(),
    ...(action !== undefined && { action }),
    reportingComponent: component,
    reportingInstance: host === undefined ? component : `${component}-${host}`,
  })
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

/** Name of object and time in ns, as in client-go; the ns within the ms are drawn at random. */
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
