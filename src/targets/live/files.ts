// Files of this host, with `~` for the home folder. A file is replaced atomically.
import { randomBytes } from 'node:crypto'
import {
  chmod,
  chown,
  mkdir,
  open,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
} from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { kill, pid } from 'node:process'
import type { Files } from '#src/model/runtime.ts'

/**
 * The mode of new files: they may hold credentials.
 * @source kubectl, mode of a new kubeconfig
 */
const newMode = 0o600

const hasCode = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Error && codes.includes(String(Reflect.get(error, 'code')))

/** Undefined if the path does not exist. Rejects with any other error. */
async function whereThere<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined
    throw error
  }
}

/** The path of a draft beside a file. It names the process that writes it. */
const draftOf = (path: string): string =>
  join(dirname(path), `.${basename(path)}.${pid}.${randomBytes(6).toString('hex')}.new`)

function lives(process: number): boolean {
  try {
    return kill(process, 0)
  } catch (error) {
    // The process exists and belongs to another user.
    return hasCode(error, 'EPERM')
  }
}

/** Removes drafts of a file whose process was killed before it could rename them. */
async function removeOrphans(path: string): Promise<void> {
  const start = `.${basename(path)}.`
  for (const name of (await whereThere(readdir(dirname(path)))) ?? []) {
    const writer = name.startsWith(start)
      ? /^(\d+)\.[0-9a-f]+\.new$/.exec(name.slice(start.length))?.[1]
      : undefined
    if (writer !== undefined && !lives(Number(writer)))
      await rm(join(dirname(path), name), { force: true })
  }
}

async function replace(path: string, text: string, mode = newMode): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  // Replaces the target of a link; the link stays.
  const target = (await whereThere(realpath(path))) ?? path
  const before = await whereThere(stat(target))
  await removeOrphans(target)
  const fresh = draftOf(target)
  try {
    const file = await open(fresh, 'wx', mode)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    if (before !== undefined) {
      // A timer that runs as root must not change the owner of a user's file.
      if (process.getuid?.() === 0) await chown(fresh, before.uid, before.gid)
      await chmod(fresh, before.mode & 0o7777)
    }
    await rename(fresh, target)
  } catch (error) {
    await rm(fresh, { force: true })
    throw error
  }
  // A rename is durable only after its folder is synced.
  const folder = await open(dirname(target), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** The files of this host, for the user of this home folder. */
export function liveFiles(home: string): Files {
  const at = (path: string): string =>
    path === '~' ? home : path.replace(/^~\//, () => `${home}/`)
  return {
    read: path => whereThere(readFile(at(path), 'utf8')),
    async list(path) {
      const names = (await whereThere(readdir(at(path)))) ?? []
      const found = await Promise.all(
        names.map(async name => {
          // A file that was removed since the folder was read is no entry.
          const info = await whereThere(stat(join(at(path), name)))
          return info === undefined
            ? []
            : [{ name, bytes: info.size, modifiedAt: Math.round(info.mtimeMs) }]
        }),
      )
      return found.flat().toSorted((a, b) => (a.name < b.name ? -1 : 1))
    },
    write: (path, text, mode) => replace(at(path), text, mode),
    async remove(path) {
      await rm(at(path), { force: true })
      await removeOrphans(at(path))
    },
  }
}
