// A kind that is followed while its API drops, forgets, refuses and falls silent.
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

/** Follows pods on a server that answers as scripted, in turn, until it has nothing more to say. */
async function following(...answers: readonly RequestListener[]) {
  const left = [...answers]
  const over = new AbortController()
  const { seen, call, target } = await serving((request, response) => {
    const next = left.shift()
    if (next === undefined) over.abort(new Error('seen enough'))
    else next(request, response)
  })
  // Five times as fast: nothing here depends on how long anything takes.
  const clock = {
    now: () => Date.now(),
    closest: 40,
    sleep: (ms: number, signal?: AbortSignal) =>
      pause(ms / 5, undefined, signal === undefined ? {} : { signal }),
  }
  const runtime = { ...call.runtime, clock }
  const told: string[] = []
  await followKind(
    given => openKube(given, target),
    { resource: resources.pods, keep: object => object },
    {
      runtime,
      policy: policyWith(),
      deadline: 300,
      signal: over.signal,
      longestWatchMs: () => 1_000,
      shortenWatch: () => new AbortController().signal,
      onValue: ({ value, watchGap }) =>
        told.push(
          `${value.map(({ metadata }) => metadata.name).join(' ')}${watchGap ? ' after a gap' : ''}`,
        ),
      onLost: why =>
        told.push(`lost: ${why.replace(/.*?did not answer/, 'no answer').split(':')[0]}`),
    },
  )
  return {
    told,
    asked: seen.map(line =>
      line
        .replace('/api/v1/', '')
        .replace('&timeoutSeconds=1&allowWatchBookmarks=true', '')
        .replace('watch=true&resourceVersion=', 'from='),
    ),
  }
}

describe('following', () => {
  test('goes on from the version that it knows, and proves at the end of each stretch that nothing was missed', async () => {
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
      told: ['a', 'a b', 'a b', 'a b'],
      asked: ['GET pods?limit=500', 'GET pods?from=5', 'GET pods?from=8', 'GET pods?from=8'],
    })
  })

  test('a connection that drops loses no state, and nobody hears of it', async () => {
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
      told: ['a', 'a b', 'b', 'b c', 'b c'],
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
  ])('a version that is forgotten, %s, is a gap', async ([, gone]) => {
    expect(
      await following(
        (_, response) => list(response, '5', 'a'),
        gone,
        (_, response) => list(response, '90', 'z'),
      ),
    ).toEqual({
      told: ['a', 'z after a gap'],
      asked: ['GET pods?limit=500', 'GET pods?from=5', 'GET pods?limit=500', 'GET pods?from=90'],
    })
  })

  test('where watching is not allowed it lists again and again', async () => {
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
      told: ['a', 'a after a gap', 'b after a gap'],
    })
  })

  test('an API that goes away is lost at the second failure, and taken up where it was', async () => {
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
    ).toMatchObject({ told: ['a', 'lost: no answer', 'lost: no answer', 'a', 'a'] })
  })

  test('a list that is never answered is lost at its deadline', async () => {
    expect(
      await following(
        () => {},
        (_, response) => list(response, '5', 'a'),
      ),
    ).toMatchObject({ told: ['lost: no answer within 300 ms', 'a after a gap'] })
  })
})

describe('one stretch', () => {
  test('that does not end when it was asked to is silence', async () => {
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
