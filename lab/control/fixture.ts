// A world with a control plane and very simple kubelets, for the tests of this folder.
import { VirtualClock } from '#lab/kernel/clock.ts'
import { SeededRandom } from '#lab/kernel/random.ts'
import type { StoreEvent } from '#lab/kernel/store.ts'
import { Store } from '#lab/kernel/store.ts'
import type { LabContext } from '#lab/kernel/world.ts'
import type { Event, Lease, Node } from '#src/model/kube.ts'
import { keepRenewing, runPods, type Fate } from './fixture-kubelet.ts'
import { readyNode } from './fixture-objects.ts'
import { startControllers } from './index.ts'
import type { FullPod } from './objects.ts'

export interface ControlFixture {
  context: LabContext
  events: StoreEvent[]
  /** Lets virtual time pass, in ms. */
  pass(ms: number): void
  /** ms since the start. */
  now(): number
  pods(namespace?: string): FullPod[]
  pod(name: string): FullPod
  /** Events as `reason: message`, in the order of their writes. */
  messages(about?: string): string[]
  recorded(reason: string): Event[]
  api: { serving: boolean; resync(): void }
  /** Nodes whose kubelet runs. */
  kubelets: Set<string>
  /** What becomes of a started pod; `ready` by default. */
  fate: (pod: FullPod) => Fate
  addNode(name: string, change?: (node: Node) => void): void
  /** Deletes a pod as the API does for a user: with its grace period. */
  deletePod(name: string): void
}

const at = '2026-11-21T07:00:00.000Z'

/** A world in which the control plane runs and the nodes are ready. */
export function createFixture(seed = 1, nodes: readonly string[] = ['node-1']): ControlFixture {
  const clock = new VirtualClock(Date.parse(at))
  const random = new SeededRandom(seed)
  const store = new Store(clock, random.fork('store'))
  const context: LabContext = { seed, clock, random, store }
  const events: StoreEvent[] = []
  store.subscribe(event => events.push(event))
  const world: ControlFixture = {
    context,
    events,
    pass: ms => clock.advance(ms),
    now: () => clock.now() - Date.parse(at),
    pods: (namespace = 'demo') => store.list<FullPod>('Pod', namespace),
    pod: name => podNamed(store, name),
    messages: about => messagesIn(events, about),
    recorded: reason => store.list<Event>('Event').filter(event => event.reason === reason),
    api: { serving: true, resync: () => {} },
    kubelets: new Set(nodes),
    fate: () => 'ready',
    addNode: (name, change) => addNode(world, name, change),
    deletePod: name => deletePod(context, name),
  }
  runPods(world)
  store.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'demo' } })
  for (const node of nodes) world.addNode(node)
  const controllers = startControllers(context, { serving: () => world.api.serving })
  world.api.resync = () => controllers.resync()
  return world
}

function podNamed(store: Store, name: string): FullPod {
  const found = store.get<FullPod>('Pod', 'demo', name)
  if (found !== undefined) return found
  const names = store.list('Pod', 'demo').map(pod => pod.metadata.name)
  throw new Error(`There is no pod ${name}. Pods: ${names.join(', ')}`)
}

const messagesIn = (events: readonly StoreEvent[], about: string | undefined): string[] =>
  events
    .filter(event => event.object.kind === 'Event' && event.type !== 'DELETED')
    // The kind implies the type.
    .map(event => event.object as Event)
    .filter(event => about === undefined || event.involvedObject.name === about)
    .map(event => `${event.reason}: ${event.message}`)

function addNode(world: ControlFixture, name: string, change: (node: Node) => void = () => {}) {
  const { store } = world.context
  const node = readyNode(name)
  change(node)
  store.create(node)
  store.create<Lease>({
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name, namespace: 'kube-node-lease' },
    spec: { renewTime: store.microTimestamp() },
  })
  world.kubelets.add(name)
  keepRenewing(world, name)
}

const deletePod = ({ clock, store }: LabContext, name: string) =>
  store.update<FullPod>('Pod', 'demo', name, draft => {
    draft.metadata.deletionTimestamp = new Date(clock.now() + 30_000).toISOString()
    draft.metadata.deletionGracePeriodSeconds = 30
  })
