// The host's files: texts, sockets, and archives of which the lab stores only size and age.
import type { Clock, Files } from '#src/model/runtime.ts'

export interface FileEntry {
  kind: 'text' | 'socket'
  text: string
  bytes: number
  modifiedAt: number
}

export class Disk {
  readonly home: string
  readonly #clock: Clock
  readonly #files = new Map<string, FileEntry>()

  constructor(home: string, clock: Clock) {
    this.home = home
    this.#clock = clock
  }

  /** The absolute path, with `~`, `.`, `..` and doubled slashes resolved. */
  resolve(path: string): string {
    const parts: string[] = []
    for (const part of this.#absolute(path).split('/')) {
      if (part === '' || part === '.') continue
      if (part === '..') parts.pop()
      else parts.push(part)
    }
    return `/${parts.join('/')}`
  }

  #absolute(path: string): string {
    if (path === '~') return this.home
    if (path.startsWith('~/')) return `${this.home}/${path.slice(2)}`
    return path.startsWith('/') ? path : `${this.home}/${path}`
  }

  get(path: string): FileEntry | undefined {
    return this.#files.get(this.resolve(path))
  }

  text(path: string): string | undefined {
    const entry = this.get(path)
    return entry?.kind === 'text' ? entry.text : undefined
  }

  write(path: string, text: string): void {
    this.put(path, {
      kind: 'text',
      text,
      bytes: Buffer.byteLength(text),
      modifiedAt: this.#clock.now(),
    })
  }

  socket(path: string): void {
    this.put(path, { kind: 'socket', text: '', bytes: 0, modifiedAt: this.#clock.now() })
  }

  put(path: string, entry: FileEntry): void {
    this.#files.set(this.resolve(path), entry)
  }

  /** Returns false if the file did not exist. */
  remove(path: string): boolean {
    return this.#files.delete(this.resolve(path))
  }

  isFolder(path: string): boolean {
    const prefix = `${this.resolve(path)}/`
    return this.#files.keys().some(name => name.startsWith(prefix))
  }

  /** The names in a folder, including folders, sorted. */
  list(path: string): { name: string; bytes: number; modifiedAt: number }[] {
    const at = this.resolve(path)
    const prefix = at === '/' ? '/' : `${at}/`
    const found = new Map<string, { name: string; bytes: number; modifiedAt: number }>()
    for (const [file, entry] of this.#files) {
      if (!file.startsWith(prefix)) continue
      const [name = '', ...rest] = file.slice(prefix.length).split('/')
      const before = found.get(name)
      const bytes = rest.length === 0 ? entry.bytes : 0
      found.set(name, {
        name,
        bytes,
        modifiedAt: Math.max(before?.modifiedAt ?? 0, entry.modifiedAt),
      })
    }
    return [...found.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
  }
}

/** The disk as the runtime's files. Reads and writes take no virtual time. */
export const filesOf = (disk: Disk): Files => ({
  async read(path) {
    const entry = disk.get(path)
    if (entry?.kind === 'socket')
      throw new Error(
        `ENXIO: no such device or address, open '${disk.resolve(path)}': ` +
          'it is a socket, not a file to read',
      )
    if (entry === undefined && disk.isFolder(path))
      throw new Error(
        `EISDIR: illegal operation on a directory, read '${disk.resolve(path)}': list it instead`,
      )
    return entry?.text
  },
  async list(path) {
    return disk.list(path)
  },
  async write(path, text) {
    disk.write(path, text)
  },
  async remove(path) {
    disk.remove(path)
  },
})
