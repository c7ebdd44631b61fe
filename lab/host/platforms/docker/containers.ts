// The life of one container: start, stop, kill, pause, and automatic restarts.
import { newPid, now, type Container, type LivePort, type Mac } from '#lab/host/mac.ts'
import { portsChanged } from '#lab/host/platforms/lima/forwards.ts'
import { docker } from '#lab/host/delays.ts'
import type { Work } from '#lab/host/work.ts'

/** dockerd's error. Undefined: success. */
export type Refusal = string | undefined

export const find = (mac: Mac, name: string): Container | undefined =>
  mac.containers.find(
    container =>
      container.name === name ||
      container.id === name ||
      (name.length >= 4 && container.id.startsWith(name)),
  )

export const isAlive = (container: Container): boolean =>
  container.status === 'running' || container.status === 'paused'

/**
 * Assigns the published ports, or returns dockerd's error. Each start assigns new random ports,
 * from 32768 upward. @source measured with Docker 20.10 and 28
 */
function publish(mac: Mac, container: Container): LivePort[] | string {
  const live: LivePort[] = []
  for (const binding of container.bindings.toSorted((a, b) => a.container - b.container)) {
    const host = binding.host === 'random' ? freePort(mac, live) : binding.host
    const taken = mac.containers.some(
      other =>
        other !== container && isAlive(other) && other.ports.some(port => port.host === host),
    )
    if (taken) return portTaken(container, `${binding.hostIp || '0.0.0.0'}:${host}`)
    live.push({ container: binding.container, host, hostIp: binding.hostIp })
  }
  return live
}

const portTaken = ({ name, id }: Container, address: string): string =>
  'failed to set up container networking: ' +
  `driver failed programming external connectivity on endpoint ${name} (${id}): ` +
  `Bind for ${address} failed: port is already allocated`

function freePort(mac: Mac, mine: readonly LivePort[]): number {
  for (;;) {
    const port = mac.nextPort
    // The range wraps at 60999. @source Linux default, ip_local_port_range
    mac.nextPort = port >= 60_999 ? 32_768 : port + 1
    const used =
      mine.some(other => other.host === port) ||
      mac.containers.some(other => isAlive(other) && other.ports.some(live => live.host === port))
    if (!used) return port
  }
}

function machineState(mac: Mac, container: Container): 'stopped' | 'paused' | 'running' {
  if (!isAlive(container)) return 'stopped'
  return container.status === 'paused' || mac.vm.process === 'frozen' ? 'paused' : 'running'
}

/** Sets the machine's state from the container and the VM, and notifies the node API. */
export function syncMachine(mac: Mac, container: Container, graceful: boolean): void {
  const machine = container.machine
  if (machine === undefined) return
  const wanted = machineState(mac, container)
  const before = machine.state
  if (before === wanted) return
  machine.state = wanted
  if (wanted === 'stopped') mac.cluster.stopped(machine, graceful)
  else if (wanted === 'paused') mac.cluster.paused(machine)
  else if (before === 'paused') mac.cluster.resumed(machine)
  else {
    // /run is a tmpfs of the container, so its files are lost.
    for (const path of machine.files.keys())
      if (path.startsWith('/run/')) machine.files.delete(path)
    machine.startedAt = now(mac)
    mac.cluster.started(machine)
  }
}

/** Starts a container at once, or returns the daemon's error. */
export function startContainer(mac: Mac, container: Container): Refusal {
  if (isAlive(container)) return undefined
  if (mac.vm.docker !== 'running') return 'the daemon is shutting down'
  container.cancelRestart?.()
  container.cancelRestart = undefined
  if (container.stuckTask) {
    const exists = `failed to start shim: task ${container.id}: already exists`
    container.error = `failed to create task for container: ${exists}`
    return container.error
  }
  const cpus = mac.seed.vm.cpus
  if (container.nanoCpus > cpus * 1e9)
    return `range of CPUs is from 0.01 to ${cpus}.00, as there are only ${cpus} CPUs available`
  const ports = publish(mac, container)
  if (typeof ports === 'string') {
    container.error = ports
    return ports
  }
  container.ports = ports
  container.status = 'running'
  // Far above the pids that lab/node assigns in the same VM.
  container.pid = 100_000 + newPid(mac)
  container.exitCode = 0
  container.error = ''
  container.startedAt = now(mac)
  container.manuallyStopped = false
  syncMachine(mac, container, true)
  portsChanged(mac)
  return undefined
}

/** Ends a container. `unclean`: the VM or Docker died, so Docker keeps the ports allocated. */
export function endContainer(
  mac: Mac,
  container: Container,
  how: { code: number; graceful: boolean; unclean?: boolean },
): void {
  container.cancelRestart?.()
  container.cancelRestart = undefined
  if (!isAlive(container)) return
  container.status = 'exited'
  container.pid = 0
  container.exitCode = how.code
  container.finishedAt = now(mac)
  // Lima retries a failed forward only after the container has started again.
  for (const port of container.ports) mac.vm.conflicts.delete(port.host)
  if (how.unclean !== true) container.ports = []
  syncMachine(mac, container, how.graceful)
  portsChanged(mac)
}

/**
 * Sends SIGTERM, waits for the grace period, then sends SIGKILL. The machine runs until the
 * container ends.
 */
export function* terminate(mac: Mac, container: Container, graceMs: number): Work {
  if (!isAlive(container)) return
  const obeys =
    container.stopsWithin !== undefined &&
    container.stopsWithin < graceMs &&
    container.status === 'running'
  const startedAt = container.startedAt
  yield obeys ? (container.stopsWithin ?? 0) : graceMs
  yield () => mac.vm.process !== 'frozen'
  if (container.startedAt === startedAt)
    endContainer(mac, container, { code: obeys ? 0 : 137, graceful: true })
}

export function setPaused(mac: Mac, container: Container, paused: boolean): Refusal {
  if (paused && container.status === 'paused') return `Container ${container.id} is already paused`
  if (!isAlive(container))
    return paused
      ? `container ${container.id} is not running`
      : `Container ${container.id} is not paused`
  if (!paused && container.status !== 'paused') return `Container ${container.id} is not paused`
  container.status = paused ? 'paused' : 'running'
  syncMachine(mac, container, true)
  return undefined
}

/**
 * Whether the restart policy starts the container again. `asleep`: Docker itself was down when the
 * container ended. @source Docker default, restart manager
 */
export function comesBack(container: Container, asleep: boolean): boolean {
  if (container.restartPolicy === 'always') return asleep || !container.manuallyStopped
  if (container.restartPolicy === 'unless-stopped') return !container.manuallyStopped
  return (
    container.restartPolicy === 'on-failure' &&
    container.exitCode !== 0 &&
    !container.manuallyStopped
  )
}

/**
 * Ends a container whose first process died. The restart policy may restart it after a pause that
 * doubles from 0.1 s to a minute.
 */
export function crash(mac: Mac, container: Container, code: number): void {
  const ranFor = now(mac) - container.startedAt
  endContainer(mac, container, { code, graceful: false })
  if (mac.vm.docker !== 'running' || !comesBack(container, false)) return
  // A run of over 10 s resets the count. @source Docker default, restart manager
  const tries = ranFor > 10_000 ? 0 : Math.min(container.restartCount, 10)
  container.status = 'restarting'
  container.restartCount += 1
  container.cancelRestart = mac.context.clock.after(
    Math.min(docker.backoff * 2 ** tries, 60_000) + docker.containerStart,
    () => {
      container.status = 'exited'
      startContainer(mac, container)
    },
  )
}
