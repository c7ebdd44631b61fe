// The state of a systemd unit, and its rate limit of starts.
import type { UnitSeed } from '#lab/host/seed.ts'

/** How the last main process ended. */
export interface UnitExit {
  pid: number
  /** As `systemctl status` prints it, e.g. `code=exited, status=1/FAILURE`. */
  how: string
}

export interface Unit {
  readonly seed: UnitSeed
  active: 'active' | 'activating' | 'deactivating' | 'inactive' | 'failed'
  sub: 'running' | 'start' | 'auto-restart' | 'stop-sigterm' | 'dead' | 'failed'
  result: 'success' | 'exit-code' | 'signal' | 'start-limit-hit'
  /** 0: there is no main process. */
  mainPid: number
  /** NRestarts: how often systemd has restarted the unit automatically. */
  restarts: number
  /** ms since the epoch; 0: it was never active. */
  activeSince: number
  /** ms since the epoch of the last change of `active`. */
  changedAt: number
  lastExit: UnitExit | undefined
  /** Times of the starts that count for the start limit, ms since the epoch. */
  starts: number[]
  /** Each start fails at once, as with ExecStart=/bin/false. */
  broken: boolean
  /** Cancels a running start job or a scheduled restart. */
  cancel: (() => void) | undefined
}

export const stoppedUnit = (seed: UnitSeed): Unit => ({
  seed,
  active: 'inactive',
  sub: 'dead',
  result: 'success',
  mainPid: 0,
  restarts: 0,
  activeSince: 0,
  changedAt: 0,
  lastExit: undefined,
  starts: [],
  broken: false,
  cancel: undefined,
})

/**
 * Counts a start. Returns false if the unit has started too often. @source systemd.unit(5),
 * StartLimitBurst
 */
export function countStart(unit: Unit, now: number): boolean {
  const { startLimitBurst, startLimitIntervalMs } = unit.seed
  unit.starts = unit.starts.filter(at => now - at < startLimitIntervalMs)
  if (unit.starts.length >= startLimitBurst) return false
  unit.starts.push(now)
  return true
}
