// The life of a pod on a node, compared with the recordings of a v1.35 node.
import { describe, expect, test } from 'vitest'
import { wrapped } from './fixture-history.ts'
import type { Pod } from '#src/model/kube.ts'
import { createFixture } from './fixture.ts'
import { workerSpec } from './fixture-specs.ts'

/** The parts of a container's id, which is too long for one line. */
const containerIdOf = (status: object | undefined): string[] =>
  String(Reflect.get(status ?? {}, 'containerID')).split('//')

/** The history without times and without the heartbeats of nodes. */
const order = (history: readonly string[]): string[] =>
  history
    .map(line => line.replace(/^\d+\.\d+ /, ''))
    .filter(line => !line.includes(' Node node-1 '))

describe('a pod bound to a node', () => {
  const startedWorker = () => {
    const world = createFixture()
    world.start()
    world.seconds(30)
    world.resetHistory()
    world.bind('worker-a', workerSpec)
    world.seconds(6)
    return world
  }

  test('starts in the recorded order', () => {
    expect(wrapped(order(startedWorker().history))).toMatchInlineSnapshot(`
      [
        "ADDED Pod worker-a Pending del=- ip=- [] PodScheduled=True",
        "MODIFIED Pod worker-a Pending del=- ip=- [waiting:ContainerCreating ready=false ",
        "started=false rc=0] PodReadyToStartContainers=False Initialized=True ",
        "Ready=False:ContainersNotReady ContainersReady=False:ContainersNotReady ",
        "PodScheduled=True",
        "ADDED Event Normal Pulled x1 [Pod/worker-a] Container image "serve:1" already ",
        "present on machine and can be accessed by the pod",
        "ADDED Event Normal Created x1 [Pod/worker-a] Container created",
        "ADDED Event Normal Started x1 [Pod/worker-a] Container started",
        "MODIFIED Pod worker-a Running del=- ip=10.244.0.2 [running ready=false started=false ",
        "rc=0] PodReadyToStartContainers=True Initialized=True Ready=False:ContainersNotReady ",
        "ContainersReady=False:ContainersNotReady PodScheduled=True",
        "MODIFIED Pod worker-a Running del=- ip=10.244.0.2 [running ready=false started=true ",
        "rc=0] PodReadyToStartContainers=True Initialized=True Ready=False:ContainersNotReady ",
        "ContainersReady=False:ContainersNotReady PodScheduled=True",
        "MODIFIED Pod worker-a Running del=- ip=10.244.0.2 [running ready=true started=true ",
        "rc=0] PodReadyToStartContainers=True Initialized=True Ready=True ",
        "ContainersReady=True PodScheduled=True",
      ]
    `)
  })

  test('has the recorded conditions once it runs', () => {
    expect(startedWorker().pod('demo', 'worker-a').status?.conditions).toMatchInlineSnapshot(`
      [
        {
          "lastProbeTime": null,
          "lastTransitionTime": "2026-11-21T07:00:31Z",
          "observedGeneration": 1,
          "status": "True",
          "type": "PodReadyToStartContainers",
        },
        {
          "lastProbeTime": null,
          "lastTransitionTime": "2026-11-21T07:00:30Z",
          "observedGeneration": 1,
          "status": "True",
          "type": "Initialized",
        },
        {
          "lastProbeTime": null,
          "lastTransitionTime": "2026-11-21T07:00:32Z",
          "observedGeneration": 1,
          "status": "True",
          "type": "Ready",
        },
        {
          "lastProbeTime": null,
          "lastTransitionTime": "2026-11-21T07:00:32Z",
          "observedGeneration": 1,
          "status": "True",
          "type": "ContainersReady",
        },
        {
          "lastTransitionTime": "2026-11-21T07:00:30Z",
          "status": "True",
          "type": "PodScheduled",
        },
      ]
    `)
  })

  test('has the recorded container status once it runs', () => {
    const [status] = startedWorker().pod('demo', 'worker-a').status?.containerStatuses ?? []
    expect({ ...status, containerID: containerIdOf(status) }).toMatchInlineSnapshot(`
      {
        "containerID": [
          "containerd:",
          "3bfcd41e748b0da84618693ac4085855cf72859cb883f93699d39bc7178dedd1",
        ],
        "image": "docker.io/library/serve:1",
        "imageID": "sha256:1735dea23240d7d62c830194c93000f33cdb85aee562e1e98d5a194b8a20c82a",
        "lastState": {},
        "name": "worker",
        "ready": true,
        "resources": {},
        "restartCount": 0,
        "started": true,
        "state": {
          "running": {
            "startedAt": "2026-11-21T07:00:30Z",
          },
        },
      }
    `)
  })

  test('has the recorded addresses, times and QoS class once it runs', () => {
    const { status } = startedWorker().pod('demo', 'worker-a')
    expect({ ...status, conditions: [], containerStatuses: [] }).toMatchInlineSnapshot(`
      {
        "conditions": [],
        "containerStatuses": [],
        "hostIP": "10.5.0.2",
        "hostIPs": [
          {
            "ip": "10.5.0.2",
          },
        ],
        "observedGeneration": 1,
        "phase": "Running",
        "podIP": "10.244.0.2",
        "podIPs": [
          {
            "ip": "10.244.0.2",
          },
        ],
        "qosClass": "BestEffort",
        "startTime": "2026-11-21T07:00:30Z",
      }
    `)
  })

  test('is Ready within the recorded 2 to 3.1 s of its binding', () => {
    const times = [1, 2, 3, 4, 5, 6, 7].map(seed => {
      const world = createFixture({ seed })
      world.start()
      world.seconds(30)
      world.resetHistory()
      world.bind('worker-a', workerSpec)
      world.seconds(6)
      return Number(world.history.find(line => line.includes('running ready=true'))?.split(' ')[0])
    })
    expect(times.filter(time => !(time >= 2 && time <= 3.1))).toEqual([])
  })

  test('is deleted in order: killed, Failed, removed from the API', () => {
    const world = createFixture()
    world.bind('worker-a', workerSpec)
    world.start()
    world.seconds(40)
    world.resetHistory()
    world.remove('demo', 'worker-a')
    world.seconds(3)
    expect(wrapped(world.history)).toMatchInlineSnapshot(`
      [
        "0.00 MODIFIED Pod worker-a Running del=yes ip=10.244.0.2 [running ready=true ",
        "started=true rc=0] PodReadyToStartContainers=True Initialized=True Ready=True ",
        "ContainersReady=True PodScheduled=True",
        "0.01 ADDED Event Normal Killing x1 [Pod/worker-a] Stopping container worker",
        "0.31 MODIFIED Pod worker-a Failed del=yes ip=10.244.0.2 [terminated:Error exit 2 ",
        "ready=false started=false rc=0] PodReadyToStartContainers=False Initialized=True ",
        "Ready=False:PodFailed ContainersReady=False:PodFailed PodScheduled=True",
        "0.69 MODIFIED Pod worker-a Failed del=yes ip=10.244.0.2 [terminated:Error exit 2 ",
        "ready=false started=false rc=0] PodReadyToStartContainers=False Initialized=True ",
        "Ready=False:PodFailed ContainersReady=False:PodFailed PodScheduled=True",
        "0.69 DELETED Pod worker-a Failed del=yes ip=10.244.0.2 [terminated:Error exit 2 ",
        "ready=false started=false rc=0] PodReadyToStartContainers=False Initialized=True ",
        "Ready=False:PodFailed ContainersReady=False:PodFailed PodScheduled=True",
      ]
    `)
    expect(world.machine.processes.size).toBe(1)
  })

  test('is gone from the API at once after a forced deletion, then stopped', () => {
    const world = createFixture()
    world.bind('worker-a', workerSpec)
    world.start()
    world.seconds(40)
    world.resetHistory()
    world.remove('demo', 'worker-a', 0)
    expect([...world.machine.processes.values()].map(each => each.comm)).toEqual([
      'flanneld',
      'serve',
    ])
    world.seconds(3)
    expect([...world.machine.processes.values()].map(each => each.comm)).toEqual(['flanneld'])
    expect(order(world.history).filter(line => line.includes('Event'))).toEqual([
      'ADDED Event Normal Killing x1 [Pod/worker-a] Stopping container worker',
    ])
  })

  test('whose process ignores SIGTERM is killed at the end of its grace period', () => {
    const world = createFixture()
    world.bind('sleeper', {
      terminationGracePeriodSeconds: 7,
      containers: [{ name: 'sleeper', image: 'busybox:1.37', command: ['sleep', '3600'] }],
    })
    world.start()
    world.seconds(40)
    world.resetHistory()
    world.remove('demo', 'sleeper', 7)
    world.seconds(10)
    expect(wrapped(world.history.map(line => line.split(' PodReady')[0] ?? '')))
      .toMatchInlineSnapshot(`
        [
          "0.00 MODIFIED Pod sleeper Running del=yes ip=10.244.0.2 [running ready=true ",
          "started=true rc=0]",
          "0.01 ADDED Event Normal Killing x1 [Pod/sleeper] Stopping container sleeper",
          "7.12 MODIFIED Pod sleeper Failed del=yes ip=10.244.0.2 [terminated:Error exit 137 ",
          "ready=false started=false rc=0]",
          "7.54 MODIFIED Pod sleeper Failed del=yes ip=10.244.0.2 [terminated:Error exit 137 ",
          "ready=false started=false rc=0]",
          "7.54 DELETED Pod sleeper Failed del=yes ip=10.244.0.2 [terminated:Error exit 137 ",
          "ready=false started=false rc=0]",
        ]
      `)
  })

  test('ends sooner when it is deleted again with a shorter grace period', () => {
    const world = createFixture()
    world.bind('sleeper', {
      containers: [{ name: 'sleeper', image: 'busybox:1.37', command: ['sleep', '3600'] }],
    })
    world.start()
    world.seconds(40)
    world.remove('demo', 'sleeper', 30)
    world.seconds(5)
    expect(world.context.store.get('Pod', 'demo', 'sleeper')).toBeDefined()
    world.remove('demo', 'sleeper', 1)
    world.seconds(2)
    expect(world.context.store.get('Pod', 'demo', 'sleeper')).toBeUndefined()
  })

  test('of an ended Job keeps its status: Succeeded, or Failed under restartPolicy Never', () => {
    const world = createFixture()
    world.bind('good', {
      restartPolicy: 'Never',
      containers: [
        { name: 'job', image: 'busybox:1.37', command: ['sh', '-c', 'echo done; sleep 2'] },
      ],
    })
    world.bind('bad', {
      restartPolicy: 'Never',
      containers: [
        { name: 'job', image: 'busybox:1.37', command: ['sh', '-c', 'sleep 1; exit 3'] },
      ],
    })
    world.start()
    world.seconds(60)
    const outcome = (name: string): unknown => {
      const { status } = world.pod('demo', name)
      return [
        status?.phase,
        status?.containerStatuses?.[0]?.state?.terminated?.exitCode,
        status?.containerStatuses?.[0]?.state?.terminated?.reason,
        status?.conditions
          ?.map(each => `${each.type}=${each.status}:${each.reason ?? ''}`)
          .join(' '),
      ]
    }
    expect(outcome('good')).toEqual([
      'Succeeded',
      0,
      'Completed',
      'PodReadyToStartContainers=False: Initialized=True:PodCompleted Ready=False:PodCompleted ' +
        'ContainersReady=False:PodCompleted PodScheduled=True:',
    ])
    expect(outcome('bad')).toEqual([
      'Failed',
      3,
      'Error',
      'PodReadyToStartContainers=False: Initialized=True: Ready=False:PodFailed ' +
        'ContainersReady=False:PodFailed PodScheduled=True:',
    ])
    expect(world.nodeApi.logs('demo', 'good')).toEqual(['done'])
  })

  test('keeps conditions that other components have written', () => {
    const world = createFixture()
    world.bind('worker-a', workerSpec)
    world.context.store.update<Pod>('Pod', 'demo', 'worker-a', draft => {
      draft.status?.conditions?.push({ type: 'DisruptionTarget', status: 'False' })
    })
    world.start()
    world.seconds(40)
    expect(
      world.pod('demo', 'worker-a').status?.conditions?.map(each => `${each.type}=${each.status}`),
    ).toEqual([
      'PodReadyToStartContainers=True',
      'Initialized=True',
      'Ready=True',
      'ContainersReady=True',
      'PodScheduled=True',
      'DisruptionTarget=False',
    ])
  })
})
