// A world of one or a few machines without controllers, for the tests of this folder. The tests
// bind the pods themselves.
import type { EndpointSlice, Pod, PodSpec, Service } from '#src/model/kube.ts'
import { VirtualClock } from '#lab/kernel/clock.ts'
import { SeededRandom } from '#lab/kernel/random.ts'
import { Store } from '#lab/kernel/store.ts'
import type { Kernel, LabContext, Machine } from '#lab/kernel/world.ts'
import { describe } from './fixture-history.ts'
import { flannelSpec, presentImages } from './fixture-specs.ts'
import type { NodeSimulation } from './index.ts'
import { simulateNodes, joelclawApps } from './index.ts'

interface FixtureOptions {
  seed?: number
  machines?: number
  modules?: readonly string[]
  controlPlaneTaint?: boolean
  onApi?: (serving: boolean) => void
  flannel?: boolean
}

export interface NodeFixture {
  context: LabContext
  nodeApi: NodeSimulation
  machines: readonly Machine[]
  /** The first machine. */
  machine: Machine
  /** Changes since the start or the last reset, one line each, with their times in seconds. */
  history: string[]
  /** Empties `history`; its times count from now on. */
  resetHistory(): void
  pod(namespace: string, name: string): Pod
  bind(
    name: string,
    spec: PodSpec,
    options?: { namespace?: string; node?: string; labels?: Record<string, string> },
  ): Pod
  /** Deletes a pod as the API does for `kubectl delete pod`. */
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

/** When the recordings of the real node were made: 2026-11-21T07:00:00Z. */
const began = Date.UTC(2026, 10, 21, 7)

/** A world whose machines are off. Unless `flannel` is false, each has a pod of flannel. */
export function createFixture(options: FixtureOptions = {}): NodeFixture {
  const seed = options.seed ?? 1
  const clock = new VirtualClock(began)
  const random = new SeededRandom(seed)
  const context: LabContext = { seed, clock, random, store: new Store(clock, random.fork('store')) }
  const machines = machinesOf(options)
  const nodeApi = simulateNodes(context, {
    apps: joelclawApps,
    machines,
    controlPlaneTaint: options.controlPlaneTaint ?? false,
    onApi: options.onApi ?? (() => {}),
    images: presentImages,
  })
  const machine = machines[0]!
  const world: NodeFixture = {
    context,
    nodeApi,
    machines,
    machine,
    ...recordHistory(context),
    pod: (namespace, name) =>
      context.store.get<Pod>('Pod', namespace, name) ?? fail(`no pod ${namespace}/${name}`),
    bind: (name, spec, more) => bind(context, name, spec, more),
    remove: (namespace, name, graceSeconds) => remove(context, namespace, name, graceSeconds),
    expose: (name, nodePort, targetPort, pods) => expose(context, name, nodePort, targetPort, pods),
    start: (which = machine) => {
      which.state = 'running'
      which.startedAt = clock.now()
      nodeApi.started(which)
    },
    stop: (which = machine, graceful = true) => {
      which.state = 'stopped'
      nodeApi.stopped(which, graceful)
    },
    seconds: count => clock.advance(count * 1000),
  }
  if (options.flannel !== false) bindFlannel(world)
  return world
}

function machinesOf({ machines = 1, modules = ['br_netfilter'] }: FixtureOptions): Machine[] {
  const kernel: Kernel = { modules: new Set(modules), sysctls: new Map<string, string>() }
  return Array.from({ length: machines }, (_, index) => ({
    node: `node-${index + 1}`,
    controlPlane: true,
    state: 'stopped',
    startedAt: 0,
    files: new Map(),
    processes: new Map(),
    kernel,
  }))
}

function recordHistory({
  clock,
  store,
}: LabContext): Pick<NodeFixture, 'history' | 'resetHistory'> {
  let zero = clock.now()
  const history: string[] = []
  store.subscribe(event => {
    const line = describe(event.type, event.object)
    if (line !== undefined) history.push(`${((clock.now() - zero) / 1000).toFixed(2)} ${line}`)
  })
  return {
    history,
    resetHistory() {
      zero = clock.now()
      history.length = 0
    },
  }
}

function bind(
  { store }: LabContext,
  name: string,
  spec: PodSpec,
  { namespace = 'demo', node = 'node-1', labels }: Parameters<NodeFixture['bind']>[2] = {},
): Pod {
  return store.create<Pod>({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, ...(labels && { labels }) },
    spec: { restartPolicy: 'Always', ...spec, nodeName: node },
    status: {
      phase: 'Pending',
      conditions: [{ type: 'PodScheduled', status: 'True', lastTransitionTime: store.timestamp() }],
    },
  })
}

function bindFlannel(world: NodeFixture): void {
  for (const [index, { node }] of world.machines.entries())
    world.bind(`kube-flannel-${index + 1}`, flannelSpec, { namespace: 'kube-system', node })
}

function remove(
  { clock, store }: LabContext,
  namespace: string,
  name: string,
  graceSeconds = 30,
): void {
  store.update<Pod>('Pod', namespace, name, draft => {
    draft.metadata.deletionTimestamp = new Date(clock.now() + graceSeconds * 1000)
      .toISOString()
      .replace(/\.\d+Z$/, 'Z')
    draft.metadata.deletionGracePeriodSeconds = graceSeconds
  })
  if (graceSeconds === 0) store.remove('Pod', namespace, name)
}

function expose(
  { store }: LabContext,
  name: string,
  nodePort: number,
  targetPort: number,
  pods: Parameters<NodeFixture['expose']>[3],
): void {
  const slice = {
    addressType: 'IPv4',
    ports: [{ name: '', port: targetPort, protocol: 'TCP' }],
    endpoints: pods.map(({ ip, ...rest }) => ({
      addresses: [ip],
      conditions: { serving: rest.ready, terminating: false, ...rest },
    })),
  }
  if (store.get('Service', 'demo', name) !== undefined) {
    store.update<EndpointSlice>('EndpointSlice', 'demo', name, draft => Object.assign(draft, slice))
    return
  }
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
}

function fail(why: string): never {
  throw new Error(why)
}
