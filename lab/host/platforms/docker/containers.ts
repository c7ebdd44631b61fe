// One container's life: start, stop, kill, pause and what its restart policy makes of its end.
import { newPid, now, type Container, type LivePort, type Mac } from '#lab/host/mac.ts'
import { portsChanged } from '#lab/host/platforms/lima/forwards.ts'
import { docker } from '#lab/host/delays.ts'
import type { Work } from '#lab/host/work.ts'

/** dockerd's error; undefined: success. */
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
 * Hands out published ports; a random one is a new one at each start, from 32768 upward. @source
 * measured with Docker 20.10 and 28
 */
function publish(mac: Mac, container: Container): LivePort[] | string {
  const live: LivePort[] = []
  for (const binding of container.bindings.toSorted((a, b) => a.container - b.container)) {
    const host = binding.host === 'random' ? freePort(mac, live) : binding.host
    const taken = mac.containers.some(
      other =>
        other !== container && isAlive(other) && other.ports.some(port => port.host === host),
    )
    if (taken) {
      const endpoint = `driver failed programming external connectivity on endpoint ${container.name} (${container.id})`
      return `failed to set up container networking: ${endpoint}: Bind for ${binding.hostIp || '0.0.0.0'}:${host} failed: port is already allocated`
    }
    live.push({ container: binding.container, host, hostIp: binding.hostIp })
  }
  return live
}

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

/** Sets the machine's state from container and VM, and notifies the node API. */
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
    // /run is a tmpfs of the container: nothing of it survives.
    for (const path of machine.files.keys())
      if (path.startsWith('/run/')) machine.files.delete(path)
    machine.startedAt = now(mac)
    mac.cluster.started(machine)
  }
}

/** Starts it now. Text of the daemon's refusal where it cannot. */
export function startContainer(mac: Mac, container: Container): Refusal {
  if (isAlive(container)) return undefined
  if (mac.vm.docker !== 'running') return 'the daemon is shutting down'
  container.cancelRestart?.()
  container.cancelRestart = undefined
  if (container.stuckTask) {
    container.error = `failed to create task for container: failed to start shim: task ${container.id}: already exists`
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
  // Far from the pids that the node side counts for its own processes in the same VM.
  container.pid = 100_000 + newPid(mac)
  container.exitCode = 0
  container.error = ''
  container.startedAt = now(mac)
  container.manuallyStopped = false
  syncMachine(mac, container, true)
  portsChanged(mac)
  return undefined
}

/**
 * Ends the container. `unclean`: the VM or docker died, so Docker records 255 and keeps the ports.
 */
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
  // A forward that failed is tried again when the container comes back, not before.
  for (const port of container.ports) mac.vm.conflicts.delete(port.host)
  if (how.unclean !== true) container.ports = []
  syncMachine(mac, container, how.graceful)
  portsChanged(mac)
}

/** SIGTERM, the grace period, SIGKILL. The machine lives on until its processes are gone. */
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
 * Would its policy start it again? `asleep`: docker itself was down when it ended. @source Docker
 * default, restart manager
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
 * The first process died: the restart policy decides, with a pause that doubles from 0.1 s to a
 * minute.
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
