// Variants of the world of joelclaw: with pinned API ports, and with a second node.
import type { Policy } from '#src/model/index.ts'
import type { WorldSeed } from '#lab/lab.ts'
import { joelclaw } from './world.ts'

/** The ports that Docker assigns at its first start, and the container ports. */
const drifting = { '32768': 6443, '32769': 50_000 } as const

/** Pins each random port of the node container to its own number, with config files that use it. */
export const pinned = (seed: WorldSeed): WorldSeed => ({
  ...seed,
  host: {
    ...seed.host,
    containers: seed.host.containers.map(container => ({
      ...container,
      bindings: container.bindings.map(binding => ({
        ...binding,
        host: binding.host === 'random' ? binding.container : binding.host,
      })),
    })),
    files: Object.fromEntries(
      Object.entries(seed.host.files).map(([path, text]) => [
        path,
        Object.entries(drifting).reduce(
          (rest, [from, to]) => rest.replaceAll(`127.0.0.1:${from}`, `127.0.0.1:${to}`),
          text,
        ),
      ]),
    ),
  },
})

/** The policy for the world with pinned ports. */
export const pinnedPolicy: Policy = {
  ...joelclaw,
  endpoints: {
    api: { container: 6443, pinned: 6443, publishedBy: 'every-control-plane' },
    talos: { container: 50_000, pinned: 50_000, publishedBy: 'every-control-plane' },
  },
}

export const worker = 'joelclaw-worker-1'

/** A second container, as a node without an API server. */
export const withWorker = (seed: WorldSeed): WorldSeed => ({
  ...seed,
  nodes: [...seed.nodes, { name: worker, ip: '10.5.0.3' }],
  host: {
    ...seed.host,
    containers: seed.host.containers.flatMap(container => [
      container,
      {
        ...container,
        name: worker,
        node: worker,
        controlPlane: false,
        ip: '10.5.0.3',
        bindings: [],
      },
    ]),
  },
})

/** The policy for two nodes: a DaemonSet has one pod on each. */
export const twoNodes: Policy = {
  ...joelclaw,
  nodes: [
    ...joelclaw.nodes,
    {
      name: worker,
      role: 'worker',
      container: { name: worker, restartPolicy: 'unless-stopped', memory: '18 GiB', cpus: 2 },
    },
  ],
  workloads: joelclaw.workloads.map(workload =>
    workload.kind === 'DaemonSet' ? { ...workload, replicas: 2 } : workload,
  ),
}
