// Where the parts of a timer lie, file or object: what is there now, and how it is put and removed.
import { dirname } from 'node:path'
import { diffOf } from '#src/manifests/index.ts'
import { errorMessage, fileMark, type Part, type Runtime } from '#src/model/index.ts'
import { UsageError } from '#src/runs/settings.ts'

export interface Found {
  readonly part: Part
  /** A path, or a kind with its name. */
  readonly name: string
  /** `left`: it is shared with others and there, so it is left as it is. */
  readonly state: 'absent' | 'same' | 'different' | 'foreign' | 'left'
  /** Its text now, and as it is to be. */
  readonly before: string
  readonly after: string
}

/** One way of keeping parts. Everything rejects with a UsageError that names the part. */
export interface Place {
  look(parts: readonly Part[]): Promise<readonly Found[]>
  /** Parts of ours that the timer has no use for any more. */
  strays(parts: readonly Part[]): Promise<readonly Found[]>
  put(found: Found): Promise<void>
  remove(found: Found): Promise<void>
}

/** Readable by all: the programs of the host show such files to everybody. */
const mode = 0o644

const denied = /\b(EACCES|EPERM|EROFS)\b/

/** An error about a file, with what a person can do. */
function fileError(doing: string, path: string, error: unknown): UsageError {
  const message = errorMessage(error)
  const why = denied.test(message)
    ? `${dirname(path)} is not writable for this user: see ls -ld ${dirname(path)}`
    : message
  return new UsageError(`${path} could not be ${doing}: ${why}.`)
}

/** Files of the host. */
export const filePlace = ({ files }: Runtime): Place => ({
  look: parts =>
    Promise.all(
      parts.map(async part => {
        if (part.kind !== 'file') throw new TypeError('an object is no file')
        const before = await files.read(part.path).catch((error: unknown) => {
          throw new UsageError(`${part.path} could not be read: ${errorMessage(error)}.`)
        })
        const about = { part, name: part.path, before: before ?? '', after: part.text }
        if (before === undefined) return { ...about, state: 'absent' }
        if (before === part.text) return { ...about, state: 'same' }
        return { ...about, state: before.includes(fileMark) ? 'different' : 'foreign' }
      }),
    ),
  strays: async () => [],
  async put({ name, after }) {
    await files.write(name, after, mode).catch((error: unknown) => {
      throw fileError('written', name, error)
    })
  },
  async remove({ name }) {
    await files.remove(name).catch((error: unknown) => {
      throw fileError('removed', name, error)
    })
  },
})

/** What would change, for a person: a unified diff, or nothing where nothing does. */
export const diffText = ({ name, before, after }: Found): string => diffOf(name, before, after)
