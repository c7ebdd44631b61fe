// The table of events, in both their forms.
import { since } from '#lab/kube/messages/duration-text.ts'
import type { JsonObject } from '#lab/kube/patch/json.ts'
import { numberAt, objectAt, textAt } from '#lab/kube/patch/json.ts'
import type { Printer } from './table-column.ts'
import { column, name, nameOf, texts, wide } from './table-column.ts'

/** An event's first and last time: of its series, of its legacy fields, or its own. */
function eventTimes(event: JsonObject): { first: string | undefined; last: string | undefined } {
  const own = textAt(event, 'eventTime')
  return {
    first: textAt(event, 'firstTimestamp') ?? textAt(event, 'deprecatedFirstTimestamp') ?? own,
    last:
      textAt(event, 'series', 'lastObservedTime') ??
      textAt(event, 'lastTimestamp') ??
      textAt(event, 'deprecatedLastTimestamp') ??
      own,
  }
}

/** The object under the first of two names that the event has. */
const eitherOf = (event: JsonObject, first: string, second: string): JsonObject =>
  objectAt(event, event[first] === undefined ? second : first)

function sourceText(event: JsonObject): string {
  const source = eitherOf(event, 'deprecatedSource', 'source')
  const reporter = textAt(event, 'reportingComponent') ?? textAt(event, 'reportingController') ?? ''
  const component = textAt(source, 'component') || reporter
  return [component, textAt(source, 'host') ?? ''].filter(Boolean).join(', ')
}

const countOf = (event: JsonObject): number =>
  numberAt(event, 'series', 'count') ??
  numberAt(event, 'count') ??
  numberAt(event, 'deprecatedCount') ??
  1

/** @source Kubernetes v1.35, printers: columns of events */
export const eventPrinter: Printer = {
  columns: [
    ...texts('Last Seen', 'Type', 'Reason', 'Object'),
    wide('Subobject'),
    wide('Source'),
    column('Message'),
    wide('First Seen'),
    wide('Count', 'integer'),
    { ...name, priority: 1 },
  ],
  cells: (event, { now }) => {
    const about = eitherOf(event, 'regarding', 'involvedObject')
    const { first, last } = eventTimes(event)
    return [
      since(last, now),
      textAt(event, 'type') ?? '',
      textAt(event, 'reason') ?? '',
      `${(textAt(about, 'kind') ?? '').toLowerCase()}/${textAt(about, 'name') ?? ''}`,
      textAt(about, 'fieldPath') ?? '',
      sourceText(event),
      (textAt(event, 'message') ?? textAt(event, 'note') ?? '').trim(),
      since(first, now),
      Math.max(1, countOf(event)),
      nameOf(event),
    ]
  },
}
