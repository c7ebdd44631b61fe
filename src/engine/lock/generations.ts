// The files of a lock: each change writes a new generation, and the highest number counts. A link
// makes each one atomic.
import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const held = z.strictObject({
  identity: z.string(),
  doing: z.string(),
  since: z.number(),
  host: z.string(),
  pid: z.int(),
  /** When its process started, as the system prints it. */
  started: z.string(),
})
const generation = z.union([held, z.strictObject({ free: z.literal(true) })])

/** The state of a lock while a process holds it. */
export type Occupied = z.infer<typeof held>
type Generation = z.infer<typeof generation>

/** Where a lock is, and what it is called. */
export interface LockName {
  readonly folder: string
  readonly name: string
}

/** The newest state of a lock. */
export interface Newest {
  readonly number: number
  readonly state: Generation
}

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && Reflect.get(error, 'code') === code

const pathOf = ({ folder, name }: LockName, number: number): string =>
  join(folder, `${name}.${number}`)

/** Numbers of the generations of a lock, lowest first. */
function numbers({ folder, name }: LockName): readonly number[] {
  const pattern = new RegExp(`^${name.replaceAll(/[^a-zA-Z0-9-]/g, String.raw`\$&`)}\\.(\\d+)$`)
  try {
    return readdirSync(folder)
      .flatMap(file => Number(pattern.exec(file)?.[1] ?? Number.NaN))
      .filter(Number.isInteger)
      .toSorted((a, b) => a - b)
  } catch {
    return []
  }
}

/**
 * Reads the highest generation: free where there is none. Undefined: it was removed while it was
 * read. Throws for a file that is no lock of holdfast.
 */
export function newest(lock: LockName): Newest | undefined {
  const number = numbers(lock).at(-1)
  if (number === undefined) return { number: 0, state: { free: true } }
  const path = pathOf(lock, number)
  try {
    return { number, state: generation.parse(JSON.parse(readFileSync(path, 'utf8'))) }
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw new Error(`${path} is no lock of holdfast: if no holdfast is running, remove it`, {
      cause: error,
    })
  }
}

/** Writes a file under its final name in one step. False: the name is taken. */
function link(lock: LockName, number: number, state: Generation): boolean {
  const by = 'free' in state ? 'free' : state.identity.replaceAll(/[^a-zA-Z0-9-]+/g, '-')
  const draft = join(lock.folder, `${lock.name}.draft.${process.pid}.${number}.${by}`)
  writeFileSync(draft, JSON.stringify(state), { mode: 0o600 })
  try {
    linkSync(draft, pathOf(lock, number))
    return true
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

/** Writes the next generation. False: another process was faster. */
export function writeGeneration(lock: LockName, number: number, state: Generation): boolean {
  if (!link(lock, number, state)) return false
  // A process that read an old state may write below the newest generation: that does not count.
  if (numbers(lock).at(-1) !== number) {
    rmSync(pathOf(lock, number), { force: true })
    return false
  }
  for (const below of numbers(lock).filter(other => other < number))
    rmSync(pathOf(lock, below), { force: true })
  syncFolder(lock.folder)
  return true
}
