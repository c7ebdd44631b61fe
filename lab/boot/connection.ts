// Connections from the host to the API servers of a world.
import type { Tls } from '#src/model/runtime.ts'
import type { LabHost } from '#lab/host/index.ts'
import type { Machine } from '#lab/kernel/world.ts'
import type { ApiServer } from '#lab/kube/api-server.ts'
import type { Connection } from '#lab/kube/dispatch/dispatcher.ts'
import type { NodeSimulation } from '#lab/node/index.ts'

/** The parts of a lab that answer a connection. */
export interface Parts {
  readonly api: ApiServer
  readonly node: NodeSimulation
  readonly host: LabHost
  /** PEM of the CA of the API server's certificate. */
  readonly ca: string
}

/** A client's connection to a port: refused, to another server, or to a machine's API server. */
export function connectionTo(
  to: { host: string; port: number; tls: Tls },
  latency: number,
  { api, node, host, ca }: Parts,
): Connection {
  const { tls } = to
  const route = host.apiAt(to.port, to.host)
  if (route.kind !== 'open') return { kind: route.kind, ms: latency }
  if (route.service !== 'api')
    return {
      kind: 'tls',
      code: 'EPROTO',
      message: 'write EPROTO: tlsv1 alert internal error',
      ms: latency,
    }
  if (tls.verify && tls.ca?.trim() !== ca.trim()) {
    return {
      kind: 'tls',
      code: 'SELF_SIGNED_CERT_IN_CHAIN',
      message: 'self-signed certificate in certificate chain',
      ms: latency,
    }
  }
  const state = node.apiState(route.machine)
  if (state === 'hanging') return { kind: 'silent', ms: latency }
  if (state === 'refused') return { kind: 'reset', ms: latency }
  return {
    kind: 'open',
    ms: latency,
    handle: request => (state === 'starting' ? starting(request.path) : api.handle(request)),
    onBreak: listener =>
      node.onApiBreak((machine: Machine) => {
        if (machine === route.machine) listener()
      }),
  }
}

/**
 * The answer of an API server that has opened its port and does not serve yet.
 * @source measured on a v1.35 node: readyz 500 for 1.6 s
 */
const starting = (path: string): ReturnType<ApiServer['handle']> =>
  path.startsWith('/readyz') || path.startsWith('/healthz') || path.startsWith('/livez')
    ? {
        kind: 'whole',
        status: 500,
        headers: { 'content-type': 'text/plain; charset=utf-8' },
        body:
          '[+]ping ok\n' +
          '[-]poststarthook/rbac/bootstrap-roles failed: reason withheld\n' +
          'readyz check failed\n',
      }
    : {
        kind: 'whole',
        status: 403,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          kind: 'Status',
          apiVersion: 'v1',
          metadata: {},
          status: 'Failure',
          message: `forbidden: User "admin" cannot get path "${path}"`,
          reason: 'Forbidden',
          details: {},
          code: 403,
        }),
      }
