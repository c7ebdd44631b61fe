// Watches: present objects, changes, resumption, bookmarks, and the end of the history.
import { describe, expect, test } from 'vitest'
import { pod, podsPath, request, testbed } from '#lab/kube/testbed.ts'

const label = (bed: ReturnType<typeof testbed>, name: string, app: string) =>
  bed.mergePatch(`${podsPath}/${name}`, { metadata: { labels: { app } } })

describe('a watch', () => {
  test('without a version starts with the present objects', () => {
    const bed = testbed()
    bed.ask('POST', podsPath, pod('a'))
    const watched = bed.watch(`${podsPath}?watch=true`)
    bed.ask('POST', podsPath, pod('b'))
    label(bed, 'a', 'new')
    bed.ask('DELETE', `${podsPath}/b`)
    bed.put({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'no pod', namespace: 'default' },
    })
    expect(watched).toMatchObject({
      ended: false,
      lines: [
        'ADDED default/a @1003',
        'ADDED default/b @1004',
        'MODIFIED default/a @1005',
        'MODIFIED default/b @1006',
        'DELETED default/b @1007',
      ],
    })
  })

  test('from a version gets exactly the changes after it', () => {
    const bed = testbed()
    bed.ask('POST', podsPath, pod('a'))
    bed.ask('POST', podsPath, pod('b'))
    label(bed, 'a', 'new')
    const watched = bed.watch(`/api/v1/pods?watch=1&resourceVersion=1003`)
    bed.ask('DELETE', `${podsPath}/a`)
    expect(watched.lines).toEqual([
      'ADDED default/b @1004',
      'MODIFIED default/a @1005',
      'MODIFIED default/a @1006',
      'DELETED default/a @1007',
    ])
  })

  test('from a version before the history gets 410 and ends', () => {
    const bed = testbed()
    bed.ask('POST', podsPath, pod('a'))
    bed.ask('POST', podsPath, pod('b'))
    bed.context.store.compact()
    expect(bed.watch(`${podsPath}?watch=true&resourceVersion=1003`)).toMatchObject({
      ended: true,
      lines: ['ERROR 410 too old resource version: 1003 (1004)'],
    })
  })

  test('from the newest version goes on without any history', () => {
    const bed = testbed()
    bed.ask('POST', podsPath, pod('a'))
    bed.context.store.compact()
    const watched = bed.watch(`${podsPath}?watch=true&resourceVersion=1003`)
    bed.ask('POST', podsPath, pod('b'))
    expect(watched).toMatchObject({ ended: false, lines: ['ADDED default/b @1004'] })
  })

  test('sees objects enter and leave its selection', () => {
    const bed = testbed()
    bed.ask('POST', podsPath, pod('a', { app: 'web' }))
    bed.ask('POST', podsPath, pod('b', { app: 'db' }))
    const watched = bed.watch(`${podsPath}?watch=true&labelSelector=app=web`)
    label(bed, 'b', 'web')
    label(bed, 'a', 'db')
    label(bed, 'a', 'cache')
    bed.ask('DELETE', `${podsPath}/a`)
    bed.ask('DELETE', `${podsPath}/b`)
    expect(watched.lines).toEqual([
      'ADDED default/a @1003',
      'ADDED default/b @1005',
      'DELETED default/a @1006',
      'MODIFIED default/b @1010',
      'DELETED default/b @1011',
    ])
  })

  test('of one namespace or one object gets no event of another', () => {
    const bed = testbed()
    const other = bed.watch('/api/v1/namespaces/other/pods?watch=true')
    const one = bed.watch(`${podsPath}?watch=true&fieldSelector=metadata.name=a`)
    const same = bed.watch(`${podsPath}/a?watch=true`)
    bed.ask('POST', podsPath, pod('a'))
    bed.ask('POST', podsPath, pod('b'))
    expect([other.lines, one.lines, same.lines]).toEqual([
      [],
      ['ADDED default/a @1003'],
      ['ADDED default/a @1003'],
    ])
  })

  test('gets a bookmark each minute if it allows them', () => {
    const bed = testbed()
    const plain = bed.watch(`${podsPath}?watch=true`)
    const withBookmarks = bed.watch(`${podsPath}?watch=true&allowWatchBookmarks=true`)
    bed.context.clock.advance(61_000)
    bed.put({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace: 'default' } })
    bed.context.clock.advance(60_000)
    expect([plain.lines, withBookmarks.lines]).toEqual([[], ['BOOKMARK  @1002', 'BOOKMARK  @1003']])
  })

  test('with initial events gets a bookmark at their end', () => {
    const bed = testbed()
    bed.ask('POST', podsPath, pod('a'))
    const response = bed.api.handle(
      request(
        'GET',
        `${podsPath}?watch=true&sendInitialEvents=true&allowWatchBookmarks=true&` +
          'resourceVersionMatch=NotOlderThan&timeoutSeconds=1',
      ),
    )
    const lines: string[] = []
    if (response.kind === 'stream')
      response.start(
        line => lines.push(line),
        () => lines.push('end'),
      )
    bed.context.clock.advance(1000)
    expect(lines.slice(1)).toEqual([
      '{"type":"BOOKMARK","object":{"kind":"Pod","apiVersion":"v1",' +
        '"metadata":{"resourceVersion":"1003","creationTimestamp":null,' +
        '"annotations":{"k8s.io/initial-events-end":"true"}}}}\n',
      'end',
    ])
  })

  test('ends after timeoutSeconds, or after 30 to 60 minutes without', () => {
    const bed = testbed()
    const short = bed.watch(`${podsPath}?watch=true&timeoutSeconds=60`)
    const long = bed.watch(`${podsPath}?watch=true`)
    const ends: boolean[][] = []
    for (const ms of [59_000, 2_000, 1_739_000, 1_800_000]) {
      bed.context.clock.advance(ms)
      ends.push([short.ended, long.ended])
    }
    expect(ends).toEqual([
      [false, false],
      [true, false],
      [true, false],
      [true, true],
    ])
  })

  test('gets no event after it was stopped', () => {
    const bed = testbed()
    const watched = bed.watch(`${podsPath}?watch=true&allowWatchBookmarks=true`)
    watched.stop()
    bed.ask('POST', podsPath, pod('a'))
    bed.context.clock.advance(120_000)
    expect(watched).toMatchObject({ lines: [], ended: false })
  })
})
