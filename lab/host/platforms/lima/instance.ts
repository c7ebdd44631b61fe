// The VM from the outside: its status for Lima, and how ssh logs in to the guest.
import { masterMade } from './forwards.ts'
import { newPid, type Io, type Mac } from '#lab/host/mac.ts'
import { colima, ssh } from '#lab/host/delays.ts'
import type { Work } from '#lab/host/work.ts'

/** The status in `limactl list`, which checks the processes and asks the hostagent. */
export function instanceStatus(mac: Mac): 'none' | 'Stopped' | 'Running' | 'Broken' {
  const { vm } = mac
  if (!vm.created) return 'none'
  if (vm.process === 'gone' && vm.hostagent === 'gone') return 'Stopped'
  return vm.process !== 'gone' && vm.hostagent === 'running' ? 'Running' : 'Broken'
}

/** How long a query of the instance takes, ms. A frozen hostagent costs the full timeout. */
export const inspectMs = (mac: Mac): number =>
  mac.vm.hostagent === 'frozen' ? colima.hostagentSilence : colima.list

/** The errors that Lima reports about a broken instance. */
export function instanceErrors(mac: Mac, driver: string, folder: string): string {
  if (mac.vm.hostagent === 'frozen')
    return (
      `[failed to get Info from "${folder}/ha.sock": Get "http://lima-hostagent/v1/info": ` +
      'context deadline exceeded (Client.Timeout exceeded while awaiting headers)]'
    )
  return mac.vm.hostagent === 'gone'
    ? `[${driver} driver is running but host agent is not]`
    : `[host agent is running but ${driver} driver is not]`
}

export type SshRoute = 'master' | 'new' | 'hangs' | 'refused' | 'no key exchange' | 'closed'

/**
 * The result of a connection to the guest's sshd. With `mux`, ssh uses a running master, even if
 * sshd is stopped.
 */
export function sshRoute(mac: Mac, mux: boolean): SshRoute {
  const { vm } = mac
  if (mux && vm.sshMaster === 'up')
    return vm.process === 'frozen' || vm.usernet === 'gone' ? 'hangs' : 'master'
  if (vm.usernet === 'gone' || vm.process === 'gone') return 'refused'
  if (vm.process === 'frozen') return 'no key exchange'
  return vm.sshd === 'running' ? 'new' : 'closed'
}

/**
 * Logs in to the guest as `ssh` does. Returns undefined after the login, otherwise prints ssh's
 * error and returns its exit code.
 */
export function* enter(mac: Mac, io: Io, mux: boolean): Work<number | undefined> {
  while (sshRoute(mac, mux) === 'hangs') yield () => sshRoute(mac, mux) !== 'hangs'
  const way = sshRoute(mac, mux)
  const port = mac.vm.sshPort
  if (way === 'refused') {
    yield ssh.refused
    // OpenSSH ends its own messages with CR LF.
    io.err(`ssh: connect to host 127.0.0.1 port ${port}: Connection refused\r\n`)
    return 255
  }
  if (way === 'closed' || way === 'no key exchange') {
    yield way === 'closed' ? ssh.closed : ssh.kexReset
    io.err(
      'kex_exchange_identification: read: Connection reset by peer\r\n' +
        `Connection reset by 127.0.0.1 port ${port}\r\n`,
    )
    return 255
  }
  yield ssh.command
  if (way === 'new') {
    yield ssh.newMaster
    // With Lima's config (`ControlMaster auto`, `ControlPersist yes`) a connection leaves a master
    // running.
    if (mux && mac.vm.sshMaster === 'down' && mac.vm.process === 'running')
      masterMade(mac, newPid(mac))
  }
  return undefined
}
