// Faults of servers with systemd.
import type { Mac } from '#lab/host/mac.ts'
import { type Server } from '#lab/host/platforms/systemd/server.ts'
import { serverAt } from '#lab/host/platforms/systemd/route.ts'
import { killMainProcess } from '#lab/host/platforms/systemd/service.ts'

export interface ServerControls {
  /**
   * Makes every start of the server's unit fail at once, as with a broken binary. `false` ends the
   * fault.
   */
  breakUnit(server: string, broken: boolean): void
  /** Kills the main process of the server's unit. */
  killUnit(server: string): void
  /** Starts or stops the server's sshd. */
  serverSshd(server: string, running: boolean): void
}

export const serverControls = (mac: Mac): ServerControls => ({
  breakUnit: (name, broken) => {
    serverOf(mac, name).unit.broken = broken
  },
  killUnit: name => killMainProcess(mac, serverOf(mac, name)),
  serverSshd: (name, running) => {
    serverOf(mac, name).sshd = running ? 'running' : 'stopped'
  },
})

function serverOf(mac: Mac, name: string): Server {
  const server = serverAt(mac, name)
  if (server !== undefined) return server
  const names = mac.servers.map(({ seed }) => seed.name).join(', ')
  throw new Error(`The simulated host knows no server ${name}. It knows ${names || 'none'}.`)
}
