// The simulated disk as real files, both ways: what the world writes is there to read, what is
// written there the world reads.
import {
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import type { Files } from '#src/model/runtime.ts'

export interface Mirror {
  /**
   * Brings over what changed on either side since the last time; where both changed, the real file
   * counts.
   */
  sync(): Promise<void>
}

/** Longest text that is taken from a real file, bytes: configurations, not archives. */
const longestText = 2 ** 20

interface Known {
  /** As it was written, or as it was read. */
  text: string
  bytes: number
  worldAt: number
  realAt: number
}

interface Entry {
  path: string
  bytes: number
  modifiedAt: number
}

/** All files of the world below a folder. */
async function filesBelow(files: Files, folder: string): Promise<Entry[]> {
  const found: Entry[] = []
  for (const { name, bytes, modifiedAt } of await files.list(folder)) {
    const path = `${folder}/${name}`
    const below = await filesBelow(files, path)
    if (below.length > 0) found.push(...below)
    else found.push({ path, bytes, modifiedAt })
  }
  return found
}

/** Sockets have nothing to read; they are there, and that is all. */
const textOf = (files: Files, path: string): Promise<string> =>
  files.read(path).then(
    text => text ?? '',
    () => '',
  )

const realTime = (path: string): number | undefined =>
  existsSync(path) ? statSync(path).mtimeMs : undefined

/**
 * Mirrors the world's files under `root` at the same paths of the real disk. Files that others put
 * there are left alone.
 */
export function mirror(files: Files, root: string): Mirror {
  const known = new Map<string, Known>()
  let running: Promise<void> | undefined

  function write({ path, bytes, modifiedAt }: Entry, text: string): void {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    writeFileSync(path, text, { mode: 0o600 })
    // Of archives the world knows the beginning and the size; on the real disk they take no room
    // either.
    if (bytes > Buffer.byteLength(text)) truncateSync(path, bytes)
    utimesSync(path, modifiedAt / 1000, modifiedAt / 1000)
    known.set(path, { text, bytes, worldAt: modifiedAt, realAt: statSync(path).mtimeMs })
  }

  async function takeIn(): Promise<void> {
    for (const [path, held] of known) {
      const at = realTime(path)
      if (at === held.realAt) continue
      if (at === undefined) {
        await files.remove(path)
        known.delete(path)
        continue
      }
      held.realAt = at
      if (statSync(path).size > longestText) continue
      held.text = readFileSync(path, 'utf8')
      held.bytes = Buffer.byteLength(held.text)
      await files.write(path, held.text)
      held.worldAt =
        (await files.list(dirname(path))).find(({ name }) => path.endsWith(`/${name}`))
          ?.modifiedAt ?? held.worldAt
    }
  }

  async function bringOut(): Promise<void> {
    const there = await filesBelow(files, root)
    const paths = new Set(there.map(({ path }) => path))
    for (const entry of there) {
      const held = known.get(entry.path)
      if (held?.worldAt === entry.modifiedAt && held.bytes === entry.bytes) continue
      write(entry, await textOf(files, entry.path))
    }
    for (const path of [...known.keys()].filter(one => !paths.has(one))) {
      rmSync(path, { force: true })
      known.delete(path)
    }
  }

  return {
    sync() {
      running ??= takeIn()
        .then(bringOut)
        .finally(() => {
          running = undefined
        })
      return running
    },
  }
}
