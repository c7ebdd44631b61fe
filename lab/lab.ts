// The lab: one simulated world behind the interfaces of `Runtime`, built from data and booted.
import type { Dispatcher } from 'undici'
import type { KubeObject } from '#src/model/kube.ts'
import type { Runtime } from '#src/model/runtime.ts'
import { connectionTo, type Parts } from './boot/connection.ts'
import { applyAll, imagesIn } from './boot/populate.ts'
import { removeTaints, settle } from './boot/settle.ts'
import type { WorldSeed } from './boot/world-seed.ts'
import { startControllers } from './control/index.ts'
import { createHost, createMachines, type LabHost } from './host/index.ts'
import { VirtualClock } from './kernel/clock.ts'
import { SeededRandom } from './kernel/random.ts'
import { Store } from './kernel/store.ts'
import type { LabContext, Machine } from './kernel/world.ts'
import { createApiServer, type ApiServer } from './kube/api-server.ts'
import { rbac } from './kube/api/rbac.ts'
import { apiDispatcher } from './kube/dispatch/dispatcher.ts'
import { simulateNodes, type NodeSimulation, type NodeSimulationOptions } from './node/index.ts'

export type { WorldSeed } from './boot/world-seed.ts'

/**
 * A lab and its parts. Tests break the parts directly; code under test gets the `runtime` only.
 */
export interface Lab {
  readonly runtime: Runtime
  readonly context: LabContext
  readonly api: ApiServer
  readonly node: NodeSimulation
  readonly host: LabHost
}

/** The world of a cluster by the cluster's name; undefined: the lab has no such world. */
export async function findWorld(cluster: string): Promise<WorldSeed | undefined> {
  const { joelclawApps, sandboxApps } = await import('./node/index.ts')
  if (cluster === 'joelclaw') {
    const { host, world } = await import('./worlds/joelclaw.ts')
    return { ...world, host, apps: joelclawApps }
  }
  if (cluster !== 'sandbox') return undefined
  const { host, world } = await import('./worlds/sandbox.ts')
  return { ...world, host, apps: sandboxApps }
}

/**
 * How long a request takes, ms. @source measured on a v1.35 node: readyz and lists answer in 2 to
 * 80 ms
 */
const requestMs = [3, 25] as const

/** Builds a world, boots it, and waits until every pod is ready. Takes virtual time only. */
export function createLab(
  world: WorldSeed,
  { seed, manifests }: { seed: number; manifests: readonly KubeObject[] },
): Lab {
  const clock = new VirtualClock(world.startsAt)
  const random = new SeededRandom(seed)
  const context: LabContext = { seed, clock, random, store: new Store(clock, random.fork('store')) }
  const objects = [...(world.platform ?? []), ...manifests]
  const [from, to] = world.nodePortRange.split('-').map(Number)
  const api = createApiServer(context, {
    nodePorts: { from: from ?? 30_000, to: to ?? 32_767 },
    allows: rbac(context.store),
  })
  const machines = createMachines(world.host)
  const node = simulateNodes(
    context,
    nodeOptions(world, machines, objects, serving => {
      if (serving) controllers.resync()
    }),
  )
  const controllers = startControllers(context, {
    serving: () => node.apiServes(),
    ...(world.accounts === true ? { ca: world.host.tls.ca } : {}),
  })
  const host = createHost(context, world.host, machines, node)
  applyAll(api, world, objects)
  host.boot()
  // Pods that tolerate no taint cannot be placed until the operator has removed the taints.
  for (let round = 0; round < 12; round += 1) {
    clock.advance(10_000)
    removeTaints(context, world.nodes)
  }
  settle(context)
  return {
    context,
    api,
    node,
    host,
    runtime: runtimeOf(context, { api, node, host, ca: world.host.tls.ca }),
  }
}

function nodeOptions(
  world: WorldSeed,
  machines: readonly Machine[],
  objects: readonly KubeObject[],
  onApi: NodeSimulationOptions['onApi'],
): NodeSimulationOptions {
  return {
    apps: world.apps,
    machines,
    controlPlaneTaint: world.controlPlaneTaint,
    pushed: [
      ...imagesIn(objects),
      ...world.nodes.flatMap(({ machine }) => Object.keys(machine?.images ?? {})),
    ],
    addresses: Object.fromEntries(world.nodes.map(({ name, ip }) => [name, ip])),
    facts: Object.fromEntries(
      world.nodes.flatMap(({ name, machine }) => (machine === undefined ? [] : [[name, machine]])),
    ),
    onApi,
  }
}

function runtimeOf(context: LabContext, parts: Parts): Runtime {
  const latency = context.random.fork('requests')
  const pools = new Map<string, Dispatcher>()
  return {
    target: {
      kind: 'lab',
      description: 'a simulated world: a rehearsal, no proof about a live cluster',
    },
    lacks: {},
    home: parts.host.home,
    clock: context.clock,
    random: context.random.fork('reach'),
    shell: parts.host.shell,
    net: parts.host.net,
    files: parts.host.files,
    dispatcher(tls) {
      const key = JSON.stringify(tls)
      const pool =
        pools.get(key) ??
        apiDispatcher(context.clock, tls, to =>
          connectionTo(to, Math.round(latency.between(...requestMs)), parts),
        )
      pools.set(key, pool)
      return pool
    },
  }
}
