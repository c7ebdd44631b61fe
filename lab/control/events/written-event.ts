// Events as the API serves them: their subject, their name, and what a component records.
import type { LabContext } from '#lab/kernel/world.ts'
import type { Event, KubeObject } from '#src/model/kube.ts'
import type { Place } from './memory.ts'

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
   * `legacy` (the default): repetitions raise a count. `eventTime`, the style of the newer API:
   * repetitions form a series.
   */
  style?: 'legacy' | 'eventTime'
  /** The part of the object, e.g. `spec.containers{worker}`. */
  fieldPath?: string
  /** The attempted action, for the newer style, e.g. `Scheduling`. */
  action?: string
}

/** An Event with all fields that the API serves. */
export interface WrittenEvent extends Event {
  involvedObject: Event['involvedObject'] & {
    apiVersion?: string
    resourceVersion?: string
    fieldPath?: string
  }
  reportingInstance?: string
  action?: string
}

export function involvedObject(event: EventToRecord): WrittenEvent['involvedObject'] {
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
 * The name of an Event is that of the object and the time in ns, as in client-go. The ns within the
 * ms are random.
 */
export function identity(
  context: LabContext,
  about: { name: string; namespace?: string },
): Pick<WrittenEvent, 'apiVersion' | 'kind' | 'metadata'> {
  const namespace = about.namespace ?? 'default'
  const random = randomOf(context)
  let name: string
  do {
    const ns =
      BigInt(Math.floor(context.clock.now())) * 1_000_000n + BigInt(random.integer(0, 999_999))
    name = `${about.name}.${ns.toString(16)}`
  } while (context.store.get('Event', namespace, name) !== undefined)
  return { apiVersion: 'v1', kind: 'Event', metadata: { name, namespace } }
}

/** One stream of random numbers per lab. */
const randoms = new WeakMap<LabContext, LabContext['random']>()

function randomOf(context: LabContext): LabContext['random'] {
  const known = randoms.get(context) ?? context.random.fork('events')
  randoms.set(context, known)
  return known
}

/** Identifies the subject of an event. */
export const subjectKey = (about: WrittenEvent['involvedObject']): string[] => [
  about.kind,
  about.namespace ?? '',
  about.name,
  about.uid ?? '',
]

/** Whether a recorded Event is still in the store. */
export const isStored = ({ store }: LabContext, { namespace, name }: Place): boolean =>
  store.get('Event', namespace, name) !== undefined
