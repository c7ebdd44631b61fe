// The lab: one simulated world behind the interfaces of `Reach`, built from data and booted before
// anybody looks.
import type { Dispatcher } from 'undici'
import type { KubeObject, Pod } from '#src/model/kube.ts'
import type { Runtime, Tls } from '#src/model/runtime.ts'
import { startControllers } from './control/index.ts'
import { createHost, createMachines, type HostSeed, type LabHost } from './host/index.ts'
import { VirtualClock } from './kernel/clock.ts'
import { SeededRandom } from './kernel/random.ts'
import { Store } from './kernel/store.ts'
import type { LabContext, Machine } from './kernel/world.ts'
import { createApiServer, type ApiServer } from './kube/api-server.ts'
import { apiDispatcher, type Connection } from './kube/dispatcher.ts'
import { rbac } from './kube/api/rbac.ts'
import {
  simulateNodes,
  type AppCatalogue,
  type MachineFacts,
  type NodeSimulation,
} from './node/index.ts'

/** A world as data: what `lab/worlds` holds. */
export interface WorldSeed {
  name: string
  host: HostSeed
  apps: AppCatalogue
  /**
   * Talos taints its control planes at each start. In the state at the start an operator has
   * removed it.
   */
  controlPlaneTaint: boolean
  nodes: readonly { name: string; ip: string; machine?: MachineFacts }[]
  nodePortRange: string
  /** ms since the epoch. */
  startsAt: number
  secrets: readonly {
    namespace: string
    name: string
    type: string
    data: Readonly<Record<string, string>>
  }[]
  /**
   * Whether namespaces get their service account and root certificate, and pods their token.
   * Default: nobody here asks for them.
   */
  accounts?: boolean
  /** What a node brings with it, before anybody deploys anything. */
  platform?: readonly KubeObject[]
}

/**
 * The lab with all its parts, for tests that break one of them by hand. Code under test gets
 * `reach` only.
 */
export interface Lab {
  readonly runtime: Runtime
  readonly context: LabContext
  readonly api: ApiServer
  readonly node: NodeSimulation
  readonly host: LabHost
}

/** Worlds by the name of their cluster. */
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

/** Objects in the order in which they can be created. */
function inOrder(objects: readonly KubeObject[]): readonly KubeObject[] {
  const rank = ({ kind }: KubeObject): number =>
    ['Namespace', 'StorageClass', 'ConfigMap', 'Secret', 'PersistentVolume', 'Service'].indexOf(
      kind,
    )
  return objects.toSorted((a, b) => (rank(a) < 0 ? 99 : rank(a)) - (rank(b) < 0 ? 99 : rank(b)))
}

/** Namespaces that every cluster has. @source Kubernetes, initial namespaces */
const initial = ['default', 'kube-system', 'kube-public', 'kube-node-lease']

/** API paths of the kinds that manifests hold. */
function pathOf({ apiVersion, kind, metadata: { namespace } }: KubeObject): string {
  const plural = kind.endsWith('s')
    ? `${kind.toLowerCase()}es`
    : kind === 'NetworkPolicy'
      ? 'networkpolicies'
      : `${kind.toLowerCase()}s`
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
  return namespace === undefined ? `${root}/${plural}` : `${root}/namespaces/${namespace}/${plural}`
}

function create(api: ApiServer, object: KubeObject): void {
  const answer = api.handle({
    method: 'POST',
    path: pathOf(object),
    query: new URLSearchParams(),
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(object),
  })
  if (answer.kind === 'whole' && answer.status >= 400 && answer.status !== 409) {
    throw new Error(
      `The lab cannot create ${object.kind} ${object.metadata.namespace ?? ''}/${object.metadata.name}: ${answer.body}`,
    )
  }
}

function applyAll(api: ApiServer, world: WorldSeed, manifests: readonly KubeObject[]): void {
  for (const name of initial)
    create(api, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  const objects = inOrder(manifests)
  for (const object of objects.filter(({ kind }) => kind === 'Namespace')) create(api, object)
  for (const { namespace, name, type, data } of world.secrets) {
    const encoded = Object.fromEntries(
      Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
    )
    const secret: KubeObject & { type: string; data: Record<string, string> } = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace },
      type,
      data: encoded,
    }
    create(api, secret)
  }
  for (const object of objects.filter(({ kind }) => kind !== 'Namespace')) create(api, object)
}

/**
 * Images that objects name, wherever in them: each has been pushed by somebody, or the cluster
 * would never have run.
 */
function imagesIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'image' && typeof inner === 'string' ? [inner] : imagesIn(inner),
  )
}

const isReady = (pod: Pod): boolean =>
  pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false

/** Longest boot of a world, ms; a world that is not ready by then is wrong. */
const longestBoot = 5_400_000
/** How long everything must have been ready, ms: a world in which nothing is young any more. */
const quiet = 600_000

/** Lets time pass until every pod is Ready and stays so. */
function settle({ clock, store }: LabContext): void {
  const until = clock.now() + longestBoot
  for (let since: number | undefined; clock.now() < until; clock.advance(10_000)) {
    const pods = store.list<Pod>('Pod')
    if (pods.length === 0 || !pods.every(isReady)) since = undefined
    else if (since === undefined) since = clock.now()
    else if (clock.now() - since >= quiet) return
  }
  const late = store
    .list<Pod>('Pod')
    .filter(pod => !isReady(pod))
    .map(
      pod =>
        `${pod.metadata.namespace}/${pod.metadata.name} ${JSON.stringify(pod.status?.conditions ?? pod.status)}`,
    )
  throw new Error(
    `The world did not become ready in ${longestBoot / 60_000} min: ${late.join('; ') || 'it has no pods'}`,
  )
}

/** What the operator has done after the last restart: taken the taint off. */
function removeTaints({ store }: LabContext, nodes: WorldSeed['nodes']): void {
  for (const { name } of nodes) {
    store.update<KubeObject & { spec?: { taints?: unknown[] } }>(
      'Node',
      undefined,
      name,
      draft => void (draft.spec && delete draft.spec.taints),
    )
  }
}

/**
 * How long a request takes, ms. @source measured on a v1.35 node: readyz and lists answer in 2 to
 * 80 ms
 */
const requestMs = [3, 25] as const

/**
 * Builds a world, boots it, and waits until all is well in it. Virtual time: this takes no time.
 */
export function createLab(
  world: WorldSeed,
  { seed, manifests }: { seed: number; manifests: readonly KubeObject[] },
): Lab {
  const clock = new VirtualClock(world.startsAt)
  const random = new SeededRandom(seed)
  const context: LabContext = { seed, clock, random, store: new Store(clock, random.fork('store')) }
  const [from, to] = world.nodePortRange.split('-').map(Number)
  const api = createApiServer(context, {
    nodePorts: { from: from ?? 30_000, to: to ?? 32_767 },
    allows: rbac(context.store),
  })
  const machines = createMachines(world.host)
  const node = simulateNodes(context, {
    apps: world.apps,
    machines,
    controlPlaneTaint: world.controlPlaneTaint,
    pushed: [
      ...imagesIn([...(world.platform ?? []), ...manifests]),
      ...world.nodes.flatMap(({ machine }) => Object.keys(machine?.images ?? {})),
    ],
    addresses: Object.fromEntries(world.nodes.map(({ name, ip }) => [name, ip])),
    facts: Object.fromEntries(
      world.nodes.flatMap(({ name, machine }) => (machine === undefined ? [] : [[name, machine]])),
    ),
    onApi: serving => {
      if (serving) controllers.resync()
    },
  })
  const controllers = startControllers(context, {
    serving: () => node.apiServes(),
    ...(world.accounts === true ? { ca: world.host.tls.ca } : {}),
  })
  const host = createHost(context, world.host, machines, node)
  applyAll(api, world, [...(world.platform ?? []), ...manifests])
  host.boot()
  // Pods that tolerate no taint need the operator before they can be placed.
  for (let turn = 0; turn < 12; turn += 1) {
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

/** Who meets a client on a port of the host: nobody, a stranger, or the API of a machine. */
function connectionTo(
  { port, tls }: { port: number; tls: Tls },
  latency: number,
  { api, node, host, ca }: Parts,
): Connection {
  const route = host.apiAt(port)
  if (route.kind !== 'open') return { kind: route.kind, ms: latency }
  if (route.service !== 'api')
    return {
      kind: 'tls',
      code: 'EPROTO',
      message: 'write EPROTO: tlsv1 alert internal error',
      ms: latency,
    }
  if (tls.verify && tls.ca?.trim() !== ca.trim()) {
    return {
      kind: 'tls',
      code: 'SELF_SIGNED_CERT_IN_CHAIN',
      message: 'self-signed certificate in certificate chain',
      ms: latency,
    }
  }
  const state = node.apiState(route.machine)
  if (state === 'hanging') return { kind: 'silent', ms: latency }
  if (state === 'refused') return { kind: 'reset', ms: latency }
  return {
    kind: 'open',
    ms: latency,
    handle: request => (state === 'starting' ? starting(request.path) : api.handle(request)),
    onBreak: listener =>
      node.onApiBreak((machine: Machine) => {
        if (machine === route.machine) listener()
      }),
  }
}

/**
 * What an API server says while it starts: its port is open, and nothing is served. @source
 * measured on a v1.35 node: readyz 500 for 1.6 s
 */
const starting = (path: string): ReturnType<ApiServer['handle']> =>
  path.startsWith('/readyz') || path.startsWith('/healthz') || path.startsWith('/livez')
    ? {
        kind: 'whole',
        status: 500,
        headers: { 'content-type': 'text/plain; charset=utf-8' },
        body: '[+]ping ok\n[-]poststarthook/rbac/bootstrap-roles failed: reason withheld\nreadyz check failed\n',
      }
    : {
        kind: 'whole',
        status: 403,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          kind: 'Status',
          apiVersion: 'v1',
          metadata: {},
          status: 'Failure',
          message: `forbidden: User "admin" cannot get path "${path}"`,
          reason: 'Forbidden',
          details: {},
          code: 403,
        }),
      }

/** What the outer face is made of. `ca`: PEM of the CA that signed the API's certificate. */
type Parts = Pick<Lab, 'api' | 'node' | 'host'> & { ca: string }

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
