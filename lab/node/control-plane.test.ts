// The API servers: when they open their port, serve, break connections and hang, and which writes
// kubelets queue meanwhile.
import { describe, expect, test } from 'vitest'
import { createFixture } from './fixture.ts'
import { workerSpec } from './fixture-specs.ts'

describe('a lone control plane', () => {
  test('refuses, then starts, then serves, in the recorded times', () => {
    const heard: boolean[] = []
    const world = createFixture({ onApi: serving => heard.push(serving) })
    const states = [world.nodeApi.apiState(world.machine)]
    world.start()
    for (const step of [0.5, 0.2, 3.5, 0.2]) {
      world.seconds(step)
      states.push(world.nodeApi.apiState(world.machine))
    }
    expect([states, heard]).toEqual([
      ['refused', 'refused', 'starting', 'starting', 'serving'],
      [true],
    ])
  })

  test('breaks all connections when it dies, and refuses until it is back', () => {
    const heard: string[] = []
    const world = createFixture({ onApi: serving => heard.push(serving ? 'serves' : 'gone') })
    world.nodeApi.onApiBreak(machine => heard.push(`broken ${machine.node}`))
    world.start()
    world.seconds(30)
    world.stop(world.machine, false)
    expect([heard, world.nodeApi.apiState(world.machine)]).toEqual([
      ['serves', 'gone', 'broken node-1'],
      'refused',
    ])
  })
})

describe('three control planes', () => {
  function three(): ReturnType<typeof createFixture> & { heard: boolean[] } {
    const heard: boolean[] = []
    const world = createFixture({ machines: 3, onApi: serving => heard.push(serving) })
    for (const machine of world.machines) world.start(machine)
    world.seconds(60)
    return { ...world, heard }
  }

  test('serve with two members, not with one, and again after an election', () => {
    const world = three()
    const states = (): string[] => world.machines.map(machine => world.nodeApi.apiState(machine))
    world.stop(world.machines[0], false)
    const two = states()
    world.stop(world.machines[1], false)
    const one = states()
    world.start(world.machines[1])
    world.seconds(10)
    expect([two, one, states()]).toEqual([
      ['refused', 'serving', 'serving'],
      ['refused', 'refused', 'hanging'],
      ['refused', 'serving', 'serving'],
    ])
    expect(world.heard).toEqual([true, false, true])
  })

  test('a kubelet queues its writes while the API is unreachable, and performs them later', () => {
    const world = three()
    world.bind('worker-c', workerSpec, { node: 'node-3' })
    world.seconds(60)
    world.resetHistory()
    world.stop(world.machines[0])
    world.stop(world.machines[1])
    world.nodeApi.oomKill('demo', 'worker-c')
    world.seconds(60)
    expect(world.history).toEqual([])
    expect(world.pod('demo', 'worker-c').status?.containerStatuses?.[0]?.restartCount).toBe(0)
    expect(world.nodeApi.app('demo', 'worker-c')?.ready).toBe(true)
    world.start(world.machines[1])
    world.seconds(3)
    expect(world.pod('demo', 'worker-c').status?.containerStatuses?.[0]).toMatchObject({
      ready: true,
      restartCount: 1,
      lastState: { terminated: { reason: 'OOMKilled' } },
    })
    expect(
      world.history
        .filter(line => line.includes('[Pod/worker-c]'))
        .map(line => line.split(' ').slice(1, 5).join(' ')),
    ).toEqual([
      'MODIFIED Event Normal Pulled',
      'MODIFIED Event Normal Created',
      'MODIFIED Event Normal Started',
    ])
  })
})
