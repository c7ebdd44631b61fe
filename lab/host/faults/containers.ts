// Faults of containers that bypass the Docker API.
import type { Container, Mac } from '#lab/host/mac.ts'
import { endContainer, find, isAlive } from '#lab/host/platforms/docker/containers.ts'
import { portsChanged } from '#lab/host/platforms/lima/forwards.ts'
import type { BindingSeed } from '#lab/host/seed.ts'
import { namesIn } from './known-names.ts'

type ContainerSettings = Pick<
  Container,
  'memory' | 'memorySwap' | 'nanoCpus' | 'restartPolicy' | 'stopsWithin' | 'stuckTask'
>

export interface ContainerControls {
  /** Changes a container's settings. */
  container(name: string, change: Partial<ContainerSettings>): void
  /** Publishes one more port at once, as if a person had edited Docker's files. */
  bind(name: string, binding: BindingSeed): void
  /** Removes a published port at once. */
  unbind(name: string, containerPort: number): void
  /** Stops a container without its restart policy. */
  dropContainer(name: string, code?: number): void
}

export const containerControls = (mac: Mac): ContainerControls => ({
  container: (name, change) => void Object.assign(containerOf(mac, name), change),
  bind: (name, binding) => bind(mac, containerOf(mac, name), binding),
  unbind: (name, containerPort) => {
    const container = containerOf(mac, name)
    container.bindings = container.bindings.filter(binding => binding.container !== containerPort)
    container.ports = container.ports.filter(port => port.container !== containerPort)
    portsChanged(mac)
  },
  dropContainer: (name, code = 255) =>
    endContainer(mac, containerOf(mac, name), { code, graceful: false, unclean: true }),
})

function containerOf(mac: Mac, name: string): Container {
  const container = find(mac, name)
  if (container !== undefined) return container
  throw new Error(
    `The simulated Docker has no container ${name}. It has ${namesIn(mac.containers, 'name')}.`,
  )
}

function bind(mac: Mac, container: Container, binding: BindingSeed): void {
  container.bindings.push({ ...binding })
  if (isAlive(container))
    container.ports.push({
      container: binding.container,
      host: binding.host === 'random' ? mac.nextPort++ : binding.host,
      hostIp: binding.hostIp,
    })
  portsChanged(mac)
}
