// Files of this host, with `~` for the home folder; a file is replaced in one step or not at all.
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

/** For new files: they may hold credentials. @source kubectl, mode of a new kubeconfig */
const newMode = 0o600

const hasCode = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Error && codes.includes(String(Reflect.get(error, 'code')))

/** Undefined where there is nothing; everything else that goes wrong rejects. */
async function whereThere<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined
    throw error
  }
}

/** The drafts of a file are beside it, by the process that writes them. */
const draftOf = (path: string): string =>
  join(dirname(path), `.${basename(path)}.${pid}.${randomBytes(6).toString('hex')}.new`)

function lives(process: number): boolean {
  try {
    return kill(process, 0)
  } catch (error) {
    // It is there, and somebody else's.
    return hasCode(error, 'EPERM')
  }
}

/**
 * Drafts of a file whose writers were killed before they could rename them: nobody else would ever
 * remove them.
 */
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

async function replace(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  // Behind a link, the file that it leads to is replaced and the link stays.
  const target = (await whereThere(realpath(path))) ?? path
  const before = await whereThere(stat(target))
  await removeOrphans(target)
  const fresh = draftOf(target)
  try {
    const file = await open(fresh, 'wx', newMode)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    if (before !== undefined) {
      // A timer that runs as root must not take a user's file away from them.
      if (process.getuid?.() === 0) await chown(fresh, before.uid, before.gid)
      await chmod(fresh, before.mode & 0o7777)
    }
    await rename(fresh, target)
  } catch (error) {
    await rm(fresh, { force: true })
    throw error
  }
  // The name is durable only when the folder is.
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
          // What vanished since the folder was read is not there.
          const info = await whereThere(stat(join(at(path), name)))
          return info === undefined
            ? []
            : [{ name, bytes: info.size, modifiedAt: Math.round(info.mtimeMs) }]
        }),
      )
      return found.flat().toSorted((a, b) => (a.name < b.name ? -1 : 1))
    },
    write: (path, text) => replace(at(path), text),
    async remove(path) {
      await rm(at(path), { force: true })
      await removeOrphans(at(path))
    },
  }
}
