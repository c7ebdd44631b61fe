// Follows a connection from a host port to its end: listener, forwarder, Docker binding, machine.
import type { Machine } from '#lab/kernel/world.ts'
import type { Container, HostProcess, LivePort, Mac } from './mac.ts'

export type Route =
  | { kind: 'refused'; why: string }
  | { kind: 'reset'; why: string }
  | { kind: 'silent'; why: string }
  | { kind: 'container'; container: Container; machine: Machine | undefined; port: number }
  | { kind: 'process'; process: HostProcess; answer: { status: number; body: string } | undefined }
  | { kind: 'port-forward'; machine: Machine; port: number }

const refused = (port: number): Route => ({
  kind: 'refused',
  why: `connect ECONNREFUSED 127.0.0.1:${port}`,
})
const silent = (who: string): Route => ({
  kind: 'silent',
  why: `${who} accepted the connection and sends nothing`,
})

/** Follows a connection to 127.0.0.1:<port>, before the client sends anything. */
export function route(mac: Mac, port: number): Route {
  const process = mac.processes.findLast(
    one => one.listens?.some(listen => listen.port === port) === true,
  )
  if (process !== undefined) return processRoute(mac, process, port)
  if (mac.orphans.some(orphan => orphan.ports.includes(port)))
    return silent('an ssh master that outlived its VM')
  const { vm } = mac
  if (!vm.forwards.has(port)) return refused(port)
  if (vm.process === 'frozen') return silent('the forwarder of a VM that stands still')
  if (mac.seed.vm.portForwarder === 'grpc') {
    if (vm.hostagent === 'frozen') return silent('a hostagent that stands still')
    // The connection to the guest agent ended with the ssh master of the start. The listeners
    // stayed.
    if (vm.agent === 'lost' || vm.usernet === 'gone')
      return silent('the grpc forwarder without a connection to the guest')
  } else if (vm.usernet === 'gone') return silent('the ssh forwarder of a VM without its network')
  return inGuest(mac, port)
}

/**
 * Continues inside the VM's network, at Docker's bindings. `outside`: the client connected to the
 * VM's own address.
 */
export function inGuest(mac: Mac, port: number, from: 'loopback' | 'outside' = 'loopback'): Route {
  if (mac.vm.process === 'frozen') return silent('a VM that stands still')
  const matches = (live: LivePort): boolean =>
    live.host === port && (from === 'loopback' || live.hostIp !== '127.0.0.1')
  const alive =
    mac.vm.docker === 'running'
      ? mac.containers.filter(one => one.status === 'running' || one.status === 'paused')
      : []
  const container = alive.find(one => one.ports.some(matches))
  const live = container?.ports.find(matches)
  if (container === undefined || live === undefined)
    return {
      kind: 'reset',
      why: 'the forwarder accepted, nobody listens in the VM: connection reset',
    }
  if (container.status === 'paused') return silent(`container ${container.name}, which is paused,`)
  return { kind: 'container', container, machine: container.machine, port: live.container }
}

function processRoute(mac: Mac, process: HostProcess, port: number): Route {
  if (process.frozen) return silent(`process ${process.pid}, which stands still,`)
  const { forward } = process
  if (forward === undefined)
    return {
      kind: 'process',
      process,
      answer: process.listens?.find(listen => listen.port === port)?.answer,
    }
  if (forward.mode === 'refusing') return refused(port)
  if (forward.mode === 'hanging') return silent('kubectl port-forward, whose stream is gone,')
  const { machine } = forward
  // kubectl's stream goes through the API server of its node.
  if (
    machine === undefined ||
    machine.state !== 'running' ||
    mac.vm.process !== 'running' ||
    mac.cluster.apiState(machine) !== 'serving'
  )
    return silent('kubectl port-forward, whose stream is gone,')
  return { kind: 'port-forward', machine, port: forward.target }
}

/** The API server's container port. @source Kubernetes default */
export const apiPort = 6443
/** The Talos API's container port. @source Talos default */
export const talosPort = 50_000

export type ApiRoute =
  | { kind: 'refused' | 'reset' | 'silent' }
  | { kind: 'open'; machine: Machine; service: 'api' | 'talos' }

/**
 * Where a connection to 127.0.0.1:<port> for the API server or Talos ends. `open`: it arrives at
 * the machine, whose API server may still refuse it.
 */
export function apiAt(mac: Mac, port: number): ApiRoute {
  const way = route(mac, port)
  if (way.kind === 'process') return { kind: way.answer === undefined ? 'silent' : 'reset' }
  if (way.kind === 'port-forward') return { kind: 'reset' }
  if (way.kind !== 'container') return { kind: way.kind }
  if (way.machine === undefined || (way.port !== apiPort && way.port !== talosPort))
    return { kind: 'reset' }
  return { kind: 'open', machine: way.machine, service: way.port === apiPort ? 'api' : 'talos' }
}
