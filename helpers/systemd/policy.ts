// The section of systemd in a policy: the service that runs Kubernetes on a node's machine.
import { z } from 'zod'
import { name, port } from '#src/model/policy/values.ts'

/** The service that runs Kubernetes on the node's machine, where ssh reaches that machine. */
const service = z.strictObject({
  /** Its unit, e.g. `k3s` or `k3s-agent`. */
  unit: name,
  /** A name, an address, or an alias of the ssh configuration. */
  host: name,
  /** A user other than root needs sudo without a password. */
  user: name.optional(),
  port: port.optional(),
  /** Path of a configuration file that replaces the user's. */
  config: name.optional(),
  /** Path of a private key. */
  identity: name.optional(),
})

export const sections = { node: { service: service.optional() } } as const

declare module '#src/model/runtime.ts' {
  interface Capabilities {
    'node-services': true
  }
}
