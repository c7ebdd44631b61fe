// Files that survive a crash of this machine: every write is synced, and a file is whole from its
// first moment.
import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  openSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'

export const isMissing = (error: unknown): boolean =>
  error instanceof Error && Reflect.get(error, 'code') === 'ENOENT'

/** Syncs a folder, so that new and removed names in it survive. */
export function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

/** Writes a whole text at a position of an open file, and syncs it. */
function writeAll(fd: number, text: string, at: number): void {
  const bytes = Buffer.from(text)
  for (let written = 0; written < bytes.length;)
    written += writeSync(fd, bytes, written, bytes.length - written, at + written)
  fsyncSync(fd)
}

/**
 * Writes a line after the first `length` bytes, over whatever an interrupted write left there.
 * Returns the bytes of the line; undefined: the file is gone.
 */
export function append(path: string, length: number, value: unknown): number | undefined {
  let fd: number
  try {
    fd = openSync(path, 'r+')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
  try {
    if (fstatSync(fd).size > length) ftruncateSync(fd, length)
    const text = `${JSON.stringify(value)}\n`
    writeAll(fd, text, length)
    return Buffer.byteLength(text)
  } finally {
    closeSync(fd)
  }
}

/** Creates a file that holds its text from the first moment. Throws EEXIST if the name is taken. */
export function createWhole(path: string, text: string): void {
  const draft = `${path}.${process.pid}.draft`
  const fd = openSync(draft, 'w', 0o600)
  try {
    writeAll(fd, text, 0)
  } finally {
    closeSync(fd)
  }
  try {
    linkSync(draft, path)
  } finally {
    rmSync(draft, { force: true })
  }
  syncFolder(dirname(path))
}
