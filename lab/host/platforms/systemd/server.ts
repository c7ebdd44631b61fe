// The machines with systemd that the host reaches by ssh.
import type { SeededRandom } from '#lab/kernel/random.ts'
import type { Machine } from '#lab/kernel/world.ts'
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
