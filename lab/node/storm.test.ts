// After any sequence of faults the node recovers without help: the API shows what runs, and all
// pods are Ready.
import { expect, test } from 'vitest'
import type { Pod } from '#src/model/kube.ts'
import { SeededRandom } from '#lab/kernel/random.ts'
import type { NodeFixture } from './fixture.ts'
import { createFixture } from './fixture.ts'
import { workerSpec } from './fixture-specs.ts'

const probed = { httpGet: { path: '/health', port: 8108 }, periodSeconds: 5 }

const names = ['worker', 'redis', 'typesense']

/** A node on which three applications with probes run. */
function threeApps(seed: number): NodeFixture {
  const world = createFixture({ seed })
  world.bind('worker', workerSpec)
  world.bind('redis', {
    containers: [
      {
        name: 'redis',
        image: 'redis:7-alpine',
        livenessProbe: { exec: { command: ['redis-cli', 'ping'] } },
        readinessProbe: { exec: { command: ['redis-cli', 'ping'] }, periodSeconds: 3 },
      },
    ],
  })
  world.bind('typesense', {
    containers: [
      {
        name: 'typesense',
        image: 'typesense/typesense:30.1',
        startupProbe: { ...probed, failureThreshold: 60 },
        livenessProbe: probed,
        readinessProbe: probed,
      },
    ],
  })
  world.start()
  world.seconds(60)
  return world
}

/** Signals a random process of the machine. */
function signalAny(world: NodeFixture, random: SeededRandom): void {
  const pids = [...world.machine.processes.keys()]
  const pid = pids[random.integer(0, Math.max(0, pids.length - 1))]
  if (pid === undefined) return
  const signal = (['KILL', 'STOP', 'CONT'] as const)[random.integer(0, 2)] ?? 'KILL'
  world.nodeApi.signal(world.machine, pid, signal)
}

const faultsOf = (world: NodeFixture, random: SeededRandom): readonly (() => void)[] => [
  () => world.stop(world.machine, random.next() < 0.5),
  () => world.start(),
  () => world.nodeApi.paused(world.machine),
  () => world.nodeApi.resumed(world.machine),
  () => signalAny(world, random),
  () => world.nodeApi.oomKill('demo', names[random.integer(0, 2)] ?? 'worker'),
  () => {
    const app = world.nodeApi.app('demo', names[random.integer(0, 2)] ?? 'worker')
    if (app !== undefined) app.hung = true
  },
  () => void world.machine.files.delete('/run/flannel/subnet.env'),
]

/** Injects 25 random faults, then starts the machine once more, as an operator would. */
function storm(seed: number): NodeFixture {
  const world = threeApps(seed)
  const random = new SeededRandom(seed).fork('storm')
  const faults = faultsOf(world, random)
  for (let step = 0; step < 25; step += 1) {
    faults[random.integer(0, faults.length - 1)]?.()
    world.seconds(random.between(0, 20))
  }
  world.nodeApi.resumed(world.machine)
  world.stop()
  world.start()
  world.seconds(700)
  return world
}

test.each([1, 2, 3, 4, 5, 6, 7, 8])('recovers from storm %i', seed => {
  const world = storm(seed)
  const pods = world.context.store.list<Pod>('Pod')
  expect(
    pods.map(({ metadata, status }) => {
      const ready = status?.conditions?.find(each => each.type === 'Ready')?.status
      return `${metadata.name} ${status?.phase} ${ready}`
    }),
  ).toEqual([
    'kube-flannel-1 Running True',
    'worker Running True',
    'redis Running True',
    'typesense Running True',
  ])
  expect([...world.machine.processes.values()].map(each => each.comm)).toEqual(
    expect.arrayContaining(['flanneld', 'serve', 'redis-server', 'typesense-server']),
  )
  expect(world.machine.processes.size).toBe(4)
})
