// A machine's restart: the API shows the old state until the kubelet corrects it, then everything
// recovers without help.
import { describe, expect, test } from 'vitest'
import { wrapped } from './fixture-history.ts'
import type { Node } from '#src/model/kube.ts'
import { createFixture } from './fixture.ts'
import { workerSpec } from './fixture-specs.ts'

function settled(
  options: Parameters<typeof createFixture>[0] = {},
): ReturnType<typeof createFixture> {
  const world = createFixture(options)
  world.bind('worker-a', workerSpec)
  world.start()
  world.seconds(60)
  world.resetHistory()
  return world
}

describe('a restarted machine', () => {
  test('writes the recorded events and statuses in order', () => {
    const world = settled()
    world.stop()
    world.seconds(1)
    world.start()
    world.seconds(40)
    const history = world.history.map(line => line.replace(/ Memory.*$/, ''))
    expect(wrapped(history)).toMatchInlineSnapshot(`
      [
        "6.20 ADDED Event Normal Starting x1 [Node/node-1] Starting kubelet.",
        "6.20 MODIFIED Node node-1 taints=[] NetworkUnavailable=False:FlannelIsUp",
        "6.40 ADDED Event Normal Starting x1 [Node/node-1] ",
        "7.80 ADDED Event Normal NodeAllocatableEnforced x1 [Node/node-1] Updated Node ",
        "Allocatable limit across pods",
        "7.90 MODIFIED Node node-1 taints=[] NetworkUnavailable=False:FlannelIsUp",
        "7.90 ADDED Event Normal NodeHasSufficientMemory x1 [Node/node-1] Node node-1 status ",
        "is now: NodeHasSufficientMemory",
        "7.90 ADDED Event Normal NodeHasNoDiskPressure x1 [Node/node-1] Node node-1 status is ",
        "now: NodeHasNoDiskPressure",
        "7.90 ADDED Event Normal NodeHasSufficientPID x1 [Node/node-1] Node node-1 status is ",
        "now: NodeHasSufficientPID",
        "8.60 MODIFIED Pod kube-flannel-1 Running del=- ip=10.5.0.2 [terminated:Unknown exit ",
        "255 ready=false started=false rc=0] PodReadyToStartContainers=False Initialized=True ",
        "Ready=False:ContainersNotReady ContainersReady=False:ContainersNotReady ",
        "PodScheduled=True",
        "8.60 MODIFIED Pod worker-a Running del=- ip=- [terminated:Unknown exit 255 ",
        "ready=false started=false rc=0] PodReadyToStartContainers=False Initialized=True ",
        "Ready=False:ContainersNotReady ContainersReady=False:ContainersNotReady ",
        "PodScheduled=True",
        "8.89 ADDED Event Normal SandboxChanged x1 [Pod/kube-flannel-1] Pod sandbox changed, ",
        "it will be killed and re-created.",
        "8.90 ADDED Event Normal SandboxChanged x1 [Pod/worker-a] Pod sandbox changed, it ",
        "will be killed and re-created.",
        "9.14 ADDED Event Warning FailedCreatePodSandBox x1 [Pod/worker-a] Failed to create ",
        "pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox ",
        ""<id>": plugin type="flannel" failed (add): open /run/flannel/subnet.env: no such ",
        "file or directory",
        "9.35 ADDED Event Normal Pulled x1 [Pod/kube-flannel-1] Container image ",
        ""ghcr.io/flannel-io/flannel:v0.26.7" already present on machine and can be accessed ",
        "by the pod",
        "9.38 ADDED Event Normal Created x1 [Pod/kube-flannel-1] Container created",
        "9.47 MODIFIED Event Normal SandboxChanged x2 [Pod/worker-a] Pod sandbox changed, it ",
        "will be killed and re-created.",
        "9.56 ADDED Event Normal Started x1 [Pod/kube-flannel-1] Container started",
        "9.81 ADDED Event Warning FailedCreatePodSandBox x1 [Pod/worker-a] Failed to create ",
        "pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox ",
        ""<id>": plugin type="flannel" failed (add): open /run/flannel/subnet.env: no such ",
        "file or directory",
        "10.28 MODIFIED Pod kube-flannel-1 Running del=- ip=10.5.0.2 [terminated:Unknown exit ",
        "255 ready=false started=false rc=0] PodReadyToStartContainers=True Initialized=True ",
        "Ready=False:ContainersNotReady ContainersReady=False:ContainersNotReady ",
        "PodScheduled=True",
        "10.28 ADDED Event Normal Pulled x1 [Pod/kube-flannel-1] Container image ",
        ""ghcr.io/flannel-io/flannel:v0.26.7" already present on machine and can be accessed ",
        "by the pod",
        "10.31 ADDED Event Normal Created x1 [Pod/kube-flannel-1] Container created",
        "10.47 ADDED Event Normal Started x1 [Pod/kube-flannel-1] Container started",
        "11.30 MODIFIED Pod kube-flannel-1 Running del=- ip=10.5.0.2 [running ready=true ",
        "started=true rc=1] PodReadyToStartContainers=True Initialized=True Ready=True ",
        "ContainersReady=True PodScheduled=True",
        "11.51 MODIFIED Node node-1 taints=[] NetworkUnavailable=False:FlannelIsUp",
        "25.47 MODIFIED Event Normal SandboxChanged x3 [Pod/worker-a] Pod sandbox changed, it ",
        "will be killed and re-created.",
        "25.97 ADDED Event Normal Pulled x1 [Pod/worker-a] Container image "serve:1" already ",
        "present on machine and can be accessed by the pod",
        "25.99 ADDED Event Normal Created x1 [Pod/worker-a] Container created",
        "26.16 ADDED Event Normal Started x1 [Pod/worker-a] Container started",
        "27.08 MODIFIED Pod worker-a Running del=- ip=10.244.0.3 [running ready=false ",
        "started=false rc=1] PodReadyToStartContainers=True Initialized=True ",
        "Ready=False:ContainersNotReady ContainersReady=False:ContainersNotReady ",
        "PodScheduled=True",
        "27.51 MODIFIED Pod worker-a Running del=- ip=10.244.0.3 [running ready=false ",
        "started=true rc=1] PodReadyToStartContainers=True Initialized=True ",
        "Ready=False:ContainersNotReady ContainersReady=False:ContainersNotReady ",
        "PodScheduled=True",
        "27.80 MODIFIED Pod worker-a Running del=- ip=10.244.0.3 [running ready=true ",
        "started=true rc=1] PodReadyToStartContainers=True Initialized=True Ready=True ",
        "ContainersReady=True PodScheduled=True",
      ]
    `)
  })

  test('is Ready in the API for seconds while nothing runs on it', () => {
    const world = settled()
    world.stop()
    world.start()
    world.seconds(7)
    expect(world.nodeApi.apiState(world.machine)).toBe('serving')
    expect(
      world.pod('demo', 'worker-a').status?.conditions?.find(each => each.type === 'Ready')?.status,
    ).toBe('True')
    expect(world.nodeApi.app('demo', 'worker-a')).toBeUndefined()
    expect(world.machine.processes.size).toBe(0)
    world.seconds(1)
    expect(
      world.pod('demo', 'worker-a').status?.containerStatuses?.[0]?.state?.terminated,
    ).toMatchObject({ exitCode: 255, reason: 'Unknown' })
  })

  test('pods keep their name, with another address and one more restart, within 20 to 30 s', () => {
    const world = settled()
    const before = world.pod('demo', 'worker-a')
    world.stop()
    world.start()
    world.seconds(60)
    const after = world.pod('demo', 'worker-a')
    expect([
      before.metadata.uid,
      before.status?.podIP,
      before.status?.containerStatuses?.[0]?.restartCount,
    ]).toEqual([after.metadata.uid, '10.244.0.2', 0])
    expect([
      after.status?.podIP,
      after.status?.containerStatuses?.[0]?.restartCount,
      after.status?.containerStatuses?.[0]?.lastState?.terminated?.exitCode,
    ]).toEqual(['10.244.0.3', 1, 255])
    const ready = Number(
      world.history
        .findLast(line => line.includes('Pod worker-a') && line.includes('ready=true'))
        ?.split(' ')[0],
    )
    expect([ready > 18, ready < 30]).toEqual([true, true])
  })

  test('loses /run and all processes, but keeps files outside the tmpfs', () => {
    const world = settled()
    expect([...world.machine.files.keys()]).toEqual([
      '/etc/cni/net.d/10-flannel.conflist',
      '/run/flannel/subnet.env',
    ])
    world.stop()
    world.start()
    expect([...world.machine.files.keys()]).toEqual(['/etc/cni/net.d/10-flannel.conflist'])
  })

  test('is tainted again by Talos, and stays cordoned', () => {
    const world = settled({ controlPlaneTaint: true })
    world.context.store.update<Node>('Node', undefined, 'node-1', node => {
      node.spec = { ...node.spec, taints: [], unschedulable: true }
    })
    world.stop()
    world.start()
    world.seconds(6)
    expect(world.context.store.get<Node>('Node', undefined, 'node-1')?.spec).toMatchObject({
      taints: [],
      unschedulable: true,
    })
    world.seconds(1)
    expect(world.context.store.get<Node>('Node', undefined, 'node-1')?.spec).toMatchObject({
      taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }],
      unschedulable: true,
    })
  })

  test('an unclean stop makes some containers ContainerStatusUnknown', () => {
    const reasons = new Set<string | undefined>()
    for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const world = settled({ seed })
      world.stop(world.machine, false)
      world.start()
      world.seconds(60)
      const status = world.pod('demo', 'worker-a').status?.containerStatuses?.[0]
      expect([status?.ready, status?.restartCount]).toEqual([true, 1])
      reasons.add(status?.lastState?.terminated?.reason)
    }
    expect(reasons).toEqual(new Set(['ContainerStatusUnknown', 'Unknown']))
  })

  test('finishes interrupted deletions', () => {
    const world = settled()
    world.remove('demo', 'worker-a')
    world.stop()
    world.seconds(5)
    world.start()
    world.seconds(10)
    expect(world.context.store.get('Pod', 'demo', 'worker-a')).toBeUndefined()
  })

  test('has the same history for the same seed, and another for another', () => {
    const story = (seed: number): string => {
      const world = settled({ seed })
      world.stop(world.machine, false)
      world.start()
      world.seconds(120)
      return world.history.join('\n')
    }
    expect(story(7)).toBe(story(7))
    expect(story(7)).not.toBe(story(8))
  })

  test('does nothing and does not answer while paused, and continues when resumed', () => {
    const world = settled()
    const lease = (): string =>
      JSON.stringify(world.context.store.get('Lease', 'kube-node-lease', 'node-1'))
    world.machine.state = 'paused'
    world.nodeApi.paused(world.machine)
    const before = lease()
    world.seconds(60)
    expect([
      lease() === before,
      world.nodeApi.apiState(world.machine),
      world.nodeApi.connect(world.machine, 31_000, { kind: 'tcp' }),
    ]).toEqual([true, 'hanging', { kind: 'silent' }])
    world.machine.state = 'running'
    world.nodeApi.resumed(world.machine)
    world.seconds(1)
    expect([lease() === before, world.nodeApi.apiState(world.machine)]).toEqual([false, 'serving'])
    expect(world.history.filter(line => line.includes('Pod '))).toEqual([])
  })
})
