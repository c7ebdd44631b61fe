// GNU `df` of the guest's file systems.
import { guest } from '#lab/host/delays.ts'
import type { Mac, Program } from '#lab/host/mac.ts'
import { guestPathExists } from './files.ts'

type Disk = Mac['disks'][number]

/** Rounds as GNU df does: up, with one digit after the point below ten. */
function human(kib: number): string {
  if (kib === 0) return '0'
  const units = ['K', 'M', 'G', 'T']
  let value = kib
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  const shown = value < 10 ? Math.ceil(value * 10) / 10 : Math.ceil(value)
  return `${value < 10 && shown < 10 ? shown.toFixed(1) : Math.ceil(shown)}${units[unit]}`
}

/**
 * The file system with the longest mount point above a path. Undefined if the path does not exist.
 */
function diskOf(mac: Mac, path: string): Disk | undefined {
  const disk = mac.disks
    .filter(one => path === one.mount || path.startsWith(one.mount === '/' ? '/' : `${one.mount}/`))
    .toSorted((a, b) => b.mount.length - a.mount.length)[0]
  const missing = disk?.mount === '/' && path !== '/' && !guestPathExists(mac, path)
  return missing ? undefined : disk
}

function rowOf(disk: Disk, show: (kib: number) => string): string[] {
  const { filesystem, mount, sizeKiB, usedKiB } = disk
  const free = Math.max(0, sizeKiB - usedKiB)
  const share = sizeKiB === 0 ? 0 : Math.ceil((usedKiB / sizeKiB) * 100)
  return [filesystem, show(sizeKiB), show(usedKiB), show(free), `${share}%`, mount]
}

function heading(forHumans: boolean, posix: boolean): string[] {
  const blocks = posix ? '1024-blocks' : '1K-blocks'
  return [
    'Filesystem',
    forHumans ? 'Size' : blocks,
    'Used',
    forHumans ? 'Avail' : 'Available',
    posix ? 'Capacity' : 'Use%',
    'Mounted on',
  ]
}

/** Minimum widths of the columns. @source GNU coreutils, df */
const least = [14, 5, 5, 5, 4, 0]

/** Names are left-aligned, numbers right-aligned. The last column is not padded. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(least[column]!, title.length, ...rows.map(row => row[column]!.length)),
  )
  return [head, ...rows]
    .map(row => {
      const [name = '', ...rest] = row
      const numbers = rest.slice(0, -1).map((cell, at) => cell.padStart(widths[at + 1]!))
      return `${[name.padEnd(widths[0]!), ...numbers, rest.at(-1)].join(' ')}\n`
    })
    .join('')
}

export const df: Program = function* df(mac, args, io) {
  yield guest.df
  const forHumans = args.some(word => /^-\w*h/.test(word))
  const posix = args.some(word => /^-\w*P/.test(word))
  const paths = args.filter(word => !word.startsWith('-'))
  const show = (kib: number): string => (forHumans ? human(kib) : String(kib))
  const rows: string[][] = []
  let code = 0
  for (const path of paths.length === 0 ? mac.disks.map(disk => disk.mount) : paths) {
    const disk = diskOf(mac, path)
    if (disk === undefined) {
      io.err(`df: ${path}: No such file or directory\n`)
      code = 1
    } else rows.push(rowOf(disk, show))
  }
  if (rows.length > 0) io.out(table(heading(forHumans, posix), rows))
  return code
}
