// Events in the style of events.k8s.io: repetitions form a series.
import type { LabContext } from '#lab/kernel/world.ts'
import { eventLimits, keep, memoryOf, remember } from './memory.ts'
import {
  identity,
  isStored,
  subjectKey,
  type EventToRecord,
  type WrittenEvent,
} from './written-event.ts'

/** Records an Event. The first repetition starts a series, which is written at intervals. */
export function recordSeries(
  context: LabContext,
  event: EventToRecord,
  about: WrittenEvent['involvedObject'],
): void {
  const memory = memoryOf(context)
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
