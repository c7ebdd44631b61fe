// The machines of the nodes: containers of the VM, and servers. Host and cluster share them.
import type { Kernel, Machine } from '#lab/kernel/world.ts'
import type { HostSeed } from './seed.ts'

/**
 * The machines in the order of the seed, all stopped. Those in containers share the VM's kernel.
 */
export function createMachines({ containers, servers = [] }: HostSeed): Machine[] {
  const vmKernel: Kernel = { modules: new Set(), sysctls: new Map() }
  const inContainers = containers.flatMap(({ node, controlPlane = false, files }) =>
    node === undefined ? [] : [stopped({ node, controlPlane, files, kernel: vmKernel })],
  )
  const ofServers = servers.map(({ node, modules, files }) =>
    stopped({
      node,
      controlPlane: true,
      files,
      kernel: { modules: new Set(modules), sysctls: new Map() },
    }),
  )
  return [...inContainers, ...ofServers]
}

const stopped = ({
  files = {},
  ...identity
}: Pick<Machine, 'node' | 'controlPlane' | 'kernel'> & {
  files: Readonly<Record<string, string>> | undefined
}): Machine => ({
  ...identity,
  state: 'stopped',
  startedAt: 0,
  files: new Map(Object.entries(files)),
  processes: new Map(),
})
