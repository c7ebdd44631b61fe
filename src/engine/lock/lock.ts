// A lock in a folder of this machine: held by a process, and free at the latest when that process
// is no more.
import { execFileSync } from 'node:child_process'
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'

/** Who holds it. */
export interface LockHolder {
  identity: string
  doing: string
  /** ms since the epoch, by the clock of this machine. */
  since: number
}

const held = z.strictObject({
  identity: z.string(),
  doing: z.string(),
  since: z.number(),
  host: z.string(),
  pid: z.int(),
  /** When its process started, in the words of the system: a pid alone is used again. */
  started: z.string(),
})
const generation = z.union([held, z.strictObject({ free: z.literal(true) })])
type Generation = z.infer<typeof generation>

/** A lock that is held. */
export interface HeldLock {
  /** Of a dead process that held it before. */
  readonly tookOver: LockHolder | undefined
  release(): void
  /** Whether somebody asked its holder to stop; who. */
  stopAsked(): string | undefined
}

/** Times that others may come first before it is given up. */
const attempts = 20

/**
 * When a process started, as the system says it; undefined: there is no such process.
 * @source Linux, proc(5): field 22 of stat counts from the boot, so the boot is named with it;
 * macOS and others: ps -o lstart
 */
export function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // A program's name may hold spaces and brackets; what follows the last bracket is field 3 and
    // on.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // A zombie does nothing any more; its parent has not looked yet.
    return fields[0] === 'Z'
      ? undefined
      : `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${fields[19]}`
  } catch (error) {
    if (process.platform === 'linux') {
      if (error instanceof Error && Reflect.get(error, 'code') === 'ENOENT') return undefined
      throw error
    }
  }
  try {
    return (
      execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
        encoding: 'utf8',
        env: { ...process.env, LC_ALL: 'C' },
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim() || undefined
    )
  } catch {
    return undefined
  }
}

const isDead = (occupant: z.infer<typeof held>): boolean =>
  occupant.host === hostname() && startOf(occupant.pid) !== occupant.started

/**
 * Numbers of the stones of a lock, lowest first. The highest one counts: each change lays another
 * one on top.
 */
function numbers(folder: string, name: string): readonly number[] {
  const of = new RegExp(`^${name.replaceAll(/[^a-zA-Z0-9-]/g, String.raw`\$&`)}\\.(\\d+)$`)
  try {
    return readdirSync(folder)
      .flatMap(file => Number(of.exec(file)?.[1] ?? Number.NaN))
      .filter(Number.isInteger)
      .toSorted((a, b) => a - b)
  } catch {
    return []
  }
}

const pathOf = (folder: string, name: string, number: number): string =>
  join(folder, `${name}.${number}`)
const stopPath = (folder: string, name: string): string => join(folder, `${name}.stop`)

/**
 * What the highest stone says; free where there is none, `undefined` when it went away while it was
 * read.
 */
function top(
  folder: string,
  name: string,
): { number: number; description: Generation } | undefined {
  const number = numbers(folder, name).at(-1)
  if (number === undefined) return { number: 0, description: { free: true } }
  try {
    return {
      number,
      description: generation.parse(JSON.parse(readFileSync(pathOf(folder, name, number), 'utf8'))),
    }
  } catch (error) {
    if (error instanceof Error && Reflect.get(error, 'code') === 'ENOENT') return undefined
    throw new Error(
      `${pathOf(folder, name, number)} is no lock of holdfast: when no holdfast runs, remove it`,
      { cause: error },
    )
  }
}

/** Lays a stone on top, whole from its first moment. False when somebody else was quicker. */
function writeGeneration(
  folder: string,
  name: string,
  number: number,
  message: Generation,
): boolean {
  const draft = join(
    folder,
    `${name}.draft.${process.pid}.${number}.${'free' in message ? 'free' : message.identity.replaceAll(/[^a-zA-Z0-9-]+/g, '-')}`,
  )
  writeFileSync(draft, JSON.stringify(message), { mode: 0o600 })
  try {
    linkSync(draft, pathOf(folder, name, number))
  } catch (error) {
    if (error instanceof Error && Reflect.get(error, 'code') === 'EEXIST') return false
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
  // Whoever read an old state may lay a stone below those that came since: it does not count.
  if (numbers(folder, name).at(-1) !== number) {
    rmSync(pathOf(folder, name, number), { force: true })
    return false
  }
  for (const below of numbers(folder, name).filter(other => other < number))
    rmSync(pathOf(folder, name, below), { force: true })
  const fd = openSync(folder, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
  return true
}

const occupantOf = ({ identity, doing, since }: z.infer<typeof held>): LockHolder => ({
  identity,
  doing,
  since,
})

/** Who holds a lock of this machine and lives; undefined: nobody. */
export function lockedBy(folder: string, name: string): LockHolder | undefined {
  const now = top(folder, name)
  return now === undefined || 'free' in now.description || isDead(now.description)
    ? undefined
    : occupantOf(now.description)
}

/**
 * Whether an identity is that of a process of this machine which held the lock last and lives no
 * more.
 */
export function isKnownDead(folder: string, name: string, identity: string): boolean {
  const now = top(folder, name)
  return (
    now !== undefined &&
    !('free' in now.description) &&
    now.description.identity === identity &&
    isDead(now.description)
  )
}

/** A lock whose top stone is one's own. */
const heldLock = (
  folder: string,
  name: string,
  mine: number,
  tookOver: LockHolder | undefined,
): HeldLock => ({
  tookOver,
  release: () => {
    if (top(folder, name)?.number === mine) writeGeneration(folder, name, mine + 1, { free: true })
  },
  stopAsked: () => {
    try {
      return readFileSync(stopPath(folder, name), 'utf8')
    } catch {
      return undefined
    }
  },
})

/** Takes a lock, or says who has it. Throws when the folder cannot be written. */
export function acquireLock(
  folder: string,
  name: string,
  occupant: LockHolder,
): HeldLock | LockHolder {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const started = startOf(process.pid)
  if (started === undefined)
    throw new Error('this system does not say when a process started: nothing can be locked here')
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const now = top(folder, name)
    if (now === undefined) continue
    const { number, description } = now
    if (!('free' in description) && !isDead(description)) return occupantOf(description)
    const mine = number + 1
    if (
      !writeGeneration(folder, name, mine, {
        ...occupant,
        host: hostname(),
        pid: process.pid,
        started,
      })
    )
      continue
    rmSync(stopPath(folder, name), { force: true })
    return heldLock(folder, name, mine, 'free' in description ? undefined : occupantOf(description))
  }
  throw new Error(`the lock ${join(folder, name)} changes hands all the time`)
}

/** Asks the holder of a lock to stop. */
export function askHolderToStop(folder: string, name: string, by: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  writeFileSync(stopPath(folder, name), by, { mode: 0o600 })
}
