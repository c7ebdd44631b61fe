// Commands of `talosctl` that act on a node, as Talos answers them where the node is a container.
import { type Io, type Mac } from '#lab/host/mac.ts'
import { endContainer } from '#lab/host/platforms/docker/containers.ts'
import type { Machine } from '#lab/kernel/world.ts'
import type { Arguments } from './arguments.ts'

/** How Talos refuses a call of one node, and its exit code. */
function refuse(io: Io, doing: string, node: string, code: string, why: string): number {
  io.err(
    `error ${doing}: 1 error occurred:\n\t* ${node}: rpc error: code = ${code} desc = ${why}\n\n\n`,
  )
  return 1
}

const inContainer = (doing: string) => (_mac: Mac, io: Io, _machine: Machine, node: string) =>
  refuse(io, doing, node, 'FailedPrecondition', 'method is not supported in container mode')

/** From a reset until the container ends, ms, with exit 130. @source measured, v1.12.6 */
const resetTakes = 20_000

/**
 * Not refused in a container: all services stop, and the container ends. `docker start` brings the
 * same cluster back, data and all. @source measured, v1.12.6
 */
function reset(mac: Mac, _io: Io, machine: Machine): number {
  const container = mac.containers.find(one => one.machine === machine)
  if (container !== undefined)
    mac.context.clock.after(resetTakes, () =>
      endContainer(mac, container, { code: 130, graceful: true }),
    )
  return 0
}

/** Services of a control plane. @source measured, v1.12.6: talosctl services */
export const services = ['apid', 'containerd', 'cri', 'etcd', 'kubelet', 'machined', 'trustd']
const known = new Set(services)

/** Only the kubelet can be restarted by the API. @source measured, v1.12.6 */
function service(_mac: Mac, io: Io, _machine: Machine, node: string, parsed: Arguments): number {
  const [, name = '', verb = 'status'] = parsed.words
  if (!known.has(name)) {
    io.err(`service "${name}" is not registered on any nodes\n`)
    return 1
  }
  if (verb !== 'restart') {
    io.err(`the lab does not model talosctl service ${name} ${verb}\n`)
    return 126
  }
  const why = `service "${name}" doesn't support restart operation via API`
  if (name !== 'kubelet') return refuse(io, 'starting service', node, 'Unknown', why)
  io.out(`NODE       RESPONSE\n${node}   Service "kubelet" restarted\n`)
  return 0
}

const bootstrapped = (_mac: Mac, io: Io, _machine: Machine, node: string): number =>
  refuse(io, 'executing bootstrap', node, 'AlreadyExists', 'etcd data directory is not empty')

/** Calls that act, with the beginning of the error text of one that does not get through. */
export const actions = {
  reboot: { failure: 'error executing reboot: ', run: inContainer('executing reboot') },
  upgrade: { failure: 'error performing upgrade: ', run: inContainer('performing upgrade') },
  reset: { failure: 'error executing reset: ', run: reset },
  service: { failure: 'error listing services: ', run: service },
  bootstrap: { failure: 'error executing bootstrap: ', run: bootstrapped },
  /** The kernel's log belongs to the machine that runs the container: empty, with exit 0. */
  dmesg: { failure: 'error getting dmesg: ', run: (): number => 0 },
} as const
