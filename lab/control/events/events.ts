// Records Events as the components of a cluster do: counts repeated ones, combines similar ones,
// and lets all expire after an hour.
import type { LabContext } from '#lab/kernel/world.ts'
import { admitted, combines, keep, memoryOf, remember } from './memory.ts'
import { recordSeries } from './series.ts'
import {
  identity,
  involvedObject,
  isStored,
  subjectKey,
  type EventToRecord,
  type WrittenEvent,
} from './written-event.ts'

export { eventLimits } from './memory.ts'
export type { EventToRecord } from './written-event.ts'

/**
 * Records an Event v1 in the object's namespace (`default` for cluster-wide objects). A repetition
 * raises the count of the stored Event; floods are dropped, as upstream does.
 */
export function recordEvent(context: LabContext, event: EventToRecord): void {
  const about = involvedObject(event)
  if (event.style === 'eventTime') {
    recordSeries(context, event, about)
    return
  }
  const memory = memoryOf(context)
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
    // Combined events have no reporter.
    // @source recorded on a v1.35 node
    reportingComponent: combined ? '' : event.component,
    reportingInstance: combined ? '' : (event.host ?? ''),
  })
}

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
