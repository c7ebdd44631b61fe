// Mirrors the simulated disk to real files, and changes of the real files back.
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
   * Copies what changed on either side since the last call. If both changed, the real file wins.
   */
  sync(): Promise<void>
}

/** Longest text that the mirror reads from a real file, bytes: no archives. */
const longestText = 2 ** 20

interface Known {
  /** The text as the mirror last wrote or read it. */
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

/** Empty for a socket, which has no text. */
const textOf = (files: Files, path: string): Promise<string> =>
  files.read(path).then(
    text => text ?? '',
    () => '',
  )

const realTime = (path: string): number | undefined =>
  existsSync(path) ? statSync(path).mtimeMs : undefined

/**
 * Mirrors the world's files under `root` to the same paths on the real disk. Does not touch other
 * files there.
 */
export function mirror(files: Files, root: string): Mirror {
  const twoWays = new TwoWayMirror(files, root)
  return { sync: () => twoWays.sync() }
}

class TwoWayMirror {
  readonly #files: Files
  readonly #root: string
  readonly #known = new Map<string, Known>()
  #running: Promise<void> | undefined

  constructor(files: Files, root: string) {
    this.#files = files
    this.#root = root
  }

  sync(): Promise<void> {
    this.#running ??= this.#readReal()
      .then(() => this.#writeReal())
      .finally(() => {
        this.#running = undefined
      })
    return this.#running
  }

  /** Copies changes from the real disk into the world. */
  async #readReal(): Promise<void> {
    for (const [path, known] of this.#known) {
      const at = realTime(path)
      if (at === known.realAt) continue
      if (at === undefined) {
        await this.#files.remove(path)
        this.#known.delete(path)
        continue
      }
      known.realAt = at
      if (statSync(path).size > longestText) continue
      known.text = readFileSync(path, 'utf8')
      known.bytes = Buffer.byteLength(known.text)
      await this.#files.write(path, known.text)
      const listed = await this.#files.list(dirname(path))
      const written = listed.find(({ name }) => path.endsWith(`/${name}`))
      known.worldAt = written?.modifiedAt ?? known.worldAt
    }
  }

  /** Writes changes in the world to the real disk. */
  async #writeReal(): Promise<void> {
    const entries = await filesBelow(this.#files, this.#root)
    const paths = new Set(entries.map(({ path }) => path))
    for (const entry of entries) {
      const known = this.#known.get(entry.path)
      if (known?.worldAt === entry.modifiedAt && known.bytes === entry.bytes) continue
      this.#write(entry, await textOf(this.#files, entry.path))
    }
    for (const path of [...this.#known.keys()].filter(one => !paths.has(one))) {
      rmSync(path, { force: true })
      this.#known.delete(path)
    }
  }

  #write({ path, bytes, modifiedAt }: Entry, text: string): void {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    writeFileSync(path, text, { mode: 0o600 })
    // The world stores only the beginning and the size of an archive, so the mirror writes a sparse
    // file.
    if (bytes > Buffer.byteLength(text)) truncateSync(path, bytes)
    utimesSync(path, modifiedAt / 1000, modifiedAt / 1000)
    this.#known.set(path, { text, bytes, worldAt: modifiedAt, realAt: statSync(path).mtimeMs })
  }
}
