// How systemd runs a server's unit: starts, stops, failures and automatic restarts. The unit is of
// Type=notify with Restart=always.
import { systemd as times } from '#lab/host/delays.ts'
import { newPid, now, type Mac } from '#lab/host/mac.ts'
import type { Work } from '#lab/host/work.ts'
import type { Server } from './server.ts'
import { countStart, type Unit } from './unit.ts'

const log = (mac: Mac, { journal }: Server, text: string, priority = 6): number =>
  journal.push({ at: now(mac), priority, text })

const titleOf = ({ seed }: Unit): string => `${seed.name}.service - ${seed.description}`

function enter(mac: Mac, unit: Unit, active: Unit['active'], sub: Unit['sub']): void {
  if (unit.active !== active) unit.changedAt = now(mac)
  Object.assign(unit, { active, sub })
  mac.workers.changed()
}

/**
 * Starts the node. The lab's machine is up exactly while its unit has a main process. On a real
 * machine KillMode=process keeps the pods of a stopped k3s running; in the lab they end with it.
 */
function startNode(mac: Mac, { machine }: Server): void {
  machine.state = 'running'
  machine.startedAt = now(mac)
  mac.cluster.started(machine)
}

function endNode(mac: Mac, { machine }: Server, graceful: boolean): void {
  if (machine.state === 'stopped') return
  machine.state = 'stopped'
  mac.cluster.stopped(machine, graceful)
}

function becomeActive(mac: Mac, server: Server): void {
  const { unit } = server
  unit.cancel = undefined
  unit.activeSince = now(mac)
  enter(mac, unit, 'active', 'running')
  log(mac, server, `Started ${titleOf(unit)}.`)
}

/** Starts the unit of a new server at once. */
export function bootServer(mac: Mac, server: Server): void {
  const { unit } = server
  if (unit.active !== 'inactive') return
  unit.mainPid = newPid(mac)
  countStart(unit, now(mac))
  startNode(mac, server)
  becomeActive(mac, server)
}

/**
 * Runs a start job that a person or, after RestartSec, systemd began. The unit is `activating`
 * until its API server serves, when k3s notifies systemd.
 */
function begin(mac: Mac, server: Server): void {
  const { unit } = server
  unit.cancel?.()
  unit.cancel = undefined
  if (!countStart(unit, now(mac))) return refuseStart(mac, server)
  unit.result = 'success'
  unit.mainPid = newPid(mac)
  enter(mac, unit, 'activating', 'start')
  log(mac, server, `Starting ${titleOf(unit)}...`)
  if (unit.broken) {
    const how = 'code=exited, status=1/FAILURE'
    mainProcessEnds(mac, server, { result: 'exit-code', how, logged: how })
    log(mac, server, `Failed to start ${titleOf(unit)}.`, 3)
    return
  }
  startNode(mac, server)
  unit.cancel = mac.workers.start(untilServing(mac, server), () => becomeActive(mac, server))
}

/**
 * The unit hit the start limit: systemd gives up until a person resets the unit or the interval
 * ends.
 */
function refuseStart(mac: Mac, server: Server): void {
  const { unit } = server
  if (unit.result === 'success') unit.result = 'start-limit-hit'
  enter(mac, unit, 'failed', 'failed')
  log(mac, server, `${unit.seed.name}.service: Start request repeated too quickly.`, 4)
  log(mac, server, `${unit.seed.name}.service: Failed with result '${unit.result}'.`, 4)
  log(mac, server, `Failed to start ${titleOf(unit)}.`, 3)
}

function* untilServing(mac: Mac, { machine }: Server): Work {
  while (mac.cluster.apiState(machine) !== 'serving') yield times.poll
}

/** The main process died without a stop: Restart=always schedules the next start. */
function mainProcessEnds(
  mac: Mac,
  server: Server,
  { result, how, logged }: { result: 'exit-code' | 'signal'; how: string; logged: string },
): void {
  const { unit } = server
  unit.cancel?.()
  log(mac, server, `${unit.seed.name}.service: Main process exited, ${logged}`, 5)
  log(mac, server, `${unit.seed.name}.service: Failed with result '${result}'.`, 4)
  unit.result = result
  unit.lastExit = { pid: unit.mainPid, how }
  unit.mainPid = 0
  endNode(mac, server, false)
  enter(mac, unit, 'activating', 'auto-restart')
  unit.cancel = mac.context.clock.after(unit.seed.restartMs, () => {
    unit.restarts += 1
    const counter = `restart counter is at ${unit.restarts}`
    log(mac, server, `${unit.seed.name}.service: Scheduled restart job, ${counter}.`)
    begin(mac, server)
  })
}

/** Sends SIGKILL to the main process, as the kernel does when memory runs out. */
export function killMainProcess(mac: Mac, server: Server): void {
  if (server.unit.mainPid === 0) return
  mainProcessEnds(mac, server, {
    result: 'signal',
    how: 'code=killed, signal=KILL',
    logged: 'code=killed, status=9/KILL',
  })
}

/** Starts the unit and waits for the job to end. Returns false if the start failed. */
export function* startUnit(mac: Mac, server: Server): Work<boolean> {
  const { unit } = server
  if (unit.active === 'active') return true
  if (unit.sub !== 'start') {
    begin(mac, server)
    // systemd counts its own restarts since the last start by a person.
    if (unit.active !== 'failed') unit.restarts = 0
  }
  yield () => unit.sub !== 'start'
  return isActive(unit)
}

const isActive = ({ active }: Unit): boolean => active === 'active'

/** Stops the unit and waits until it is down. A failed unit stays failed. */
export function* stopUnit(mac: Mac, server: Server): Work {
  const { unit } = server
  if (unit.active === 'inactive' || unit.active === 'failed') return
  unit.cancel?.()
  unit.cancel = undefined
  if (unit.mainPid !== 0) {
    enter(mac, unit, 'deactivating', 'stop-sigterm')
    log(mac, server, `Stopping ${titleOf(unit)}...`)
    yield times.stop
    unit.lastExit = { pid: unit.mainPid, how: 'code=exited, status=0/SUCCESS' }
    unit.mainPid = 0
    endNode(mac, server, true)
    log(mac, server, `${unit.seed.name}.service: Deactivated successfully.`)
  }
  enter(mac, unit, 'inactive', 'dead')
  log(mac, server, `Stopped ${titleOf(unit)}.`)
}

/** Resets the failure, the count of restarts and the start limit. */
export function resetFailed(mac: Mac, { unit }: Server): void {
  unit.result = 'success'
  unit.restarts = 0
  unit.starts = []
  if (unit.active === 'failed') enter(mac, unit, 'inactive', 'dead')
}
