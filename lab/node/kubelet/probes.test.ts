// Probes: when they run, what they report, and what their decisions cause.
import { describe, expect, test } from 'vitest'
import { wrapped } from '#lab/node/fixture-history.ts'
import type { Container, Probe } from '#src/model/kube.ts'
import type { NodeFixture } from '#lab/node/fixture.ts'
import { createFixture } from '#lab/node/fixture.ts'

const health: Probe = { httpGet: { path: '/health', port: 3111 }, periodSeconds: 10 }

function running(container: Partial<Container>, hostNetwork = false): NodeFixture {
  const world = createFixture()
  world.start()
  world.seconds(40)
  world.bind('app', {
    hostNetwork,
    containers: [{ name: 'app', image: 'serve:1', args: ['3111'], ...container }],
  })
  world.seconds(30)
  world.resetHistory()
  return world
}

/** Warnings and kills, with whole seconds and their count at that time. */
const warnings = (world: NodeFixture): string[] =>
  world.history
    .filter(line => / (?:Unhealthy|Killing|BackOff|Started) /.test(line))
    .map(line => line.replace(/^(\d+)\.\d+ \w+ Event /, '$1 s '))

const appOf = (world: NodeFixture): NonNullable<ReturnType<NodeFixture['nodeApi']['app']>> =>
  world.nodeApi.app('demo', 'app')!

const ready = (world: NodeFixture): string | undefined =>
  world.pod('demo', 'app').status?.conditions?.find(each => each.type === 'Ready')?.status

describe('readiness', () => {
  test('fails after failureThreshold time-outs, recovers, and restarts nothing', () => {
    const world = running({ readinessProbe: { ...health, periodSeconds: 5 } })
    appOf(world).hung = true
    world.seconds(20)
    expect(ready(world)).toBe('False')
    appOf(world).hung = false
    world.seconds(6)
    expect(ready(world)).toBe('True')
    expect(wrapped(warnings(world))).toMatchInlineSnapshot(`
      [
        "1 s Warning Unhealthy x1 [Pod/app] Readiness probe failed: Get ",
        ""http://10.244.0.2:3111/health": context deadline exceeded (Client.Timeout exceeded ",
        "while awaiting headers)",
        "6 s Warning Unhealthy x2 [Pod/app] Readiness probe failed: Get ",
        ""http://10.244.0.2:3111/health": context deadline exceeded (Client.Timeout exceeded ",
        "while awaiting headers)",
        "11 s Warning Unhealthy x3 [Pod/app] Readiness probe failed: Get ",
        ""http://10.244.0.2:3111/health": context deadline exceeded (Client.Timeout exceeded ",
        "while awaiting headers)",
        "16 s Warning Unhealthy x4 [Pod/app] Readiness probe failed: Get ",
        ""http://10.244.0.2:3111/health": context deadline exceeded (Client.Timeout exceeded ",
        "while awaiting headers)",
      ]
    `)
    expect(world.pod('demo', 'app').status?.containerStatuses?.[0]?.restartCount).toBe(0)
  })

  test('reports the status of an application that answers 503', () => {
    const world = running({ readinessProbe: health })
    appOf(world).answers503 = true
    world.seconds(10)
    expect(warnings(world).map(line => line.split('] ')[1])).toEqual([
      'Readiness probe failed: HTTP probe failed with statuscode: 503',
    ])
  })

  test('starts initialDelaySeconds after the container', () => {
    const world = createFixture()
    world.start()
    world.seconds(40)
    world.resetHistory()
    world.bind('app', {
      containers: [
        {
          name: 'app',
          image: 'serve:1',
          args: ['3111'],
          readinessProbe: { ...health, initialDelaySeconds: 20, periodSeconds: 5 },
        },
      ],
    })
    world.seconds(60)
    const readyAt = Number(world.history.find(line => line.includes('ready=true'))?.split(' ')[0])
    expect([readyAt >= 20, readyAt <= 26.5]).toEqual([true, true])
  })

  test('does not notice a stuck data path if the health path answers', () => {
    const world = running({ readinessProbe: health, livenessProbe: health })
    appOf(world).dataPathStuck = true
    world.seconds(300)
    expect([warnings(world), ready(world)]).toEqual([[], 'True'])
    expect(
      world.nodeApi.exec('demo', 'app', undefined, [
        'wget',
        '-qO-',
        'http://localhost:3111/collections',
      ]),
    ).toEqual({ kind: 'hangs' })
  })
})

describe('liveness', () => {
  test('restarts a hung application: SIGTERM after three time-outs, then SIGKILL', () => {
    const world = running({ livenessProbe: health, readinessProbe: health })
    appOf(world).hung = true
    world.seconds(120)
    expect(wrapped(warnings(world))).toMatchInlineSnapshot(`
      [
        "1 s Warning Unhealthy x1 [Pod/app] Readiness probe failed: Get ",
        ""http://10.244.0.2:3111/health": context deadline exceeded (Client.Timeout exceeded ",
        "while awaiting headers)",
        "1 s Warning Unhealthy x1 [Pod/app] Liveness probe failed: Get ",
        ""http://10.244.0.2:3111/health": context deadline exceeded (Client.Timeout exceeded ",
        "while awaiting headers)",
        "11 s Warning Unhealthy x2 [Pod/app] Readiness probe failed: Get ",
        ""http://10.244.0.2:3111/health": context deadline exceeded (Client.Timeout exceeded ",
        "while awaiting headers)",
        "11 s Warning Unhealthy x2 [Pod/app] Liveness probe failed: Get ",
        ""http://10.244.0.2:3111/health": context deadline exceeded (Client.Timeout exceeded ",
        "while awaiting headers)",
        "21 s Warning Unhealthy x3 [Pod/app] Readiness probe failed: Get ",
        ""http://10.244.0.2:3111/health": context deadline exceeded (Client.Timeout exceeded ",
        "while awaiting headers)",
        "21 s Warning Unhealthy x3 [Pod/app] Liveness probe failed: Get ",
        ""http://10.244.0.2:3111/health": context deadline exceeded (Client.Timeout exceeded ",
        "while awaiting headers)",
        "21 s Normal Killing x1 [Pod/app] Container app failed liveness probe, will be ",
        "restarted",
        "31 s Warning Unhealthy x4 [Pod/app] Readiness probe failed: Get ",
        ""http://10.244.0.2:3111/health": context deadline exceeded (Client.Timeout exceeded ",
        "while awaiting headers)",
        "41 s Warning Unhealthy x5 [Pod/app] Readiness probe failed: Get ",
        ""http://10.244.0.2:3111/health": context deadline exceeded (Client.Timeout exceeded ",
        "while awaiting headers)",
        "51 s Warning Unhealthy x6 [Pod/app] Readiness probe failed: Get ",
        ""http://10.244.0.2:3111/health": context deadline exceeded (Client.Timeout exceeded ",
        "while awaiting headers)",
        "51 s Normal Started x2 [Pod/app] Container started",
      ]
    `)
    expect(world.pod('demo', 'app').status?.containerStatuses?.[0]).toMatchObject({
      ready: true,
      restartCount: 1,
      lastState: { terminated: { exitCode: 137, reason: 'Error' } },
    })
  })

  test('treats a frozen process as a hung one', () => {
    const world = running({
      livenessProbe: { exec: { command: ['redis-cli', 'ping'] }, periodSeconds: 10 },
      image: 'redis:7-alpine',
    })
    const redis = [...world.machine.processes.values()].find(each => each.comm === 'redis-server')!
    world.nodeApi.signal(world.machine, redis.pid, 'STOP')
    world.seconds(10)
    expect(warnings(world).map(line => line.split('] ')[1])).toEqual([
      'Liveness probe failed: command timed out: "redis-cli ping" timed out after 1s',
    ])
    world.nodeApi.signal(world.machine, redis.pid, 'CONT')
    world.seconds(60)
    expect(warnings(world)).toHaveLength(1)
    expect(world.nodeApi.exec('demo', 'app', undefined, ['redis-cli', 'ping'])).toEqual({
      kind: 'exited',
      code: 0,
      stdout: 'PONG\n',
      stderr: '',
    })
  })

  test('by a port does not notice a hung application: its kernel still accepts', () => {
    const world = running({ livenessProbe: { tcpSocket: { port: 3111 }, periodSeconds: 5 } })
    appOf(world).hung = true
    world.seconds(120)
    expect(warnings(world)).toEqual([])
  })
})

describe('startup', () => {
  test('holds the other probes back during the warm-up; without it, liveness kills', () => {
    const slow = (probes: Partial<Container>): unknown => {
      const world = createFixture()
      world.start()
      world.seconds(40)
      world.bind('app', {
        containers: [
          {
            name: 'app',
            image: 'typesense/typesense:30.1',
            livenessProbe: {
              httpGet: { path: '/health', port: 8108 },
              periodSeconds: 1,
              failureThreshold: 2,
            },
            ...probes,
          },
        ],
      })
      world.seconds(60)
      const { restartCount = 0 } = world.pod('demo', 'app').status?.containerStatuses?.[0] ?? {}
      return restartCount > 0
    }
    expect(slow({})).toBe(true)
    expect(
      slow({
        startupProbe: {
          httpGet: { path: '/health', port: 8108 },
          periodSeconds: 1,
          failureThreshold: 60,
        },
      }),
    ).toBe(false)
  })

  test('that never succeeds kills the container at its threshold', () => {
    const world = running({
      startupProbe: {
        httpGet: { path: '/health', port: 9999 },
        periodSeconds: 5,
        failureThreshold: 12,
      },
    })
    expect(world.pod('demo', 'app').status?.containerStatuses?.[0]?.started).toBe(false)
    world.seconds(40)
    expect(
      warnings(world)
        .filter(line => !line.includes('Unhealthy'))
        .map(line => line.split('] ')[1]),
    ).toEqual(['Container app failed startup probe, will be restarted', 'Container started'])
    expect(warnings(world)[0]?.split('] ')[1]).toBe(
      'Startup probe failed: Get "http://10.244.0.2:9999/health": ' +
        'dial tcp 10.244.0.2:9999: connect: connection refused',
    )
  })
})

describe('under hostNetwork', () => {
  const livekit = (host?: string): unknown => {
    const probe = {
      httpGet: { path: '/', port: 7880, ...(host !== undefined && { host }) },
      periodSeconds: 5,
    }
    const world = running({ image: 'livekit/livekit-server:v1.9.0', readinessProbe: probe }, true)
    return [
      ready(world),
      world.context.store
        .list('Event')
        .flatMap(event =>
          'message' in event && String(event.message).startsWith('Readiness')
            ? [event.message]
            : [],
        ),
    ]
  }

  test('LiveKit answers probes at 127.0.0.1 and refuses them at the address of the pod', () => {
    // The one refusal is from its warm-up.
    expect(livekit('127.0.0.1')).toEqual([
      'True',
      [
        'Readiness probe failed: Get "http://127.0.0.1:7880/": ' +
          'dial tcp 127.0.0.1:7880: connect: connection refused',
      ],
    ])
    expect(livekit()).toEqual([
      'False',
      [
        'Readiness probe failed: Get "http://10.5.0.2:7880/": ' +
          'dial tcp 10.5.0.2:7880: connect: connection refused',
      ],
    ])
  })
})

test('successful probes write nothing: in a quiet hour only heartbeats change', () => {
  const world = running({
    startupProbe: health,
    livenessProbe: health,
    readinessProbe: { ...health, periodSeconds: 1 },
  })
  const kinds = new Map<string, number>()
  world.context.store.subscribe(event => {
    // Old Events expire after an hour.
    if (event.type !== 'DELETED')
      kinds.set(event.object.kind, (kinds.get(event.object.kind) ?? 0) + 1)
  })
  world.seconds(3600)
  expect([...kinds]).toEqual([
    ['Lease', 360],
    ['Node', 12],
  ])
})

test.each([0, 1, 2, 3, 4])(
  'readiness is probed out of turn once a restarted container has started: %i s',
  offset => {
    const world = running({
      startupProbe: { ...health, periodSeconds: 1 },
      readinessProbe: { ...health, periodSeconds: 20 },
    })
    world.seconds(offset * 4)
    world.nodeApi.crash('demo', 'app', 1)
    world.seconds(6)
    expect(ready(world)).toBe('True')
  },
)

test('a command in a container exits with its own code', () => {
  const world = createFixture()
  world.start()
  world.seconds(40)
  world.bind('app', { containers: [{ name: 'app', image: 'redis:7-alpine' }] })
  world.seconds(10)
  expect(world.nodeApi.exec('demo', 'app', undefined, ['sh', '-c', 'exit 3'])).toEqual({
    kind: 'exited',
    code: 3,
    stdout: '',
    stderr: '',
  })
  expect(world.nodeApi.exec('demo', 'app', undefined, ['false'])).toEqual({
    kind: 'exited',
    code: 1,
    stdout: '',
    stderr: '',
  })
})
