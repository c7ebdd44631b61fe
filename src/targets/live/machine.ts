// Unique names of this machine's state folder and of each run.
import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The name of a state folder, created on first use. Throws if the folder is not writable. */
export function machineOf(folder: string): string {
  const path = join(folder, 'machine')
  const read = (): string | undefined => {
    try {
      return readFileSync(path, 'utf8').trim() || undefined
    } catch {
      return undefined
    }
  }
  const known = read()
  if (known !== undefined) return known
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const made = randomBytes(8).toString('hex')
  const draft = `${path}.${made}`
  writeFileSync(draft, `${made}\n`, { mode: 0o600 })
  try {
    linkSync(draft, path)
  } catch (error) {
    if (!(error instanceof Error && Reflect.get(error, 'code') === 'EEXIST')) throw error
  } finally {
    rmSync(draft, { force: true })
  }
  // Another process has created it.
  return read() ?? made
}

/** A name that no other run has. */
export const token = (): string => randomBytes(4).toString('hex')
