// Host ports on which Lima listens for containers. They follow the guest agent's reports and close
// with the processes that hold them.
import { limaFolder, type Mac } from '#lab/host/mac.ts'
import { portTick, renewal } from '#lab/host/delays.ts'

/** The guest's published ports changed. The guest agent reports this at its next tick. */
export function portsChanged(mac: Mac): void {
  mac.workers.changed()
  mac.context.clock.after(portTick, () => syncForwards(mac))
}

/**
 * Updates the hostagent's listeners to the guest agent's report. Does nothing while the two are
 * disconnected.
 */
export function syncForwards(mac: Mac): void {
  const { vm } = mac
  const disconnected =
    vm.hostagent !== 'running' || vm.agent !== 'connected' || vm.process !== 'running'
  if (disconnected || (mac.seed.vm.portForwarder === 'ssh' && vm.sshMaster === 'down')) return
  const wanted = new Set(mac.vm.docker === 'running' ? mac.containers.flatMap(publishedNow) : [])
  for (const port of vm.forwards) if (!wanted.has(port)) vm.forwards.delete(port)
  for (const port of vm.conflicts) if (!wanted.has(port)) vm.conflicts.delete(port)
  for (const port of wanted) {
    if (vm.forwards.has(port) || vm.conflicts.has(port)) continue
    if (isTaken(mac, port)) vm.conflicts.add(port)
    else vm.forwards.add(port)
  }
}

const publishedNow = (container: Mac['containers'][number]): number[] =>
  container.status === 'running' || container.status === 'paused'
    ? container.ports.map(port => port.host)
    : []

/** Whether a host process already listens on the port. */
export const isTaken = (mac: Mac, port: number): boolean =>
  mac.orphans.some(orphan => orphan.ports.includes(port)) ||
  mac.processes.some(process => process.listens?.some(listen => listen.port === port) === true)

/**
 * Ends the ssh master, and with it docker.sock and the connection to the guest agent. With the ssh
 * forwarder the forwarded ports close too.
 */
export function masterLost(mac: Mac): void {
  const { vm } = mac
  vm.sshMaster = 'down'
  vm.dockerForward = false
  vm.agent = 'lost'
  if (mac.seed.vm.portForwarder === 'ssh') vm.forwards.clear()
  mac.disk.remove(`${limaFolder(mac)}/ssh.sock`)
  mac.workers.changed()
}

/**
 * An ssh client has started a new master. With the ssh forwarder the hostagent renews its forwards
 * within 10 s. With grpc it keeps its listeners and never reconnects to the guest. docker.sock does
 * not come back with either. @source measured with Colima v0.8.1 and limactl 1.0.6
 */
export function masterMade(mac: Mac, pid: number): void {
  const { vm } = mac
  vm.sshMaster = 'up'
  vm.pids.master = pid
  mac.disk.socket(`${limaFolder(mac)}/ssh.sock`)
  if (vm.booting || mac.seed.vm.portForwarder === 'grpc') return
  mac.context.clock.after(renewal, () => {
    if (vm.pids.master !== pid || vm.sshMaster === 'down' || vm.hostagent !== 'running') return
    vm.agent = 'connected'
    syncForwards(mac)
    mac.workers.changed()
  })
}
