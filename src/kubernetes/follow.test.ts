// Following a kind while its API drops connections, forgets versions, refuses and falls silent.
import type { RequestListener, ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { policyWith } from '#tests/model/policy.ts'
import { openKube, resources } from './client.ts'
import { followKind } from './follow.ts'
import { closeAll, pod, send, serving } from './loopback-api.ts'
import { messageOf } from '#tests/runtime/scripted.ts'

afterEach(closeAll)

const at = (name: string, resourceVersion: string) => ({
  ...pod(name),
  metadata: { ...pod(name).metadata, resourceVersion },
})
const list = (response: ServerResponse, version: string, ...names: readonly string[]) =>
  send(response, 200, {
    metadata: { resourceVersion: version },
    items: names.map(name => at(name, version)),
  })
const events = (response: ServerResponse, ...lines: readonly [type: string, object: unknown][]) => {
  response.writeHead(200)
  response.write(lines.map(([type, object]) => `${JSON.stringify({ type, object })}\n`).join(''))
}
const expired = {
  kind: 'Status',
  code: 410,
  reason: 'Expired',
  message: 'too old resource version',
}

/** Requests in short: without the parts that all of them share. */
const inShort = (request: string): string =>
  request
    .replace('/api/v1/', '')
    .replace('&timeoutSeconds=5&allowWatchBookmarks=true', '')
    .replace('watch=true&resourceVersion=', 'from=')

// Five times as fast: no test here depends on how long anything takes.
const fastClock = {
  now: () => Date.now(),
  closest: 40,
  sleep: (ms: number, signal?: AbortSignal) =>
    pause(ms / 5, undefined, signal === undefined ? {} : { signal }),
}

/** Follows pods on a server that gives the scripted answers in turn, until there are none left. */
const following = (...answers: readonly RequestListener[]) => followingWithin(10_000, ...answers)

/** The same with a deadline for each request, ms. */
async function followingWithin(deadline: number, ...answers: readonly RequestListener[]) {
  const left = [...answers]
  const over = new AbortController()
  const { seen, call, target } = await serving((request, response) => {
    const next = left.shift()
    if (next === undefined) over.abort(new Error('seen enough'))
    else next(request, response)
  })
  const heard: string[] = []
  await followKind(
    given => openKube(given, target),
    { resource: resources.pods, keep: object => object },
    {
      runtime: { ...call.runtime, clock: fastClock },
      policy: policyWith(),
      deadline,
      signal: over.signal,
      longestWatchMs: () => 5_000,
      shortenWatch: () => new AbortController().signal,
      onValue: ({ value, watchGap }) =>
        heard.push(
          value.map(({ metadata }) => metadata.name).join(' ') + (watchGap ? ' after a gap' : ''),
        ),
      onLost: why =>
        heard.push(`lost: ${why.replace(/.*?did not answer/, 'no answer').split(':')[0]}`),
    },
  )
  return { heard, asked: seen.map(inShort) }
}

describe('following', () => {
  test('continues from the known version and proves the state at each end', async () => {
    expect(
      await following(
        (_, response) => list(response, '5', 'a'),
        (_, response) => {
          events(
            response,
            ['ADDED', at('b', '6')],
            ['BOOKMARK', { metadata: { resourceVersion: '8' } }],
          )
          response.end()
        },
        (_, response) => response.end(),
      ),
    ).toEqual({
      heard: ['a', 'a b', 'a b', 'a b'],
      asked: ['GET pods?limit=500', 'GET pods?from=5', 'GET pods?from=8', 'GET pods?from=8'],
    })
  })

  test('a dropped connection loses no state and is not reported', async () => {
    expect(
      await following(
        (_, response) => list(response, '5', 'a'),
        (_, response) => {
          events(response, ['ADDED', at('b', '6')])
          setImmediate(() => response.socket?.destroy())
        },
        (_, response) => {
          events(response, ['DELETED', at('a', '7')], ['ADDED', at('c', '8')])
          response.end()
        },
      ),
    ).toEqual({
      heard: ['a', 'a b', 'b', 'b c', 'b c'],
      asked: ['GET pods?limit=500', 'GET pods?from=5', 'GET pods?from=6', 'GET pods?from=8'],
    })
  })

  test.for<[string, RequestListener]>([
    [
      'in the stream',
      (_, response) => {
        events(response, ['ERROR', expired])
        response.end()
      },
    ],
    ['as a status', (_, response) => send(response, 410, expired)],
  ])('a forgotten version, %s, is a gap', async ([, gone]) => {
    expect(
      await following(
        (_, response) => list(response, '5', 'a'),
        gone,
        (_, response) => list(response, '90', 'z'),
      ),
    ).toEqual({
      heard: ['a', 'z after a gap'],
      asked: ['GET pods?limit=500', 'GET pods?from=5', 'GET pods?limit=500', 'GET pods?from=90'],
    })
  })

  test('without permission to watch it lists again and again', async () => {
    const forbidden: RequestListener = (_, response) =>
      send(response, 403, { kind: 'Status', reason: 'Forbidden', message: 'no watch' })
    expect(
      await following(
        (_, response) => list(response, '5', 'a'),
        forbidden,
        forbidden,
        (_, response) => list(response, '6', 'a'),
        forbidden,
        (_, response) => list(response, '7', 'b'),
      ),
    ).toMatchObject({
      heard: ['a', 'a after a gap', 'b after a gap'],
    })
  })

  test('an API that is down is lost at the second failure, then followed again', async () => {
    const broken: RequestListener = (_, response) => void response.socket?.destroy()
    expect(
      await following(
        (_, response) => list(response, '5', 'a'),
        broken,
        broken,
        broken,
        (_, response) => {
          events(response, ['MODIFIED', at('a', '6')])
          response.end()
        },
      ),
    ).toMatchObject({ heard: ['a', 'lost: no answer', 'lost: no answer', 'a', 'a'] })
  })

  test('an unanswered list is lost at its deadline', async () => {
    expect(
      await followingWithin(
        1_000,
        () => {},
        (_, response) => list(response, '5', 'a'),
      ),
    ).toMatchObject({ heard: ['lost: no answer within 1.0 s', 'a after a gap'] })
  })
})

describe('one watch', () => {
  test('that does not end when requested counts as silent', async () => {
    const { call, target } = await serving((_, response) => events(response))
    const runtime = {
      ...call.runtime,
      clock: { ...call.runtime.clock, sleep: (ms: number) => pause(ms / 20) },
    }
    const kube = await openKube({ ...call, runtime }, target)
    expect(
      await messageOf(
        kube.watch(resources.pods, {
          resourceVersion: '5',
          seconds: 1,
          signal: new AbortController().signal,
          onEvent: () => {},
        }),
      ),
    ).toMatch(/did not answer within 2\.0 s$/)
  })
})
