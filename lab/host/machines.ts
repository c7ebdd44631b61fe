// The machines of the nodes, one for each container that is a node. Host and cluster share them.
import type { Kernel, Machine } from '#lab/kernel/world.ts'
import type { HostSeed } from './seed.ts'

/** Stopped machines that share the VM's kernel, in the order of the seed's containers. */
export function createMachines(seed: HostSeed): Machine[] {
  const kernel: Kernel = { modules: new Set(), sysctls: new Map() }
  return seed.containers
    .filter(container => container.node !== undefined)
    .map(container => ({
      node: container.node ?? container.name,
      controlPlane: container.controlPlane ?? false,
      state: 'stopped',
      startedAt: 0,
      files: new Map(Object.entries(container.files ?? {})),
      processes: new Map(),
      kernel,
    }))
}
