// The pod network: a sandbox needs the file that flannel writes at its start, and flannel needs the
// kernel module.
import { describe, expect, test } from 'vitest'
import { createFixture } from '#lab/node/fixture.ts'
import { flannelSpec, workerSpec } from '#lab/node/fixture-specs.ts'

const failures = (history: readonly string[]): number[] =>
  history
    .filter(line => line.includes('FailedCreatePodSandBox'))
    .map(line => Number(line.split(' ')[0]))

describe('a removed subnet.env', () => {
  test('is not rewritten while flannel runs; new pods fail every 10 to 16 s', () => {
    const world = createFixture()
    world.bind('old', workerSpec)
    world.start()
    world.seconds(60)
    world.machine.files.delete('/run/flannel/subnet.env')
    world.resetHistory()
    world.bind('new', workerSpec)
    world.seconds(70)
    const times = failures(world.history)
    expect(times.length).toBeGreaterThanOrEqual(5)
    expect(
      times
        .slice(1)
        .map((at, index) => at - times[index]!)
        .filter(gap => gap < 10 || gap > 16.1),
    ).toEqual([])
    expect(
      world.history.filter(
        line => line.includes('MODIFIED Event') && line.includes('FailedCreatePodSandBox'),
      ),
    ).toEqual([])
    expect(world.machine.files.has('/run/flannel/subnet.env')).toBe(false)
    expect(world.pod('demo', 'new').status).toMatchObject({
      phase: 'Pending',
      containerStatuses: [{ state: { waiting: { reason: 'ContainerCreating' } } }],
    })
    expect(world.nodeApi.app('demo', 'old')?.ready).toBe(true)
  })

  test('is written by a new flannel pod; the waiting pod starts at its next retry', () => {
    const world = createFixture()
    world.start()
    world.seconds(60)
    world.machine.files.delete('/run/flannel/subnet.env')
    world.bind('new', workerSpec)
    world.seconds(20)
    world.remove('kube-system', 'kube-flannel-1')
    world.seconds(2)
    world.bind('kube-flannel-x', flannelSpec, { namespace: 'kube-system' })
    world.seconds(25)
    expect(world.machine.files.get('/run/flannel/subnet.env')).toBe(
      'FLANNEL_NETWORK=10.244.0.0/16\nFLANNEL_SUBNET=10.244.0.1/24\n' +
        'FLANNEL_MTU=1450\nFLANNEL_IPMASQ=true\n',
    )
    expect(
      world.pod('demo', 'new').status?.conditions?.find(each => each.type === 'Ready')?.status,
    ).toBe('True')
  })
})

describe('a kernel without br_netfilter', () => {
  test('sends flannel into a crash loop until the module is loaded', () => {
    const world = createFixture({ modules: [] })
    world.bind('app', workerSpec)
    world.start()
    world.seconds(120)
    expect(world.pod('kube-system', 'kube-flannel-1').status?.containerStatuses?.[0]).toMatchObject(
      {
        ready: false,
        state: { waiting: { reason: 'CrashLoopBackOff' } },
        lastState: { terminated: { exitCode: 1, reason: 'Error' } },
      },
    )
    expect(world.nodeApi.logs('kube-system', 'kube-flannel-1')?.[0]).toBe(
      'Failed to check br_netfilter: stat /proc/sys/net/bridge/bridge-nf-call-iptables: ' +
        'no such file or directory',
    )
    expect(world.pod('demo', 'app').status?.phase).toBe('Pending')
    world.machine.kernel.modules.add('br_netfilter')
    world.seconds(120)
    expect(world.pod('kube-system', 'kube-flannel-1').status?.containerStatuses?.[0]?.ready).toBe(
      true,
    )
    expect(world.pod('demo', 'app').status?.phase).toBe('Running')
  })
})

test('a node without a network configuration is not Ready, as its pods report', () => {
  const world = createFixture({ flannel: false })
  world.bind('app', workerSpec)
  world.start()
  world.seconds(20)
  const node = world.context.store.list<{
    apiVersion: string
    kind: string
    metadata: { name: string }
    status?: { conditions?: { type: string; message?: string; reason?: string; status: string }[] }
  }>('Node')[0]
  expect(node?.status?.conditions?.find(each => each.type === 'Ready')).toMatchObject({
    status: 'False',
    reason: 'KubeletNotReady',
    message:
      'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady ' +
      'message:Network plugin returns error: cni plugin not initialized',
  })
  expect(world.history.filter(line => line.includes('NetworkNotReady x1'))[0]).toContain(
    '[Pod/app] network is not ready: container runtime network not ready: NetworkReady=false',
  )
})
