// A watch of the Kubernetes API: its events, its bookmarks and its ends.
import { afterEach, describe, expect, test } from 'vitest'
import type { Pod } from '#src/model/kube.ts'
import { resources } from './client.ts'
import type { WatchType } from './watch.ts'
import { closeAll, pod as unversioned, send, serving } from './loopback-api.ts'
import { messageOf } from '#tests/runtime/scripted.ts'

afterEach(closeAll)

const pod = (name: string): Omit<Pod, 'apiVersion' | 'kind'> => {
  const made = unversioned(name)
  return { ...made, metadata: { ...made.metadata, resourceVersion: '11' } }
}

describe('watch', () => {
  const event = (type: string, object: unknown): string => `${JSON.stringify({ type, object })}\n`

  test('passes on events until the server ends the stream', async () => {
    const { kube, seen } = await serving((_, response) => {
      response.writeHead(200)
      response.write(event('ADDED', pod('a')) + event('MODIFIED', pod('a')).slice(0, 20))
      response.end(
        event('MODIFIED', pod('a')).slice(20) +
          event('BOOKMARK', { metadata: { resourceVersion: '12' } }) +
          event('DELETED', pod('a')),
      )
    })
    const events: [WatchType, Pod][] = []
    await kube.watch(resources.pods, {
      namespace: 'joelclaw',
      resourceVersion: '7',
      signal: new AbortController().signal,
      onEvent: (type, object) => events.push([type, object]),
    })
    expect(events.map(([type]) => type)).toEqual(['ADDED', 'MODIFIED', 'BOOKMARK', 'DELETED'])
    expect(events[0]?.[1]).toEqual({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'a', namespace: 'joelclaw', uid: 'uid-a', resourceVersion: '11' },
      spec: { containers: [] },
    })
    expect(seen).toEqual([
      'GET /api/v1/namespaces/joelclaw/pods?watch=true&resourceVersion=7&allowWatchBookmarks=true',
    ])
  })

  test('an event without a version is garbage', async () => {
    const { kube } = await serving((_, response) => response.end(event('ADDED', unversioned('a'))))
    expect(
      await messageOf(
        kube.watch(resources.pods, {
          signal: new AbortController().signal,
          onEvent: () => undefined,
        }),
      ),
    ).toMatch(/ with 200, but not as an API server does: /)
  })

  test('a version that is too old rejects as Expired', async () => {
    const { kube } = await serving((_, response) =>
      response.end(
        event('ERROR', {
          kind: 'Status',
          code: 410,
          reason: 'Expired',
          message: 'too old resource version: 7 (1200)',
        }),
      ),
    )
    await expect(
      kube.watch(resources.pods, {
        signal: new AbortController().signal,
        onEvent: () => undefined,
      }),
    ).rejects.toMatchObject({
      name: 'KubeError',
      status: 410,
      reason: 'Expired',
      message: 'GET /api/v1/pods (watch): 410 Expired: too old resource version: 7 (1200)',
    })
  })

  test('an error status rejects', async () => {
    const { kube } = await serving((_, response) => send(response, 403, {}))
    expect(
      await messageOf(
        kube.watch(resources.pods, {
          signal: new AbortController().signal,
          onEvent: () => undefined,
        }),
      ),
    ).toBe('GET /api/v1/pods (watch): 403 Unknown: {}')
  })

  test('its signal ends it with the reason and closes the request', async () => {
    const control = new AbortController()
    const gone = Promise.withResolvers<void>()
    const { kube } = await serving((_, response) => {
      response.on('close', () => gone.resolve())
      response.writeHead(200)
      response.write(event('ADDED', pod('a')))
    })
    const work = kube.watch(resources.pods, {
      signal: control.signal,
      onEvent: () => control.abort(new Error('seen enough')),
    })
    expect(await messageOf(work)).toBe('seen enough')
    await gone.promise
  })

  test('its signal also ends a watch that the server never answers', async () => {
    const control = new AbortController()
    const gone = Promise.withResolvers<void>()
    const { kube } = await serving((_, response) => {
      response.on('close', () => gone.resolve())
      control.abort(new Error('no patience'))
    })
    expect(
      await messageOf(
        kube.watch(resources.pods, { signal: control.signal, onEvent: () => undefined }),
      ),
    ).toBe('no patience')
    await gone.promise
  })

  test('an error of the listener ends it', async () => {
    const { kube } = await serving((_, response) => {
      response.writeHead(200)
      response.write(event('ADDED', pod('a')))
    })
    expect(
      await messageOf(
        kube.watch(resources.pods, {
          signal: new AbortController().signal,
          onEvent: () => {
            throw new Error('cannot take it')
          },
        }),
      ),
    ).toBe('cannot take it')
  })

  test('a broken connection rejects', async () => {
    const { kube } = await serving((_, response) => {
      response.writeHead(200)
      response.write(event('ADDED', pod('a')))
      setImmediate(() => response.socket?.destroy())
    })
    expect(
      await messageOf(
        kube.watch(resources.pods, {
          signal: new AbortController().signal,
          onEvent: () => undefined,
        }),
      ),
    ).toMatch(/^http:\/\/127\.0\.0\.1:\d+ did not answer: UND_ERR_SOCKET/)
  })
})
