// Containers that exit: restarted at once the first time, then after 10 s, 20 s and so on up to 300
// s. A long run without failures resets the back-off.
import { describe, expect, test } from 'vitest'
import type { NodeFixture } from './fixture.ts'
import { createFixture } from './fixture.ts'

function crashing(
  command: string,
  options: { policy?: string; seconds: number },
): NodeFixture & { starts: number[] } {
  const starts: number[] = []
  const world = { ...createFixture(), starts }
  world.start()
  world.seconds(40)
  world.resetHistory()
  world.bind('app', {
    restartPolicy: options.policy ?? 'Always',
    containers: [{ name: 'app', image: 'busybox:1.37', command: ['sh', '-c', command] }],
  })
  let pid = -1
  for (let step = 0; step < options.seconds * 20; step += 1) {
    world.seconds(0.05)
    const shell = [...world.machine.processes.values()].find(each => each.comm === 'sh')
    if (shell === undefined || shell.pid === pid) continue
    pid = shell.pid
    starts.push(world.context.clock.now() / 1000)
  }
  return world
}

/**
 * Seconds between the starts of the container. Its Events cannot show this, because upstream drops
 * those after the 25th.
 */
function gaps(world: { starts: number[] }): number[] {
  return world.starts.slice(1).map((at, index) => Math.round(at - world.starts[index]!))
}

describe('a container that exits again and again', () => {
  test('is restarted at once, then with a back-off that doubles from 10 s to 300 s', () => {
    const world = crashing('exit 1', { seconds: 1500 })
    const all = gaps(world)
    const expected = [1, 10, 20, 40, 80, 160, 300, 300]
    expect(all.length).toBeGreaterThanOrEqual(8)
    expect(
      all
        .slice(0, 8)
        .map((gap, index) => gap >= expected[index]! - 1 && gap <= expected[index]! + 4),
    ).toEqual(expected.map(() => true))
  })

  test('shows CrashLoopBackOff with its last exit, and its Event counts', () => {
    const world = crashing('exit 7', { seconds: 100 })
    const { uid } = world.pod('demo', 'app').metadata
    expect(world.pod('demo', 'app').status?.phase).toBe('Running')
    expect(world.pod('demo', 'app').status?.containerStatuses?.[0]).toMatchObject({
      restartCount: 4,
      state: {
        waiting: {
          reason: 'CrashLoopBackOff',
          message: `back-off 1m20s restarting failed container=app pod=app_demo(${uid})`,
        },
      },
      lastState: { terminated: { exitCode: 7, reason: 'Error' } },
    })
    expect(world.history.findLast(line => line.includes(' BackOff '))?.replace(/^\S+ /, '')).toBe(
      'MODIFIED Event Warning BackOff x4 [Pod/app] ' +
        `Back-off restarting failed container app in pod app_demo(${uid})`,
    )
  })

  test('stops with its first success under OnFailure, with its first exit under Never', () => {
    expect(
      crashing('exit 0', { policy: 'OnFailure', seconds: 60 }).pod('demo', 'app').status?.phase,
    ).toBe('Succeeded')
    expect(
      crashing('exit 1', { policy: 'Never', seconds: 60 }).pod('demo', 'app').status,
    ).toMatchObject({ phase: 'Failed', containerStatuses: [{ restartCount: 0 }] })
  })

  test('that ran longer than twice the maximum restarts its back-off', () => {
    const world = crashing('sleep 700; exit 1', { seconds: 2900 })
    expect(gaps(world).map(gap => gap < 706)).toEqual([true, true, true, true])
  })
})

describe('a killed application', () => {
  test('exits 137 and is back', () => {
    const world = createFixture()
    world.bind('app', { containers: [{ name: 'app', image: 'serve:1', args: ['3111'] }] })
    world.start()
    world.seconds(60)
    const { pid } = [...world.machine.processes.values()].find(each => each.comm === 'serve')!
    world.nodeApi.signal(world.machine, pid, 'KILL')
    expect(world.nodeApi.app('demo', 'app')).toBeUndefined()
    world.seconds(5)
    expect(world.pod('demo', 'app').status?.containerStatuses?.[0]).toMatchObject({
      ready: true,
      restartCount: 1,
      lastState: { terminated: { exitCode: 137, reason: 'Error' } },
    })
    expect(
      [...world.machine.processes.values()].some(each => each.comm === 'serve' && each.pid !== pid),
    ).toBe(true)
  })

  test('is OOMKilled for lack of memory; above its limit it never starts', () => {
    const world = createFixture()
    world.bind('app', { containers: [{ name: 'app', image: 'serve:1', args: ['3111'] }] })
    world.bind('typesense', {
      containers: [
        {
          name: 'typesense',
          image: 'typesense/typesense:30.1',
          resources: { limits: { memory: '1Gi' } },
        },
      ],
    })
    world.start()
    world.seconds(60)
    world.nodeApi.oomKill('demo', 'app')
    world.seconds(5)
    expect(
      world.pod('demo', 'app').status?.containerStatuses?.[0]?.lastState?.terminated,
    ).toMatchObject({ exitCode: 137, reason: 'OOMKilled' })
    world.seconds(60)
    const typesense = world.pod('demo', 'typesense').status?.containerStatuses?.[0]
    expect(typesense?.lastState?.terminated).toMatchObject({ exitCode: 137, reason: 'OOMKilled' })
    expect(typesense?.restartCount).toBeGreaterThan(1)
  })
})
