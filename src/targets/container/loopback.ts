// Publishes ports of containers for this host alone.

/** Docker's port bindings, by container-side port. */
export type PortBindings = Record<string, { HostPort?: string }[]>

/**
 * The same bindings on 127.0.0.1. A Redis without a password and an API must not be reachable from
 * outside.
 */
export const onLoopback = (bindings: PortBindings): PortBindings =>
  Object.fromEntries(
    Object.entries(bindings).map(([port, hosts]) => [
      port,
      hosts.map(host => ({ ...host, HostIp: '127.0.0.1' })),
    ]),
  )
