// A world of one or a few machines without controllers, for the tests of this folder: pods are
// bound by hand.
import type { EndpointSlice, Event, Node, Pod, PodSpec, Service } from '#src/model/kube.ts'
import { VirtualClock } from '#lab/kernel/clock.ts'
import { SeededRandom } from '#lab/kernel/random.ts'
import { Store } from '#lab/kernel/store.ts'
import type { LabContext, Machine } from '#lab/kernel/world.ts'
import type { NodeSimulation } from './index.ts'
import { simulateNodes, joelclawApps } from './index.ts'

export interface NodeFixture {
  context: LabContext
  nodeApi: NodeSimulation
  machines: readonly Machine[]
  /** The first machine. */
  machine: Machine
  /** What happened since `mark`, one line each, with seconds. */
  history: string[]
  /** Times in `history` count from now, and it is emptied. */
  resetHistory(): void
  pod(namespace: string, name: string): Pod
  bind(
    name: string,
    spec: PodSpec,
    options?: { namespace?: string; node?: string; labels?: Record<string, string> },
  ): Pod
  /** What the API does for `kubectl delete pod`. */
  remove(namespace: string, name: string, graceSeconds?: number): void
  expose(
    name: string,
    nodePort: number,
    targetPort: number,
    pods: readonly { ip: string; ready: boolean; serving?: boolean; terminating?: boolean }[],
  ): void
  start(machine?: Machine): void
  stop(machine?: Machine, graceful?: boolean): void
  seconds(count: number): void
}

/** 2026-11-21T07:00:00Z: when the recordings of the real node were made. */
const began = Date.UTC(2026, 10, 21, 7)

/** Images that every small world has on its machines. */
export const presentImages = [
  'serve:1',
  'busybox:1.37',
  'redis:7-alpine',
  'ghcr.io/flannel-io/flannel:v0.26.7',
  'typesense/typesense:30.1',
  'livekit/livekit-server:v1.9.0',
]

export function createFixture(
  options: {
    seed?: number
    machines?: number
    modules?: readonly string[]
    controlPlaneTaint?: boolean
    onApi?: (serving: boolean) => void
    flannel?: boolean
  } = {},
): NodeFixture {
  const clock = new VirtualClock(began)
  const random = new SeededRandom(options.seed ?? 1)
  const context: LabContext = {
    seed: options.seed ?? 1,
    clock,
    random,
    store: new Store(clock, random.fork('store')),
  }
  const kernel = {
    modules: new Set(options.modules ?? ['br_netfilter']),
    sysctls: new Map<string, string>(),
  }
  const machines = Array.from({ length: options.machines ?? 1 }, (_, index): Machine => ({
    node: `node-${index + 1}`,
    controlPlane: true,
    state: 'stopped',
    startedAt: 0,
    files: new Map(),
    processes: new Map(),
    kernel,
  }))
  const nodeApi = simulateNodes(context, {
    apps: joelclawApps,
    machines,
    controlPlaneTaint: options.controlPlaneTaint ?? false,
    onApi: options.onApi ?? (() => {}),
    images: presentImages,
  })
  let zero = clock.now()
  const history: string[] = []
  context.store.subscribe(event => {
    const line = describe(event.type, event.object)
    if (line !== undefined) history.push(`${((clock.now() - zero) / 1000).toFixed(2)} ${line}`)
  })
  const machine = machines[0]!
  const world: NodeFixture = {
    context,
    nodeApi,
    machines,
    machine,
    history,
    resetHistory() {
      zero = clock.now()
      history.length = 0
    },
    pod: (namespace, name) =>
      context.store.get<Pod>('Pod', namespace, name) ?? fail(`no pod ${namespace}/${name}`),
    bind: (name, spec, { namespace = 'demo', node = 'node-1', labels } = {}) =>
      context.store.create<Pod>({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, namespace, ...(labels && { labels }) },
        spec: { restartPolicy: 'Always', ...spec, nodeName: node },
        status: {
          phase: 'Pending',
          conditions: [
            { type: 'PodScheduled', status: 'True', lastTransitionTime: context.store.timestamp() },
          ],
        },
      }),
    remove(namespace, name, graceSeconds = 30) {
      const { store } = context
      store.update<Pod>('Pod', namespace, name, draft => {
        draft.metadata.deletionTimestamp = new Date(clock.now() + graceSeconds * 1000)
          .toISOString()
          .replace(/\.\d+Z$/, 'Z')
        draft.metadata.deletionGracePeriodSeconds = graceSeconds
      })
      if (graceSeconds === 0) store.remove('Pod', namespace, name)
    },
    expose(name, nodePort, targetPort, pods) {
      const { store } = context
      const slice = {
        addressType: 'IPv4',
        ports: [{ name: '', port: targetPort, protocol: 'TCP' }],
        endpoints: pods.map(({ ip, ...rest }) => ({
          addresses: [ip],
          conditions: { serving: rest.ready, terminating: false, ...rest },
        })),
      }
      if (store.get('Service', 'demo', name) === undefined) {
        store.create<Service>({
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name, namespace: 'demo' },
          spec: { type: 'NodePort', ports: [{ port: targetPort, targetPort, nodePort }] },
        })
        store.create<EndpointSlice>({
          apiVersion: 'discovery.k8s.io/v1',
          kind: 'EndpointSlice',
          metadata: { name, namespace: 'demo', labels: { 'kubernetes.io/service-name': name } },
          ...slice,
        })
      } else
        store.update<EndpointSlice>('EndpointSlice', 'demo', name, draft =>
          Object.assign(draft, slice),
        )
    },
    start(which = machine) {
      which.state = 'running'
      which.startedAt = clock.now()
      nodeApi.started(which)
    },
    stop(which = machine, graceful = true) {
      which.state = 'stopped'
      nodeApi.stopped(which, graceful)
    },
    seconds: count => clock.advance(count * 1000),
  }
  if (options.flannel !== false)
    for (const [index, each] of machines.entries())
      world.bind(`kube-flannel-${index + 1}`, flannelSpec, {
        namespace: 'kube-system',
        node: each.node,
      })
  return world
}

function fail(why: string): never {
  throw new Error(why)
}

export const flannelSpec: PodSpec = {
  hostNetwork: true,
  initContainers: [
    {
      name: 'install-config',
      image: 'ghcr.io/flannel-io/flannel:v0.26.7',
      command: [
        'cp',
        '-f',
        '/etc/kube-flannel/cni-conf.json',
        '/etc/cni/net.d/10-flannel.conflist',
      ],
    },
  ],
  containers: [
    {
      name: 'kube-flannel',
      image: 'ghcr.io/flannel-io/flannel:v0.26.7',
      args: ['--ip-masq', '--kube-subnet-mgr'],
    },
  ],
}

/** The stand-in for a service of the recordings: startup probe each second, readiness each 5 s. */
export const workerSpec: PodSpec = {
  containers: [
    {
      name: 'worker',
      image: 'serve:1',
      args: ['3111'],
      startupProbe: {
        httpGet: { path: '/health', port: 3111 },
        periodSeconds: 1,
        failureThreshold: 30,
      },
      readinessProbe: { httpGet: { path: '/health', port: 3111 }, periodSeconds: 5 },
    },
  ],
}

/** One line for what the recordings show of an object; nothing for leases. */
function describe(
  type: string,
  object: { kind: string; metadata: { name: string } },
): string | undefined {
  // The kinds' objects in the store have the kinds' types.
  if (object.kind === 'Event') {
    const event = object as Event
    return `${type} Event ${event.type} ${event.reason} x${event.count ?? 1} [${event.involvedObject.kind}/${event.involvedObject.name}] ${event.message ?? ''}`.replace(
      /"[0-9a-f]{64}"/g,
      '"<id>"',
    )
  }
  if (object.kind === 'Node') {
    const { spec, status, metadata } = object as Node
    const taints = (spec?.taints ?? []).map(each => each.key).join(',')
    return `${type} Node ${metadata.name} taints=[${taints}] ${(status?.conditions ?? []).map(each => `${each.type}=${each.status}:${each.reason}`).join(' ')}`
  }
  if (object.kind !== 'Pod') return undefined
  const { metadata, status } = object as Pod
  const states = (status?.containerStatuses ?? []).map(
    ({ state, ready, started, restartCount }) => {
      const what = state?.running
        ? 'running'
        : state?.terminated
          ? `terminated:${state.terminated.reason} exit ${state.terminated.exitCode}`
          : `waiting:${state?.waiting?.reason}`
      return `${what} ready=${ready} started=${started} rc=${restartCount}`
    },
  )
  const conditions = (status?.conditions ?? []).map(
    each => `${each.type}=${each.status}${each.reason === undefined ? '' : `:${each.reason}`}`,
  )
  return `${type} Pod ${metadata.name} ${status?.phase} del=${metadata.deletionTimestamp === undefined ? '-' : 'yes'} ip=${status?.podIP ?? '-'} [${states.join('; ')}] ${conditions.join(' ')}`
}
