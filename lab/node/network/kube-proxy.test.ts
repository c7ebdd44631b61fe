// The data path of a NodePort: rules as of the last sync, and what a client sees while they are
// stale.
import { describe, expect, test } from 'vitest'
import type { AppAnswer } from '#lab/kernel/world.ts'
import type { NodeFixture } from '#lab/node/fixture.ts'
import { createFixture } from '#lab/node/fixture.ts'
import { flannelSpec, workerSpec } from '#lab/node/fixture-specs.ts'

const ask = (world: NodeFixture, machine = world.machine): AppAnswer =>
  world.nodeApi.connect(machine, 3111, { kind: 'http', path: '/health' })

const ok = { kind: 'answer', status: 200, body: '{"ok":true,"status":200}', ms: 2 }

function serving(): NodeFixture {
  const world = createFixture()
  world.bind('worker-a', workerSpec)
  world.start()
  world.seconds(60)
  world.expose('worker', 3111, 3111, [{ ip: '10.244.0.2', ready: true }])
  world.seconds(2)
  return world
}

describe('a NodePort', () => {
  test('leads to the ready endpoint', () => {
    expect(ask(serving())).toEqual(ok)
  })

  test('follows a change of endpoints within the second of kube-proxy, not at once', () => {
    const world = serving()
    world.seconds(5)
    world.expose('worker', 3111, 3111, [])
    world.seconds(0.1)
    expect(ask(world)).toEqual({ kind: 'refused', ms: 1 })
    world.expose('worker', 3111, 3111, [{ ip: '10.244.0.2', ready: true }])
    world.seconds(0.5)
    expect(ask(world)).toEqual({ kind: 'refused', ms: 1 })
    world.seconds(0.6)
    expect(ask(world)).toEqual(ok)
  })

  test('without endpoints refuses about once a second, and is silent in between', () => {
    const world = serving()
    world.expose('worker', 3111, 3111, [])
    world.seconds(2)
    const heard = Array.from({ length: 20 }, () => {
      world.seconds(0.25)
      return ask(world).kind
    })
    expect(heard.slice(0, 6)).toEqual([
      'refused',
      'refused',
      'refused',
      'refused',
      'refused',
      'refused',
    ])
    expect(heard.slice(8).filter(kind => kind === 'refused')).toHaveLength(3)
  })

  test('of a deleted pod is silent: the address is unused', () => {
    const world = serving()
    world.remove('demo', 'worker-a')
    world.seconds(3)
    expect(ask(world)).toEqual({ kind: 'silent' })
  })

  test("refuses if the pod's container is down, and is silent if it hangs", () => {
    const world = serving()
    world.nodeApi.app('demo', 'worker-a')!.hung = true
    expect(ask(world)).toEqual({ kind: 'silent' })
    world.nodeApi.crash('demo', 'worker-a', 1)
    expect(ask(world)).toEqual({ kind: 'refused', ms: 1 })
  })

  test('falls back to a terminating endpoint that still serves', () => {
    const world = serving()
    world.expose('worker', 3111, 3111, [
      { ip: '10.244.0.2', ready: false, serving: true, terminating: true },
    ])
    world.seconds(2)
    expect(ask(world)).toEqual(ok)
  })

  test('is closed until kube-proxy is back, then silent while endpoints are stale', () => {
    const world = serving()
    world.stop()
    expect(ask(world)).toEqual({ kind: 'refused', ms: 1 })
    world.start()
    world.seconds(5)
    expect(ask(world)).toEqual({ kind: 'refused', ms: 1 })
    world.seconds(2)
    expect(ask(world)).toEqual({ kind: 'silent' })
  })

  test('without a Service is refused', () => {
    expect(serving().nodeApi.connect(serving().machine, 3999, { kind: 'tcp' })).toEqual({
      kind: 'refused',
      ms: 1,
    })
  })
})

describe('ports besides NodePorts', () => {
  test("a hostNetwork pod answers on the machine's own address", () => {
    const world = createFixture()
    world.bind('livekit', {
      hostNetwork: true,
      containers: [{ name: 'livekit', image: 'livekit/livekit-server:v1.9.0' }],
    })
    world.start()
    world.seconds(60)
    expect(world.nodeApi.connect(world.machine, 7880, { kind: 'http', path: '/' })).toMatchObject({
      status: 200,
      body: 'OK',
    })
    expect(world.nodeApi.connect(world.machine, 7881, { kind: 'tcp' })).toMatchObject({
      kind: 'answer',
    })
  })

  test('a pod on another machine answers through this one while its machine runs', () => {
    const world = createFixture({ machines: 3 })
    world.bind('worker-b', workerSpec, { node: 'node-2' })
    for (const machine of world.machines) world.start(machine)
    world.seconds(60)
    world.expose('worker', 3111, 3111, [
      { ip: world.pod('demo', 'worker-b').status?.podIP ?? '', ready: true },
    ])
    world.seconds(2)
    expect(ask(world)).toEqual({ ...ok, ms: 3 })
    world.stop(world.machines[1], false)
    expect(ask(world)).toEqual({ kind: 'silent' })
  })

  test('kube-proxy as a pod writes the rules, which stay after it ends', () => {
    const world = createFixture()
    world.bind(
      'kube-proxy-1',
      {
        hostNetwork: true,
        containers: [{ name: 'kube-proxy', image: 'registry.k8s.io/kube-proxy:v1.35.0' }],
      },
      { namespace: 'kube-system' },
    )
    world.bind('worker-a', workerSpec)
    world.start()
    world.expose('worker', 3111, 3111, [{ ip: '10.244.0.2', ready: true }])
    world.seconds(8)
    expect(ask(world)).toEqual({ kind: 'refused', ms: 1 })
    world.seconds(52)
    expect(ask(world)).toEqual(ok)
    const { pid } = [...world.machine.processes.values()].find(each => each.comm === 'kube-proxy')!
    world.nodeApi.signal(world.machine, pid, 'KILL')
    expect(ask(world)).toEqual(ok)
  })
})

test('flannel itself has no ports', () => {
  const world = createFixture({ flannel: false })
  world.bind('flannel', flannelSpec, { namespace: 'kube-system' })
  world.start()
  world.seconds(60)
  expect(world.nodeApi.connect(world.machine, 8080, { kind: 'tcp' })).toEqual({
    kind: 'refused',
    ms: 1,
  })
})
