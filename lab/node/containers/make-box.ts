// Makes the inside of a machine, and wires its containers' effects on it.
import type { Node } from '#src/model/kube.ts'
import type { Machine } from '#lab/kernel/world.ts'
import { fullImage } from './apps.ts'
import type { Box, Inside } from './box.ts'
import { flannelRuns } from '#lab/node/flannel.ts'
import { catchUp } from '#lab/node/kubelet/kubelet.ts'
import type { Proxy } from '#lab/node/proxy.ts'
import { newProxy, requestSync, startProxy } from '#lab/node/proxy.ts'
import type { NodeSideOptions } from './side.ts'
import { relist } from '#lab/node/kubelet/worker.ts'

/** The machine reaches a serving API again. */
export function reconnect(box: Box, proxies: ReadonlyMap<Box, Proxy>): void {
  catchUp(box)
  const proxy = proxies.get(box)
  if (proxy !== undefined) requestSync(box, proxy)
}

/** A machine that is off. Its address and pod network are the Node object's where there is one. */
export function newBox(
  inside: Inside,
  machine: Machine,
  index: number,
  options: NodeSideOptions,
  proxies: Map<Box, Proxy>,
): Box {
  const node = inside.ground.store.get<Node>('Node', undefined, machine.node)
  const known = node?.status?.addresses?.find(each => each.type === 'InternalIP')?.address
  const random = inside.ground.random.fork(`node ${machine.node}`)
  const box: Box = {
    inside,
    machine,
    random,
    address: options.addresses?.[machine.node] ?? known ?? `10.5.0.${index + 2}`,
    facts: options.facts?.[machine.node],
    podNet: (node?.spec?.podCIDR ?? `10.244.${index}.0/24`).split('.').slice(0, 3).join('.'),
    epoch: 0,
    up: false,
    paused: false,
    kubelet: 'down',
    pods: new Map(),
    images: new Set(
      [...(options.images ?? []), ...Object.keys(options.facts?.[machine.node]?.images ?? {})].map(
        fullImage,
      ),
    ),
    late: [],
    held: [],
    nextPid: 1200,
    nextIp: 1,
    phase: random.integer(0, 9999),
    pressure: new Map(),
    lastUnschedulable: false,
    hooks: {
      exited: (run, container) => {
        if (container.entry.role === 'kube-proxy') {
          const proxy = proxies.get(box)
          if (proxy !== undefined) proxy.running = false
        }
        relist(box, run)
      },
      running: (run, container) => {
        if (container.entry.role === 'flannel') flannelRuns(box, run, container)
        if (container.entry.role === 'kube-proxy' && container.kind === 'main')
          startProxy(box, proxies.get(box) ?? newProxy())
      },
    },
  }
  proxies.set(box, newProxy())
  return box
}
