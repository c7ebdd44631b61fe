// The machines with systemd that the host enters by ssh: how it finds them, and their API servers.
import type { SeededRandom } from '#lab/kernel/random.ts'
import type { Machine } from '#lab/kernel/world.ts'
import type { Mac } from '#lab/host/mac.ts'
import { apiPort, type ApiRoute } from '#lab/host/route.ts'
import type { HostSeed, ServerSeed } from '#lab/host/seed.ts'
import { stoppedUnit, type Unit } from './unit.ts'

export interface JournalEntry {
  /** ms since the epoch. */
  at: number
  /** 0 to 7. @source syslog(3) */
  priority: number
  text: string
}

export interface Server {
  readonly seed: ServerSeed
  readonly machine: Machine
  readonly bootId: string
  /** ms since the epoch. */
  readonly bootedAt: number
  readonly unit: Unit
  /** The journal of the unit, oldest first. */
  readonly journal: JournalEntry[]
  sshd: 'running' | 'stopped'
}

export const createServers = (
  { servers = [] }: HostSeed,
  machines: readonly Machine[],
  random: SeededRandom,
  bootedAt: number,
): readonly Server[] =>
  servers.map(seed => ({
    seed,
    machine: machines.find(({ node }) => node === seed.node)!,
    bootId: random.hex(32),
    bootedAt,
    unit: stoppedUnit(seed.unit),
    journal: [],
    sshd: 'running',
  }))

/** The server with that name or address. */
export const serverAt = (mac: Mac, host: string): Server | undefined =>
  mac.servers.find(({ seed }) => seed.name === host || seed.address === host)

/** Where a connection to a server's port ends; undefined: the address is no server's. */
export function serverApiAt(mac: Mac, port: number, address: string): ApiRoute | undefined {
  const server = serverAt(mac, address)
  if (server === undefined) return undefined
  const { machine } = server
  if (port !== apiPort || mac.cluster.apiState(machine) === 'refused') return { kind: 'refused' }
  return { kind: 'open', machine, service: 'api' }
}
