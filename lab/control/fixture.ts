// A world of nothing but a control plane, with the least of a kubelet, for the tests of this
// folder.
import { VirtualClock } from '#lab/kernel/clock.ts'
import { SeededRandom } from '#lab/kernel/random.ts'
import type { StoreEvent } from '#lab/kernel/store.ts'
import { Store } from '#lab/kernel/store.ts'
import type { LabContext } from '#lab/kernel/world.ts'
import type { Event, Lease, Node } from '#src/model/kube.ts'
import { startControllers } from './index.ts'
import type {
  ContainerStatuses,
  Deployment,
  FullPod,
  FullService,
  StorageClass,
  Template,
} from './objects.ts'
import { hasEnded, setPodCondition } from './pods.ts'

export interface ControlFixture {
  context: LabContext
  events: StoreEvent[]
  /** Lets virtual time pass, in ms. */
  pass(ms: number): void
  /** ms since the start. */
  now(): number
  pods(namespace?: string): FullPod[]
  pod(name: string): FullPod
  /** Events as `reason: message`, in the order of their coming. */
  messages(about?: string): string[]
  recorded(reason: string): Event[]
  api: { serving: boolean; resync(): void }
  /** Nodes whose kubelet runs. */
  kubelets: Set<string>
  /** What becomes of a started pod: `ready` (default), `running` and never ready, or an end. */
  fate: (pod: FullPod) => 'ready' | 'running' | 'succeeded' | 'failed' | 'nothing'
  addNode(name: string, change?: (node: Node) => void): void
  /** Deletes a pod as the API does for a user: with its grace. */
  deletePod(name: string): void
}

/**
 * ms from binding to running and from running to ready; from the deletion to the end.
 * @source measured on a v1.35 node
 */
const kubelet = { start: 1400, ready: 1000, end: 800, renew: 10_000 }

const at = '2026-11-21T07:00:00.000Z'

export function createFixture(seed = 1, nodes: readonly string[] = ['node-1']): ControlFixture {
  const clock = new VirtualClock(Date.parse(at))
  const random = new SeededRandom(seed)
  const store = new Store(clock, random.fork('store'))
  const context: LabContext = { seed, clock, random, store }
  const events: StoreEvent[] = []
  let address = 1
  store.subscribe(event => events.push(event))
  const world: ControlFixture = {
    context,
    events,
    pass: ms => clock.advance(ms),
    now: () => clock.now() - Date.parse(at),
    pods: (namespace = 'demo') => store.list<FullPod>('Pod', namespace),
    pod: name => {
      const found = store.get<FullPod>('Pod', 'demo', name)
      if (found === undefined)
        throw new Error(
          `no pod ${name}; there are ${store
            .list('Pod', 'demo')
            .map(pod => pod.metadata.name)
            .join(', ')}`,
        )
      return found
    },
    messages: about =>
      events
        .filter(event => event.object.kind === 'Event' && event.type !== 'DELETED')
        .map(event => event.object as Event)
        .filter(event => about === undefined || event.involvedObject.name === about)
        .map(event => `${event.reason}: ${event.message}`),
    recorded: reason => store.list<Event>('Event').filter(event => event.reason === reason),
    api: { serving: true, resync: () => {} },
    kubelets: new Set(nodes),
    fate: () => 'ready',
    addNode: (name, change = () => {}) => {
      const node: Node = {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name, labels: { 'kubernetes.io/hostname': name } },
        spec: {},
        status: {
          allocatable: { cpu: '2', memory: '4Gi', pods: '110' },
          conditions: [
            {
              type: 'MemoryPressure',
              status: 'False',
              reason: 'KubeletHasSufficientMemory',
              message: 'kubelet has sufficient memory available',
            },
            {
              type: 'DiskPressure',
              status: 'False',
              reason: 'KubeletHasNoDiskPressure',
              message: 'kubelet has no disk pressure',
            },
            {
              type: 'PIDPressure',
              status: 'False',
              reason: 'KubeletHasSufficientPID',
              message: 'kubelet has sufficient PID available',
            },
            {
              type: 'Ready',
              status: 'True',
              reason: 'KubeletReady',
              message: 'kubelet is posting ready status',
            },
          ],
        },
      }
      change(node)
      store.create(node)
      store.create<Lease>({
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name, namespace: 'kube-node-lease' },
        spec: { renewTime: store.microTimestamp() },
      })
      world.kubelets.add(name)
      renew(name)
    },
    deletePod: name => {
      store.update<FullPod>('Pod', 'demo', name, draft => {
        draft.metadata.deletionTimestamp = new Date(clock.now() + 30_000).toISOString()
        draft.metadata.deletionGracePeriodSeconds = 30
      })
    },
  }

  function renew(node: string): void {
    clock.after(kubelet.renew, () => renew(node))
    if (!world.kubelets.has(node) || !world.api.serving) return
    store.update<Lease>('Lease', 'kube-node-lease', node, draft => {
      draft.spec = { ...draft.spec, renewTime: store.microTimestamp() }
    })
    store.update<Node>('Node', undefined, node, draft => {
      const ready = draft.status?.conditions?.find(condition => condition.type === 'Ready')
      if (ready?.status === 'Unknown')
        Object.assign(ready, {
          status: 'True',
          reason: 'KubeletReady',
          message: 'kubelet is posting ready status',
          lastTransitionTime: store.timestamp(),
        })
    })
  }

  function change(pod: FullPod, edit: (draft: FullPod) => void): void {
    if (!world.kubelets.has(pod.spec.nodeName ?? '')) return
    const { namespace, name, uid } = pod.metadata
    if (store.get('Pod', namespace, name)?.metadata.uid === uid)
      store.update<FullPod>('Pod', namespace, name, edit)
  }

  function started(pod: FullPod): void {
    const fate = world.fate(pod)
    if (fate === 'nothing') return
    change(pod, draft => {
      draft.status = {
        ...draft.status,
        phase: 'Running',
        podIP: `10.244.0.${address++}`,
        containerStatuses: containers(draft),
      }
      setPodCondition(
        draft,
        { type: 'Ready', status: 'False', reason: 'ContainersNotReady' },
        store.timestamp(),
      )
    })
    if (fate === 'running') return
    clock.after(kubelet.ready, () =>
      change(pod, draft => {
        if (hasEnded(draft)) return
        if (fate === 'ready')
          setPodCondition(draft, { type: 'Ready', status: 'True' }, store.timestamp())
        else
          draft.status = { ...draft.status, phase: fate === 'succeeded' ? 'Succeeded' : 'Failed' }
      }),
    )
  }

  const containers = (pod: FullPod): ContainerStatuses =>
    pod.spec.containers.map(({ name }) => ({ name, ready: false, restartCount: 0 }))

  function ended(pod: FullPod): void {
    change(pod, draft => {
      draft.status = { ...draft.status, phase: 'Failed' }
      setPodCondition(
        draft,
        { type: 'Ready', status: 'False', reason: 'PodFailed' },
        store.timestamp(),
      )
    })
    clock.after(kubelet.end / 2, () => {
      if (
        world.kubelets.has(pod.spec.nodeName ?? '') &&
        store.get('Pod', pod.metadata.namespace, pod.metadata.name)?.metadata.uid ===
          pod.metadata.uid
      )
        store.remove('Pod', pod.metadata.namespace, pod.metadata.name)
    })
  }

  store.subscribe(({ type, object, before }) => {
    if (object.kind !== 'Pod' || type === 'DELETED') return
    const pod = object as FullPod
    const was = before as FullPod | undefined
    if (pod.spec.nodeName !== undefined && was?.spec.nodeName === undefined)
      clock.after(kubelet.start, () => started(pod))
    if (
      pod.metadata.deletionTimestamp !== undefined &&
      was?.metadata.deletionTimestamp === undefined &&
      pod.spec.nodeName !== undefined
    )
      clock.after(kubelet.end / 2, () => ended(pod))
  })

  store.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'demo' } })
  for (const node of nodes) world.addNode(node)
  const controllers = startControllers(context, { serving: () => world.api.serving })
  world.api.resync = () => controllers.resync()
  return world
}

export const template = (
  app: string,
  change: (template: Template) => void = () => {},
): Template => {
  const made: Template = {
    metadata: { labels: { app } },
    spec: {
      containers: [
        { name: 'worker', image: 'serve:1', ports: [{ name: 'http', containerPort: 3111 }] },
      ],
    },
  }
  change(made)
  return made
}

export const deployment = (
  name: string,
  replicas: number,
  change: (made: Deployment) => void = () => {},
): Deployment => {
  const made: Deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'demo' },
    spec: { replicas, selector: { matchLabels: { app: name } }, template: template(name) },
  }
  change(made)
  return made
}

export const service = (
  name: string,
  change: (made: FullService) => void = () => {},
): FullService => {
  const made: FullService = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'demo' },
    spec: { selector: { app: name }, ports: [{ port: 80, targetPort: 'http' }] },
  }
  change(made)
  return made
}

export const localPathClass = (change: (made: StorageClass) => void = () => {}): StorageClass => {
  const made: StorageClass = {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: {
      name: 'local-path',
      annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
    },
    provisioner: 'rancher.io/local-path',
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'WaitForFirstConsumer',
  }
  change(made)
  return made
}
