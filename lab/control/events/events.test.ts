// The Events of the lab: counted, combined and limited as client-go's recorder does.
import { describe, expect, test } from 'vitest'
import { eventLimits, forgetRecorded, recordEvent } from './events.ts'
import { createFixture } from '#lab/control/fixture.ts'
import type { Event } from '#src/model/kube.ts'

const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'worker-1', namespace: 'demo', uid: 'u1', resourceVersion: '7' },
}
const world = () => {
  const made = createFixture(1, [])
  const record = (message: string, more = {}) =>
    recordEvent(made.context, {
      about: pod,
      type: 'Warning',
      reason: 'Unhealthy',
      message,
      component: 'kubelet',
      host: 'node-1',
      ...more,
    })
  const list = () =>
    made.context.store
      .list<Event>('Event')
      .map(event => `${event.reason} x${event.count} ${event.message}`)
  return { ...made, record, list }
}

describe('an Event', () => {
  test('has the fields that a real node writes', () => {
    const { context, record } = world()
    record('Readiness probe failed', { fieldPath: 'spec.containers{worker}' })
    const [event] = context.store.list<Event>('Event')
    expect({
      ...event,
      metadata: { namespace: event?.metadata.namespace, name: event?.metadata.name },
    }).toMatchInlineSnapshot(`
      {
        "apiVersion": "v1",
        "count": 1,
        "eventTime": null,
        "firstTimestamp": "2026-11-21T07:00:00Z",
        "involvedObject": {
          "apiVersion": "v1",
          "fieldPath": "spec.containers{worker}",
          "kind": "Pod",
          "name": "worker-1",
          "namespace": "demo",
          "resourceVersion": "7",
          "uid": "u1",
        },
        "kind": "Event",
        "lastTimestamp": "2026-11-21T07:00:00Z",
        "message": "Readiness probe failed",
        "metadata": {
          "name": "worker-1.18e9fd452b05545e",
          "namespace": "demo",
        },
        "reason": "Unhealthy",
        "reportingComponent": "kubelet",
        "reportingInstance": "node-1",
        "source": {
          "component": "kubelet",
          "host": "node-1",
        },
        "type": "Warning",
      }
    `)
  })

  test('about a node is in the namespace default', () => {
    const { context } = world()
    recordEvent(context, {
      about: { kind: 'Node', name: 'node-1' },
      type: 'Normal',
      reason: 'Starting',
      message: 'Starting kubelet.',
      component: 'kubelet',
      host: 'node-1',
    })
    expect(
      context.store.list<Event>('Event', 'default').map(event => event.involvedObject),
    ).toEqual([{ kind: 'Node', name: 'node-1' }])
  })

  test('that repeats is counted, with its first and last time', () => {
    const { context, pass, record } = world()
    record('down')
    pass(5000)
    record('down')
    expect(
      context.store.list<Event>('Event').map(({ count, firstTimestamp, lastTimestamp }) => ({
        count,
        firstTimestamp,
        lastTimestamp,
      })),
    ).toEqual([
      { count: 2, firstTimestamp: '2026-11-21T07:00:00Z', lastTimestamp: '2026-11-21T07:00:05Z' },
    ])
  })

  test('from another source is another Event', () => {
    const { record, list } = world()
    record('down')
    record('down', { host: 'node-2' })
    expect(list()).toEqual(['Unhealthy x1 down', 'Unhealthy x1 down'])
  })

  test('is combined with similar ones from the tenth different message on', () => {
    const { record, list } = world()
    for (let index = 1; index <= 11; index += 1) record(`sandbox ${index}`)
    expect(list().slice(8)).toEqual([
      'Unhealthy x1 sandbox 9',
      'Unhealthy x2 (combined from similar events): sandbox 11',
    ])
  })

  test('is dropped if one source floods one object, and passes again after five minutes', () => {
    const { context, pass, record } = world()
    for (let index = 0; index < 40; index += 1) record('down')
    const count = () => context.store.list<Event>('Event')[0]?.count
    const flooded = count()
    pass(eventLimits.refill)
    record('down')
    expect([flooded, count()]).toEqual([25, 26])
  })

  test('expires an hour after its last write', () => {
    const { pass, record, list } = world()
    record('down')
    pass(eventLimits.ttl - 1000)
    record('down')
    pass(eventLimits.ttl - 1000)
    const before = list()
    pass(1000)
    expect([before, list()]).toEqual([['Unhealthy x2 down'], []])
  })

  test('counts from one again after its component has restarted', () => {
    const { context, record, list } = world()
    record('down')
    forgetRecorded(context, 'kubelet', 'node-1')
    record('down')
    expect(list()).toEqual(['Unhealthy x1 down', 'Unhealthy x1 down'])
  })

  test('of the newer API has an eventTime, and becomes a series when it repeats', () => {
    const { context, pass, record } = world()
    for (let index = 0; index < 3; index += 1) {
      record('no node', { style: 'eventTime', component: 'default-scheduler' })
      pass(1000)
    }
    expect(
      context.store
        .list<Event>('Event')
        .map(({ eventTime, firstTimestamp, lastTimestamp, count, series, reportingComponent }) => ({
          eventTime,
          firstTimestamp,
          lastTimestamp,
          count,
          series,
          reportingComponent,
        })),
    ).toEqual([
      {
        eventTime: '2026-11-21T07:00:00.000000Z',
        firstTimestamp: null,
        lastTimestamp: null,
        count: undefined,
        reportingComponent: 'default-scheduler',
        // The third is counted in memory; it is written when the series ends or half an hour later.
        series: { count: 2, lastObservedTime: '2026-11-21T07:00:01.000000Z' },
      },
    ])
  })
})
