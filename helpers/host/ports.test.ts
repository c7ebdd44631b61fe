// What counts as an answer of the application itself, and how holdfast asks a port.
import { describe, expect, test } from 'vitest'
import { newModel, start } from '#tests/model/model.ts'
import { answerSchema, type MappedPort, type NetAnswer, type Runtime } from '#src/model/index.ts'
import { portAnswer, strangeness, wantedInWords } from './ports.ts'

const http = (change: object = {}) => answerSchema.parse({ by: 'http', path: '/health', ...change })
const tcp = (change: object = {}) => answerSchema.parse({ by: 'tcp', ...change })
const answered = (body: string, status = 200): NetAnswer => ({
  kind: 'answered',
  status,
  body,
  tookMs: 5,
})

describe('an answer counts as the application’s own', () => {
  test.for<
    [
      description: string,
      answer: NetAnswer,
      wanted: ReturnType<typeof http>,
      strange: string | undefined,
    ]
  >([
    ['with the wanted status', answered('anything'), http(), undefined],
    [
      'not with another status, such as the 403 of another program',
      answered('forbidden', 403),
      http(),
      'HTTP 403 "forbidden"',
    ],
    ['with a wanted status other than 200', answered('', 404), http({ status: 404 }), undefined],
    ['with the wanted text', answered('Dkron is up'), http({ contains: 'Dkron' }), undefined],
    [
      'not without the wanted text',
      answered('nginx'),
      http({ contains: 'Dkron' }),
      'an answer without “Dkron”: "nginx"',
    ],
    [
      'with the wanted JSON',
      answered('{"ok":true,"n":1}'),
      http({ json: { ok: true } }),
      undefined,
    ],
    [
      'not with another value of a JSON member',
      answered('{"ok":false}'),
      http({ json: { ok: true } }),
      '“ok” is false: "{\\"ok\\":false}"',
    ],
    [
      'not without the JSON member',
      answered('{}'),
      http({ json: { ok: true } }),
      '“ok” is undefined: "{}"',
    ],
    [
      'with the required member',
      answered('{"version":"0.4"}'),
      http({ has: ['version'] }),
      undefined,
    ],
    [
      'not without the required member',
      answered('{"v":1}'),
      http({ has: ['version'] }),
      'no “version”: "{\\"v\\":1}"',
    ],
    [
      'not if it is not JSON',
      answered('<html>'),
      http({ json: { ok: true } }),
      'no JSON: "<html>"',
    ],
    ['not if its JSON is not an object', answered('7'), http({ has: ['version'] }), 'no JSON: "7"'],
    [
      'over TCP with the wanted text',
      answered('+PONG\r\n', 0),
      tcp({ send: 'PING\r\n', contains: 'PONG' }),
      undefined,
    ],
    [
      'not over TCP without the wanted text',
      answered('-ERR\r\n', 0),
      tcp({ send: 'PING\r\n', contains: 'PONG' }),
      'an answer without “PONG”: "-ERR\\r\\n"',
    ],
    [
      'not if the connection is refused',
      { kind: 'refused', why: 'ECONNREFUSED', tookMs: 1 },
      http(),
      'refused: ECONNREFUSED',
    ],
    [
      'not if the port is silent: an accepted connection proves nothing',
      { kind: 'silent', why: 'connected, no answer', tookMs: 5000 },
      tcp(),
      'silent: connected, no answer',
    ],
  ])('%s', ([, answer, wanted, strange]) => {
    expect(strangeness(answer, wanted)).toBe(strange)
  })

  test('only the first 80 characters of a long answer are quoted', () => {
    expect(strangeness(answered('x'.repeat(500)), http({ contains: 'y' }))).toBe(
      `an answer without “y”: "${'x'.repeat(80)}"`,
    )
  })

  test('the wanted answer is described in words', () => {
    expect(
      [
        http({ json: { ok: true }, has: ['version'] }),
        http({ status: 404, contains: 'no such' }),
        tcp(),
        tcp({ send: 'PING\r\n', contains: 'PONG' }),
      ].map(wantedInWords),
    ).toEqual([
      'GET /health → 200 with “ok”: true, a “version”',
      'GET /health → 404 with “no such”',
      'accepts a connection',
      'answers "PING\\r\\n" with “PONG”',
    ])
  })
})

describe('asking a port', () => {
  const port = (answers: MappedPort['answers']): MappedPort => ({
    name: 'redis',
    namespace: 'default',
    service: 'redis',
    host: 6379,
    container: 6379,
    nodePort: 6379,
    answers,
  })

  test.for<[string, MappedPort['answers'], readonly unknown[]]>([
    ['http', http(), ['http', 'http://127.0.0.1:6379/health', 5_000]],
    ['https', http({ tls: true }), ['http', 'https://127.0.0.1:6379/health', 5_000]],
    ['tcp', tcp(), ['tcp', { host: '127.0.0.1', port: 6379 }, 5_000]],
    [
      'tcp with a request',
      tcp({ send: 'PING\r\n' }),
      ['tcp', { host: '127.0.0.1', port: 6379, send: 'PING\r\n' }, 5_000],
    ],
  ])('%s: asks from the host, and waits 5 s as its users do', async ([, answers, invoke]) => {
    const { runtime: bare, policy } = newModel()
    const calls: unknown[][] = []
    const note =
      (kind: string) =>
      async (to: unknown, { deadline }: { deadline: number }): Promise<NetAnswer> => {
        calls.push([kind, to, deadline])
        return answered('')
      }
    const runtime: Runtime = { ...bare, net: { http: note('http'), tcp: note('tcp') } }
    const question = portAnswer(port(answers))
    await question.ask({
      runtime,
      policy,
      signal: new AbortController().signal,
      deadline: question.deadline ?? 0,
    })
    expect([calls, question.deadline]).toEqual([[invoke], 7_500])
  })

  const failing = (kind: 'refused' | 'silent'): NetAnswer => ({ kind, why: kind, tookMs: 0 })

  /**
   * Asks a port that gives these answers in turn, each after a delay, and repeats the last one.
   * Times in ms.
   */
  async function asking(...answers: readonly (readonly [answer: NetAnswer, after: number])[]) {
    const model = newModel()
    const at: number[] = []
    const ended: number[] = []
    const net = async (_: unknown, { signal }: { signal?: AbortSignal }): Promise<NetAnswer> => {
      const [answer, after] = answers[Math.min(at.length, answers.length - 1)]!
      at.push(model.clock.now() - start)
      signal?.addEventListener('abort', () => ended.push(model.clock.now() - start))
      await model.clock.sleep(after, signal)
      return answer
    }
    const runtime: Runtime = { ...model.runtime, net: { http: net, tcp: net } }
    const answer = await portAnswer(port(http())).ask({
      runtime,
      policy: model.policy,
      signal: new AbortController().signal,
      deadline: 7_500,
    })
    return { answer: answer.kind, at, took: model.clock.now() - start, ended: ended.length }
  }

  test('asks once if the first question is answered', async () => {
    expect(await asking([answered('OK'), 5])).toEqual({
      answer: 'answered',
      at: [0],
      took: 5,
      ended: 1,
    })
  })

  test.for([
    ['refused', 1],
    ['silent', 5_000],
  ] as const)(
    'asks again after a lost question (%s), and the first answer ends all questions',
    async ([kind, after]) => {
      expect(
        await asking([failing(kind), after], [failing(kind), after], [answered('OK'), 5]),
      ).toEqual({ answer: 'answered', at: [0, 250, 500], took: 505, ended: 3 })
    },
  )

  test('reports the failure of the first question if none is answered', async () => {
    expect(await asking([failing('silent'), 5_000], [failing('refused'), 1])).toMatchObject({
      answer: 'silent',
      at: [0, 250, 500, 750],
      took: 5_000,
    })
    expect(await asking([failing('refused'), 1])).toMatchObject({
      answer: 'refused',
      at: [0, 250, 500, 750],
      took: 751,
    })
  })
})
