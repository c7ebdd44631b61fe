// A lock in a folder of this machine. A process holds it, and it becomes free at the latest when
// that process ends.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { newest, writeGeneration, type LockName, type Occupied } from './generations.ts'
import { startOf } from './process-start.ts'

export interface LockHolder {
  identity: string
  doing: string
  /** ms since the epoch, by the clock of this machine. */
  since: number
}

export interface HeldLock {
  /** A dead process that held it before. */
  readonly tookOver: LockHolder | undefined
  release(): void
  /** Who asked its holder to stop; undefined: no request. */
  stopAsked(): string | undefined
}

/** Races that a process may lose before it gives up. */
const attempts = 20

const isDead = ({ host, pid, started }: Occupied): boolean =>
  host === hostname() && startOf(pid) !== started

const stopPath = ({ folder, name }: LockName): string => join(folder, `${name}.stop`)

const holderOf = ({ identity, doing, since }: Occupied): LockHolder => ({
  identity,
  doing,
  since,
})

/** The state of a lock that some process has taken, dead or alive. */
function occupied(lock: LockName): Occupied | undefined {
  const state = newest(lock)?.state
  return state === undefined || 'free' in state ? undefined : state
}

/** The living process that holds a lock of this machine; undefined: it is free. */
export function lockedBy(folder: string, name: string): LockHolder | undefined {
  const state = occupied({ folder, name })
  return state === undefined || isDead(state) ? undefined : holderOf(state)
}

/** Whether an identity held the lock last and its process, on this machine, is dead. */
export function isKnownDead(folder: string, name: string, identity: string): boolean {
  const state = occupied({ folder, name })
  return state !== undefined && state.identity === identity && isDead(state)
}

/** A lock whose generation `mine` this process wrote. */
const heldLock = (lock: LockName, mine: number, tookOver: LockHolder | undefined): HeldLock => ({
  tookOver,
  release: () => {
    if (newest(lock)?.number === mine) writeGeneration(lock, mine + 1, { free: true })
  },
  stopAsked: () => {
    try {
      return readFileSync(stopPath(lock), 'utf8')
    } catch {
      return undefined
    }
  },
})

/** This process, as the lock names it. Throws where the system does not know its start. */
function thisProcess(): Pick<Occupied, 'host' | 'pid' | 'started'> {
  const started = startOf(process.pid)
  if (started === undefined)
    throw new Error('cannot lock on this system: it does not report when a process started')
  return { host: hostname(), pid: process.pid, started }
}

/** Takes a lock, or returns its holder. Throws if the folder is not writable. */
export function acquireLock(
  folder: string,
  name: string,
  holder: LockHolder,
): HeldLock | LockHolder {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const lock = { folder, name }
  const own = { ...holder, ...thisProcess() }
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const now = newest(lock)
    if (now === undefined) continue
    const before = 'free' in now.state ? undefined : now.state
    if (before !== undefined && !isDead(before)) return holderOf(before)
    const mine = now.number + 1
    if (!writeGeneration(lock, mine, own)) continue
    rmSync(stopPath(lock), { force: true })
    return heldLock(lock, mine, before && holderOf(before))
  }
  throw new Error(`cannot take the lock ${join(folder, name)}: other processes keep changing it`)
}

/** Asks the holder of a lock to stop. */
export function askHolderToStop(folder: string, name: string, by: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  writeFileSync(stopPath({ folder, name }), by, { mode: 0o600 })
}
