// How the host reaches a machine with systemd, and where a connection to its API server ends.
import type { Mac } from '#lab/host/mac.ts'
import { apiPort, type ApiRoute } from '#lab/host/route.ts'
import type { Server } from './server.ts'

/** The server with this name or address. */
export const serverAt = (mac: Mac, host: string): Server | undefined =>
  mac.servers.find(({ seed }) => seed.name === host || seed.address === host)

/** Where a connection to a server's port ends. Undefined: no server has this address. */
export function serverApiAt(mac: Mac, port: number, address: string): ApiRoute | undefined {
  const server = serverAt(mac, address)
  if (server === undefined) return undefined
  const { machine } = server
  if (port !== apiPort || mac.cluster.apiState(machine) === 'refused') return { kind: 'refused' }
  return { kind: 'open', machine, service: 'api' }
}
