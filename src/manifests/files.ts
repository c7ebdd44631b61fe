// Finds and reads the files of a set: the one entry of this folder to the disk.
import { createReadStream, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { addBytes, maxFileSize, newSearch, readOne, unread, type Search } from './file-reading.ts'
import { readFolder } from './folder-search.ts'
import type { Input } from './read.ts'
import { unreadable } from './yaml/bytes.ts'

function readStandardInput(search: Search, stdin: Uint8Array | undefined): void {
  if (stdin !== undefined && stdin.length > 0) return addBytes(search, '<stdin>', stdin)
  search.problems.push(
    unreadable(
      '<stdin>',
      'nothing-found',
      'standard input was empty',
      'manifests',
      'Check whether the program before the pipe failed.',
    ),
  )
}

/**
 * Reads files and folders; `-` is standard input. Folders are searched as deep as they go, in the
 * order of names, for .yaml, .yml and .json; a file that is named is read whatever its extension.
 * `from`: the folder that shown file names are relative to. It never throws: what it cannot read is
 * a problem.
 */
export function readFiles(
  paths: readonly string[],
  { from, stdin }: { from: string; stdin?: Uint8Array },
): Input {
  const search = newSearch(from)
  for (const path of paths) {
    if (path === '-') {
      readStandardInput(search, stdin)
      continue
    }
    const absolute = resolve(from, path)
    try {
      const info = statSync(absolute)
      if (info.isDirectory()) readFolder(search, absolute, info)
      else readOne(search, absolute, info)
    } catch (error) {
      search.problems.push(unread(path, error))
    }
  }
  return { texts: search.texts, problems: search.problems }
}

/** All of standard input; it stops reading just above the size that the gate accepts. */
export async function readStdin(): Promise<Uint8Array> {
  const parts: Buffer[] = []
  let total = 0
  // Without an encoding the stream yields buffers.
  for await (const part of createReadStream('', {
    fd: 0,
    autoClose: false,
  }) as AsyncIterable<Buffer>) {
    parts.push(part)
    total += part.length
    if (total > maxFileSize) break
  }
  return Buffer.concat(parts)
}
